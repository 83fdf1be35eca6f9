// Packed bytes unpacked (gzip, RFC 1952; zlib, RFC 1950; deflate, RFC 1951), never beyond a limit; packing itself is pako's.
import { FormatError } from "../errors.ts";

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
  /** Asked for the first bytes (at most 1,024) before the rest is unpacked. */
  readonly isWanted?: (head: Uint8Array) => void;
  /** Whether the bytes are counted only, and none returned. */
  readonly countOnly?: boolean;
}

/** @throws FormatError for bytes that are broken, cut off, of another checksum, or more than `maximumBytes` unpacked. */
export async function inflate(
  packed: Uint8Array,
  options: InflateOptions,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; size: number }> {
  const { packing, maximumBytes, name, isWanted, countOnly = false } = options;
  const { Inflate } = await import("pako");
  let bytes = new Uint8Array(countOnly ? 1024 : roomFor(packed, options));
  let size = 0;
  let isAsked = isWanted === undefined;
  const ask = () => {
    isAsked = true;
    isWanted?.(bytes.subarray(0, Math.min(1024, size)));
  };
  const inflator = new Inflate({ chunkSize: 65536, windowBits: { gzip: 31, zlib: 15, deflate: -15 }[packing] });
  inflator.onData = (chunk: Uint8Array) => {
    if (size + chunk.length > maximumBytes) {
      throw new FormatError(
        `${name}: expected at most ${maximumBytes} bytes unpacked, got more. If that is right, raise maximumBytes.`,
      );
    }
    if (!countOnly) {
      if (size + chunk.length > bytes.length) bytes = grown(bytes, size + chunk.length, maximumBytes);
      bytes.set(chunk, size);
    }
    size += chunk.length;
    if (!isAsked && size >= 1024) ask();
  };
  for (let at = 0; at < packed.length && !inflator.ended; at += 65536)
    inflator.push(packed.subarray(at, at + 65536), at + 65536 >= packed.length);
  if (inflator.err)
    throw new FormatError(
      `${name}: expected ${packing} data, but it is broken behind ${size} bytes unpacked (${inflator.msg || "cut off"})`,
    );
  if (!inflator.ended)
    throw new FormatError(`${name}: expected ${packing} data to its end, but it is cut off behind ${size} bytes`);
  if (!isAsked) ask();
  return { bytes: bytes.subarray(0, countOnly ? 0 : size), size };
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
