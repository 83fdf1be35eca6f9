// Packed bytes unpacked (gzip, RFC 1952; zlib, RFC 1950; deflate, RFC 1951), never beyond a limit; packing itself is pako's.
import { FormatError } from "../errors.ts";
import { defaultMaximumBytes } from "./whole.ts";

/** Deflate packs at most 1,032 bytes into one (RFC 1951: 258 bytes in 2 bits). */
export const deflateLimit = 1032;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

export interface InflateOptions {
  readonly packing: "gzip" | "zlib" | "deflate";
  readonly maximumBytes: number;
  /** Stands in error messages. */
  readonly name: string;
  /** As many bytes as are expected; gzip says it itself. */
  readonly expectedBytes?: number;
  /** What the file's own header allows, where it says so. */
  readonly headerBytes?: number;
  /** Whether the bytes are counted only, and none returned. */
  readonly countOnly?: boolean;
}

/** @throws FormatError for bytes that are broken, cut off, of another checksum, or more than `maximumBytes` unpacked. */
export async function inflate(
  packed: Uint8Array,
  options: InflateOptions,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; size: number }> {
  const { packing, name, headerBytes, countOnly = false } = options;
  const maximumBytes = limitOf(packed, options);
  const { Inflate } = await import("pako");
  let bytes = new Uint8Array(countOnly ? 0 : roomFor(packed, { ...options, maximumBytes }));
  let size = 0;
  const inflator = new Inflate({ chunkSize: 65536, windowBits: { gzip: 31, zlib: 15, deflate: -15 }[packing] });
  inflator.onData = (chunk: Uint8Array) => {
    if (size + chunk.length > maximumBytes) {
      throw new FormatError(
        `${name}: expected at most ${maximumBytes} bytes unpacked, got more` +
          (maximumBytes === headerBytes
            ? " than its header says"
            : ` out of ${packed.length}. If that is right, give maximumBytes.`),
      );
    }
    if (!countOnly) {
      if (size + chunk.length > bytes.length) bytes = grown(bytes, size + chunk.length, maximumBytes);
      bytes.set(chunk, size);
    }
    size += chunk.length;
  };
  for (let at = 0; at < packed.length && !inflator.ended; at += 65536)
    inflator.push(packed.subarray(at, at + 65536), at + 65536 >= packed.length);
  if (inflator.err)
    throw new FormatError(
      `${name}: expected ${packing} data, but it is broken behind ${size} bytes unpacked (${inflator.msg || "cut off"})`,
    );
  if (!inflator.ended)
    throw new FormatError(`${name}: expected ${packing} data to its end, but it is cut off behind ${size} bytes`);
  return { bytes: bytes.subarray(0, countOnly ? 0 : size), size };
}

/** The first bytes of what gzip packed, at most 1,024; null where it is broken or cut off before them. */
export async function gzipHead(packed: Uint8Array): Promise<Uint8Array | null> {
  const { Inflate } = await import("pako");
  const head = new Uint8Array(1024);
  let size = 0;
  const inflator = new Inflate({ chunkSize: head.length, windowBits: 31 });
  inflator.onData = (chunk: Uint8Array) => {
    head.set(chunk.subarray(0, head.length - size), size);
    size = Math.min(head.length, size + chunk.length);
  };
  // Members of gzip may be small, so one piece need not give a whole head.
  for (let at = 0; at < packed.length && size < head.length && !inflator.ended; at += 1024)
    inflator.push(packed.subarray(at, at + 1024), at + 1024 >= packed.length);
  return size === head.length || (inflator.ended && !inflator.err) ? head.subarray(0, size) : null;
}

/** What an image may unpack to, at least, and how many times its packed bytes, unless a caller says otherwise. */
const [leastLimit, mostTimes] = [134217728, 32];

/** Where nobody says what is too much, a small file is not let fill gigabytes with zeros for half a minute. */
function limitOf(packed: Uint8Array, { maximumBytes, headerBytes }: InflateOptions): number {
  if (headerBytes !== undefined) return Math.min(maximumBytes, headerBytes);
  if (maximumBytes !== defaultMaximumBytes) return maximumBytes;
  return Math.min(maximumBytes, Math.max(leastLimit, mostTimes * packed.length));
}

/** What gzip says of its size in its last four bytes, where that can be so; else a guess that grows. */
function roomFor(packed: Uint8Array, { packing, maximumBytes, expectedBytes }: InflateOptions): number {
  const most = Math.min(maximumBytes, packed.length * deflateLimit);
  if (expectedBytes !== undefined) return Math.min(expectedBytes, most);
  if (packing !== "gzip" || packed.length < 18) return Math.min(most, 4 * packed.length + 1024);
  const last = new DataView(packed.buffer, packed.byteOffset + packed.length - 4, 4);
  return Math.min(last.getUint32(0, true), most);
}

function grown(bytes: Uint8Array<ArrayBuffer>, least: number, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(most, Math.max(least, 2 * bytes.length, 65536)));
  larger.set(bytes);
  return larger;
}
