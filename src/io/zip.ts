// The entries of a zip file, one by one, with limits on what they may claim; reading itself is zip.js's.
import { ZipReader } from "@zip.js/zip.js";
import type { FileEntry } from "@zip.js/zip.js";
import { FormatError } from "../errors.ts";
import { openSource } from "./source.ts";
import type { Source } from "./source.ts";

export interface ZipOptions {
  /** Bytes that all wanted entries together may unpack to; 4 GiB by default. */
  readonly maximumBytes?: number;
}

/** Deflate packs at most 1,032 bytes into one (RFC 1951: 258 bytes in 2 bits). */
const deflateLimit = 1032;

/**
 * Unpacks the wanted entries one after the other; each is given to `visit` before the next is read.
 * @throws FormatError for what is no zip file, for an entry that is cut off, overlaps another, lies about its size or has
 * another CRC-32, and when the entries claim more than `maximumBytes`, before anything is unpacked.
 */
export async function readZip(
  source: Source,
  isWanted: (name: string) => boolean,
  visit: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
  { maximumBytes = 4294967296 }: ZipOptions = {},
): Promise<string> {
  const opened = await openSource(source);
  const { reader, name } = opened;
  const zip = new ZipReader(reader, { useWebWorkers: false, checkCrc32: true, checkOverlappingEntry: true });
  try {
    const entries = (await zip.getEntries()).filter(
      (entry): entry is FileEntry => !entry.directory && isWanted(entry.filename),
    );
    checkSizes(entries, maximumBytes, name);
    for (const entry of entries) visit(entry.filename, await unpack(entry, name));
    return name;
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${name}: expected a zip file (.npz), but ${reasonOf(cause)}`, { cause });
  } finally {
    await zip.close().catch(() => undefined);
    await opened.close();
  }
}

function checkSizes(entries: readonly FileEntry[], maximumBytes: number, name: string): void {
  const seen = new Set<string>();
  let total = 0;
  for (const { filename, uncompressedSize, compressedSize } of entries) {
    if (seen.has(filename)) throw new FormatError(`${name}: expected each entry once, got "${filename}" twice`);
    seen.add(filename);
    if (uncompressedSize > compressedSize * deflateLimit + 64) {
      throw new FormatError(
        `${name} entry "${filename}": expected a size that ${compressedSize} packed bytes can hold, got ${uncompressedSize} bytes`,
      );
    }
    total += uncompressedSize;
  }
  if (total > maximumBytes) {
    throw new FormatError(
      `${name}: expected arrays of at most ${maximumBytes} bytes, got ${total}. If that is right, raise maximumBytes.`,
    );
  }
}

async function unpack(entry: FileEntry, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let filled = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      if (filled + chunk.length > bytes.length) throw new FormatError(tooMuch);
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
  });
  const tooMuch = `${name} entry "${entry.filename}": expected ${bytes.length} bytes as its directory says, got more`;
  try {
    await entry.getData(sink);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${name} entry "${entry.filename}": expected ${bytes.length} bytes, but ${reasonOf(cause)}`, {
      cause,
    });
  }
  if (filled !== bytes.length) {
    throw new FormatError(
      `${name} entry "${entry.filename}": expected ${bytes.length} bytes as its directory says, got ${filled}`,
    );
  }
  return bytes;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
