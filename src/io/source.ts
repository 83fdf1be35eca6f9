// Where bytes come from: a path, a URL, a Blob or bytes in memory; read in parts, so that a large file is never held whole.
import { FormatError } from "../errors.ts";
import { kindOf } from "../kind.ts";
import { isOf, ownBytes } from "../own-bytes.ts";

/** A file: by path or file URL (where there are files), as a Blob or File, or its bytes, of whichever realm. */
export type Source = string | URL | Blob | Uint8Array | ArrayBuffer;

export interface OpenSource {
  readonly size: number;
  /** Stands in error messages. */
  readonly name: string;
  /** A copy of the bytes from `offset` on, as many of `length` as there are. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/**
 * @throws FormatError when there is no such file, or it cannot be read; TypeError for another kind of source, and for a
 * path where there are no files (a browser).
 */
export async function openSource(source: Source): Promise<OpenSource> {
  const close = () => Promise.resolve();
  if (isPath(source)) return openFile(source);
  if (isBlob(source)) {
    const name = "name" in source && typeof source.name === "string" ? source.name : "blob";
    const read = async (offset: number, length: number) =>
      new Uint8Array(await source.slice(offset, offset + length).arrayBuffer());
    return { size: source.size, name, read, close };
  }
  const bytes = ownBytes(source);
  if (bytes) {
    const read = (offset: number, length: number) =>
      Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length)));
    return { size: bytes.length, name: "bytes", read, close };
  }
  throw new TypeError(
    `expected a path, a file URL, a Blob, a File, a Uint8Array or an ArrayBuffer, got ${kindOf(source)}`,
  );
}

export function isPath(source: unknown): source is string | URL {
  return typeof source === "string" || isOf(source, "URL");
}

export function isBlob(source: unknown): source is Blob {
  return isOf(source, "Blob") || isOf(source, "File");
}

async function openFile(path: string | URL): Promise<OpenSource> {
  const name = String(path);
  if (/^(https?|blob|data):/.test(name)) {
    throw new TypeError(
      `${name.slice(0, 100)}: expected a path, a file URL, a Blob or bytes, got an address. Fetch it, and give what ` +
        "arrayBuffer() of the answer gives.",
    );
  }
  const { open, stat } = await import("node:fs/promises").catch((cause: unknown) => {
    throw new TypeError(
      `${name}: expected a File, a Blob or bytes, got a path: there are no files here. Fetch it first.`,
      {
        cause,
      },
    );
  });
  try {
    // Asked before it is opened: opening a pipe waits for ever.
    const kind = await stat(path);
    if (kind.isFile()) {
      const file = await open(path, "r");
      const { size } = await file.stat();
      const read = (offset: number, length: number) => readFile(file, offset, Math.min(length, size - offset));
      return { size, name, read, close: () => file.close() };
    }
    if (!kind.isDirectory()) throw new Error("it is a device, a pipe or a socket");
  } catch (cause) {
    const { code } = cause as { code?: string };
    const why = code === "ENOENT" ? "there is none" : (cause as Error).message;
    throw new FormatError(`${name}: expected a file to read, but ${why}`, { cause });
  }
  throw new FormatError(`${name}: expected a file to read, got a folder`);
}

interface ReadableFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

async function readFile(file: ReadableFile, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
