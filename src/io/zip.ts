// The entries of a zip file, one by one, with limits on what they may claim; reading itself is zip.js's.
import { Reader, ZipReader } from "@zip.js/zip.js";
import type { FileEntry } from "@zip.js/zip.js";
import { FormatError } from "../errors.ts";
import { openSource } from "./source.ts";
import type { OpenSource, Source } from "./source.ts";

export interface ZipOptions {
  /** Bytes that all wanted entries together may unpack to; 4 GiB by default. */
  readonly maximumBytes?: number;
}

/** Deflate packs at most 1,032 bytes into one (RFC 1951: 258 bytes in 2 bits). */
const deflateLimit = 1032;

/** The numbers of the packing methods that are read. */
const stored = 0;
const deflated = 8;

/**
 * Unpacks the wanted entries one after the other; each is given to `visit` before the next is read.
 * @throws FormatError for what is no zip file, for an entry that is cut off, overlaps another, is encrypted, lies about its
 * size or has another CRC-32, and when the entries claim more than `maximumBytes`, before anything is unpacked.
 */
export async function readZip(
  source: Source,
  isWanted: (name: string) => boolean,
  visit: (entry: string, bytes: Uint8Array<ArrayBuffer>, file: string) => void,
  { maximumBytes = 4294967296 }: ZipOptions = {},
): Promise<string> {
  if (!(maximumBytes >= 0)) throw new RangeError(`maximumBytes: expected a number of bytes, got ${maximumBytes}`);
  const opened = await openSource(source);
  const { name } = opened;
  const zip = new ZipReader(new SourceReader(opened), {
    useWebWorkers: false,
    checkCrc32: true,
    checkOverlappingEntry: true,
    checkLocalDirectory: true,
  });
  try {
    const entries = (await zip.getEntries()).filter(
      (entry): entry is FileEntry => !entry.directory && isWanted(entry.filename),
    );
    checkEntries(entries, opened);
    checkTotal(entries, maximumBytes, name);
    for (const entry of entries) visit(entry.filename, await unpack(entry, name), name);
    return name;
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${name}: expected a zip file (.npz), but ${reasonOf(cause)}`, { cause });
  } finally {
    await zip.close().catch(() => undefined);
    await opened.close();
  }
}

/** A source as zip.js reads one. */
class SourceReader extends Reader<OpenSource> {
  readonly #source: OpenSource;

  constructor(source: OpenSource) {
    super(source);
    this.#source = source;
    this.size = source.size;
  }

  override readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    return this.#source.read(offset, length);
  }
}

/** What entries say of themselves, held against each other and the file, before memory is reserved for them. */
function checkEntries(entries: readonly FileEntry[], { name, size }: OpenSource): void {
  const seen = new Set<string>();
  let packedBytes = 0;
  for (const { filename, uncompressedSize, compressedSize, compressionMethod, encrypted } of entries) {
    const fail = (what: string): never => {
      throw new FormatError(`${name} entry "${filename}": expected ${what}`);
    };
    if (seen.has(filename)) throw new FormatError(`${name}: expected each entry once, got "${filename}" twice`);
    seen.add(filename);
    if (encrypted) fail("an entry that is open to read, got an encrypted one. Save it without a password.");
    if (compressionMethod !== stored && compressionMethod !== deflated)
      fail(`a stored or deflated entry, got packing method ${compressionMethod}. Save it with numpy.savez_compressed.`);
    if (compressionMethod === stored && uncompressedSize !== compressedSize)
      fail(`${compressedSize} bytes as stored, got a size of ${uncompressedSize}`);
    if (uncompressedSize > compressedSize * deflateLimit + 64)
      fail(`a size that ${compressedSize} packed bytes can hold, got ${uncompressedSize} bytes`);
    packedBytes += compressedSize;
    if (packedBytes > size)
      fail(`packed bytes within the file's ${size}, got ${packedBytes} up to here: it is cut off`);
  }
}

function checkTotal(entries: readonly FileEntry[], maximumBytes: number, name: string): void {
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (total > maximumBytes) {
    throw new FormatError(
      `${name}: expected arrays of at most ${maximumBytes} bytes, got ${total}. If that is right, raise maximumBytes (--maximum-bytes).`,
    );
  }
}

async function unpack(entry: FileEntry, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const place = `${name} entry "${entry.filename}"`;
  const bytes = reserve(entry.uncompressedSize, place);
  let filled = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      if (filled + chunk.length > bytes.length)
        throw new FormatError(`${place}: expected ${bytes.length} bytes as its directory says, got more`);
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
  });
  try {
    await entry.getData(sink);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${place}: expected ${bytes.length} bytes, but ${reasonOf(cause)}`, { cause });
  }
  if (filled !== bytes.length)
    throw new FormatError(`${place}: expected ${bytes.length} bytes as its directory says, got ${filled}`);
  return bytes;
}

function reserve(bytes: number, place: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new FormatError(`${place}: expected an array that fits into memory, got ${bytes} bytes`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
