// Where bytes come from: a path, a URL, a Blob or bytes in memory; read in parts, so that a large file is never held whole.
import { BlobReader, Reader, Uint8ArrayReader } from "@zip.js/zip.js";
import { FormatError } from "../errors.ts";
import { kindOf } from "../kind.ts";
import { isOf, ownBytes } from "../own-bytes.ts";

/** A file: by path or file URL (where there are files), as a Blob or File, or its bytes, of whichever realm. */
export type Source = string | URL | Blob | Uint8Array | ArrayBuffer;

export interface OpenSource {
  readonly reader: Reader<unknown>;
  readonly size: number;
  /** Stands in error messages. */
  readonly name: string;
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
    return { reader: new BlobReader(source), size: source.size, name, close };
  }
  const bytes = ownBytes(source);
  if (bytes) return { reader: new Uint8ArrayReader(bytes), size: bytes.length, name: "bytes", close };
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
      return { reader: new FileReader(file, size), size, name, close: () => file.close() };
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

class FileReader extends Reader<unknown> {
  readonly #file: ReadableFile;

  constructor(file: ReadableFile, size: number) {
    super(file);
    this.#file = file;
    this.size = size;
  }

  override async readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }
}
