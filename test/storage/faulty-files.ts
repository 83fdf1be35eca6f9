// The calls of node:fs/promises, one of which fails; on a real disk.
import * as nodeFiles from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { FileSystem } from "../../src/storage/atomic.ts";

export interface Fault {
  /** Which call fails, counted from 0 over all of them; only that one. */
  readonly failing?: number;
  readonly code?: string;
  /** Whether a write takes one byte only. */
  readonly shortWrites?: boolean;
  /** How many bytes a file takes before its writes take none. */
  readonly takenBytes?: number;
}

/** A failing close has closed the file all the same, as it does on every system. */
export function faultyFiles(fault: Fault): FileSystem & { readonly failed: boolean } {
  let calls = 0;
  let failed = false;
  const checked = async <T>(act: () => Promise<T>, onFailure: () => Promise<unknown> = () => Promise.resolve()) => {
    if (calls++ !== fault.failing) return act();
    failed = true;
    await onFailure();
    const code = fault.code ?? "EIO";
    throw Object.assign(new Error(`${code}: refused`), { code });
  };
  const wrap = (handle: FileHandle) => {
    let taken = 0;
    const write = async (bytes: Uint8Array, offset: number, length: number) => {
      const room = Math.min(fault.shortWrites ? 1 : length, (fault.takenBytes ?? Infinity) - taken, length);
      taken += room;
      return room > 0 ? handle.write(bytes, offset, room) : { bytesWritten: 0, buffer: bytes };
    };
    return {
      sync: () => checked(() => handle.sync()),
      write: (bytes: Uint8Array, offset: number, length: number) => checked(() => write(bytes, offset, length)),
      close: () => checked(() => handle.close(), () => handle.close()), // prettier-ignore
    } as unknown as FileHandle;
  };
  return {
    get failed() {
      return failed;
    },
    ...nodeFiles,
    mkdir: ((path: string, options: { recursive: true }) =>
      checked(() => nodeFiles.mkdir(path, options))) as typeof nodeFiles.mkdir,
    open: (path, flags) => checked(async () => wrap(await nodeFiles.open(path, flags))),
    stat: ((path: string) => checked(() => nodeFiles.stat(path))) as typeof nodeFiles.stat,
    rename: (from, to) => checked(() => nodeFiles.rename(from, to)),
    unlink: (path) => checked(() => nodeFiles.unlink(path)),
  };
}
