// Files that are whole or not there: written under another name, synced, renamed; a failed addition is cut off again.
import type * as nodeFiles from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "./failure.ts";
import { unfinished } from "./storage.ts";

/** The calls of `node:fs/promises` that a folder needs. */
export type FileSystem = Pick<
  typeof nodeFiles,
  "mkdir" | "open" | "readFile" | "readdir" | "rename" | "rmdir" | "stat" | "truncate" | "unlink"
>;

/** The file holds these bytes or is as it was, whole, whatever fails; no temporary file is left beside it. */
export async function replaceFile(files: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(files, dirname(file));
  // One temporary name a file: what a killed process left behind is overwritten by the next write.
  const temporary = file + unfinished;
  try {
    await withFile(files, temporary, "w", async (handle) => {
      await writeAll(handle, bytes);
      await handle.sync();
    });
    await files.rename(temporary, file);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined); // the first failure is reported
    throw error;
  }
  await syncFolder(files, dirname(file));
}

/** The bytes stand at the file's end or it is as it was, whatever fails. */
export async function extendFile(files: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(files, dirname(file));
  const before = await sizeOf(files, file);
  try {
    await withFile(files, file, "a", async (handle) => {
      await writeAll(handle, bytes);
      await handle.sync();
    });
    if (before === null) await syncFolder(files, dirname(file));
  } catch (error) {
    // The first failure is reported: if this one fails too, whoever reads the file finds its last part torn.
    const cutBack = before === null ? files.unlink(file) : files.truncate(file, before);
    await cutBack.catch(() => undefined);
    throw error;
  }
}

/** In bytes; null when there is no such file. */
async function sizeOf(files: FileSystem, file: string): Promise<number | null> {
  try {
    return (await files.stat(file)).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Writes every byte: a call may take fewer than it is given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
    if (bytesWritten === 0)
      throw new Error(`wrote ${offset} of ${bytes.length} bytes, then no more were taken. Check the disk`);
    offset += bytesWritten;
  }
}

/** Makes the folder and those above it; each new name is synced in the folder that holds it. */
export async function makeFolder(files: FileSystem, folder: string): Promise<void> {
  // Step by step: mkdir with `recursive` never returns where the system denies that the parent exists (/proc on Linux).
  const above = dirname(folder);
  try {
    await files.mkdir(folder);
  } catch (error) {
    if (codeOf(error) === "EEXIST" && (await files.stat(folder)).isDirectory()) return;
    if (codeOf(error) !== "ENOENT" || above === folder || (await exists(files, above))) throw error;
    await makeFolder(files, above);
    await files.mkdir(folder);
  }
  await syncFolder(files, above);
}

async function exists(files: FileSystem, path: string): Promise<boolean> {
  return (await files.stat(path).catch(() => null)) !== null;
}

/** A rename outlasts a loss of power only when the folder is synced. Windows has no such call, and needs none. */
export async function syncFolder(files: FileSystem, folder: string): Promise<void> {
  if (process.platform === "win32") return;
  await withFile(files, folder, "r", (handle) => handle.sync());
}

/** Opens, acts, closes. A failure to close is one of the action, as some disks report a failed write only then. */
async function withFile<T>(
  files: FileSystem,
  path: string,
  flags: string,
  act: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await files.open(path, flags);
  let result: T;
  try {
    result = await act(handle);
  } catch (error) {
    await handle.close().catch(() => undefined); // the first failure is reported
    throw error;
  }
  await handle.close();
  return result;
}
