// The calls of node:fs/promises, one of which fails; on a real disk.
import * as nodeFiles from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { FileSystem } from "../../src/storage/atomic.ts";

export type Call =
  | "mkdir" | "open" | "readFile" | "readdir" | "rename" | "rmdir" | "stat" | "truncate" | "unlink"
  | "sync" | "write" | "close"; // prettier-ignore

export interface Fault {
  /** Which call fails, counted from 0 over all of them; only that one. */
  readonly failing?: number;
  /** "EIO" unless given; what a disk says can depend on the call. */
  readonly code?: string | ((call: Call) => string);
  /** Whether a write takes one byte only. */
  readonly shortWrites?: boolean;
  /** Whether a write that fails has written half of its bytes. */
  readonly halfWrites?: boolean;
  /** How many bytes a file takes before its writes take none. */
  readonly takenBytes?: number;
  /** Whether the disk is asked to sync; true unless given. */
  readonly sync?: boolean;
}

/** A failing close has closed the file all the same, as it does on every system. */
export function faultyFiles(fault: Fault): FileSystem & { readonly failed: Call | null } {
  let calls = 0;
  let failed: Call | null = null;
  const checked = async <T>(
    call: Call,
    act: () => Promise<T>,
    onFailure: () => Promise<unknown> = () => Promise.resolve(),
  ) => {
    if (calls++ !== fault.failing) return act();
    failed = call;
    await onFailure();
    const { code: given = "EIO" } = fault;
    const code = typeof given === "string" ? given : given(call);
    throw Object.assign(new Error(`${code}: refused`), { code });
  };
  const wrap = (handle: FileHandle) => {
    let taken = 0;
    const write = async (bytes: Uint8Array, offset: number, length: number) => {
      const room = Math.min(fault.shortWrites ? 1 : length, (fault.takenBytes ?? Infinity) - taken, length);
      taken += room;
      return room > 0 ? handle.write(bytes, offset, room) : { bytesWritten: 0, buffer: bytes };
    };
    const half = (bytes: Uint8Array, offset: number, length: number) =>
      fault.halfWrites ? handle.write(bytes, offset, length >> 1) : Promise.resolve();
    return {
      sync: () => checked("sync", () => (fault.sync === false ? Promise.resolve() : handle.sync())),
      write: (bytes: Uint8Array, offset: number, length: number) =>
        checked("write", () => write(bytes, offset, length), () => half(bytes, offset, length)), // prettier-ignore
      close: () => checked("close", () => handle.close(), () => handle.close()), // prettier-ignore
    } as unknown as FileHandle;
  };
  return {
    get failed() {
      return failed;
    },
    mkdir: ((path: string) => checked("mkdir", () => nodeFiles.mkdir(path))) as typeof nodeFiles.mkdir,
    open: (path, flags) => checked("open", async () => wrap(await nodeFiles.open(path, flags))),
    readFile: ((path: string, options: "utf8") =>
      checked("readFile", () => nodeFiles.readFile(path, options))) as typeof nodeFiles.readFile,
    readdir: ((path: string, options?: { withFileTypes: true }) =>
      checked("readdir", () => nodeFiles.readdir(path, options!))) as unknown as typeof nodeFiles.readdir,
    rmdir: (path) => checked("rmdir", () => nodeFiles.rmdir(path)),
    stat: ((path: string) => checked("stat", () => nodeFiles.stat(path))) as typeof nodeFiles.stat,
    truncate: (path, length) => checked("truncate", () => nodeFiles.truncate(path, length)),
    rename: (from, to) => checked("rename", () => nodeFiles.rename(from, to)),
    unlink: (path) => checked("unlink", () => nodeFiles.unlink(path)),
  };
}
