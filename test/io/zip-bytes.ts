// Writes zip files for tests, honest or not: every field of a header can be made to lie (PKWARE APPNOTE 6.3).
import { deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** Packed with deflate; stored otherwise. */
  readonly deflate?: boolean;
  /** What the headers say, instead of what is so. */
  readonly claims?: {
    readonly method?: number;
    readonly flags?: number;
    readonly crc32?: number;
    readonly packed?: number;
    readonly size?: number;
    readonly offset?: number;
    readonly localName?: string;
    readonly localSize?: number;
  };
  /** Sizes in 64 bits in the local header, as numpy writes them. */
  readonly zip64?: boolean;
}

export function zipBytes(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, data, deflate = false, claims = {}, zip64 = false } of entries) {
    const packed = deflate ? new Uint8Array(deflateRawSync(data)) : data;
    const { flags = 0, method = deflate ? 8 : 0, crc32 = crc32Of(data) } = claims;
    const { packed: packedSize = packed.length, size = data.length } = claims;
    const common = [u16(flags), u16(method), u32(0x00210000), u32(crc32)];
    const localSize = claims.localSize ?? size;
    const extra = zip64 ? join([u16(1), u16(16), u64(localSize), u64(packedSize)]) : new Uint8Array(0);
    const sizes = zip64 ? [u32(0xffffffff), u32(0xffffffff)] : [u32(packedSize), u32(localSize)];
    const localName = utf8(claims.localName ?? name);
    const local = join([
      ...[u32(0x04034b50), u16(zip64 ? 45 : 20), ...common, ...sizes],
      ...[u16(localName.length), u16(extra.length), localName, extra, packed],
    ]);
    const centralName = utf8(name);
    directory.push(
      join([
        ...[u32(0x02014b50), u16(20), u16(zip64 ? 45 : 20), ...common, u32(packedSize), u32(size)],
        ...[u16(centralName.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(claims.offset ?? offset), centralName],
      ]),
    );
    locals.push(local);
    offset += local.length;
  }
  const central = join(directory);
  const count = u16(entries.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(central.length), u32(offset), u16(0)];
  return join([...locals, central, ...end]);
}

/** CRC-32 of ISO 3309, bit by bit. */
function crc32Of(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const u16 = (value: number) => new Uint8Array([value, value >>> 8]);
const u32 = (value: number) => new Uint8Array([value, value >>> 8, value >>> 16, value >>> 24]);
const u64 = (value: number) => join([u32(value), u32(Math.floor(value / 4294967296))]);

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
