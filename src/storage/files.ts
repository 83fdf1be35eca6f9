// Keeps a study in a folder of a disk (Node, Deno, Bun), so that neither a crash nor a full disk costs what was there.
import * as nodeFiles from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, storageError } from "./failure.ts";
import { lockFolder } from "./lock.ts";
import { checkName, lockName, unfinished } from "./storage.ts";
import type { Storage } from "./storage.ts";

/** The calls of `node:fs/promises` that a folder needs. */
export type FileSystem = Pick<
  typeof nodeFiles,
  "mkdir" | "open" | "readFile" | "readdir" | "rename" | "stat" | "truncate" | "unlink"
>;

/**
 * A folder as a storage; it is made when the first file is written.
 *
 * A file is written under a temporary name, synced, renamed over the old one, and the folder is synced: whenever the
 * power fails, the old file or the new one is there, whole. What is appended is synced; when appending fails, the file
 * is cut back to what it was.
 *
 * @param fileSystem what to call instead of `node:fs/promises`.
 * @example
 * ```ts
 * import { folderStorage } from "voxgrad/io";
 * import { mkdtemp } from "node:fs/promises";
 *
 * const storage = folderStorage(await mkdtemp("/tmp/study-"));
 * await storage.write("note.txt", new TextEncoder().encode("12,168 weights"));
 * console.log(await storage.list()); // [ 'note.txt' ]
 * ```
 */
export function folderStorage(path: string, fileSystem: FileSystem = nodeFiles): Storage {
  const folder = resolve(path);
  const inOrder = createQueue();
  const locate = (name: string) => {
    checkName(name);
    return join(folder, name);
  };
  return Object.freeze({
    async read(name: string) {
      const file = locate(name);
      try {
        return new Uint8Array(await fileSystem.readFile(file));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return null;
        throw storageError("read", file, error);
      }
    },
    async write(name: string, bytes: Uint8Array) {
      const file = locate(name);
      const kept = new Uint8Array(bytes);
      await inOrder(() => attempt("written", file, () => replaceFile(fileSystem, file, kept)));
    },
    async append(name: string, bytes: Uint8Array) {
      const file = locate(name);
      const kept = new Uint8Array(bytes);
      await inOrder(() => attempt("added to", file, () => extendFile(fileSystem, file, kept)));
    },
    list: () => attempt("listed", folder, () => listFolder(fileSystem, folder)),
    async remove(name: string) {
      const file = locate(name);
      await inOrder(() => attempt("removed", file, () => removeFile(fileSystem, file)));
    },
    lock: () =>
      attempt("locked", join(folder, lockName), async () => {
        await makeFolder(fileSystem, folder);
        return lockFolder(fileSystem, join(folder, lockName));
      }),
  });
}

async function replaceFile(files: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
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

async function extendFile(files: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
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

async function removeFile(files: FileSystem, file: string): Promise<void> {
  try {
    await files.unlink(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  await syncFolder(files, dirname(file));
}

async function listFolder(files: FileSystem, folder: string): Promise<string[]> {
  const entriesOf = (path: string) =>
    files.readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    });
  const names: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (entry.isFile()) names.push(entry.name);
    if (!entry.isDirectory()) continue;
    for (const inner of await entriesOf(join(folder, entry.name))) {
      if (inner.isFile()) names.push(`${entry.name}/${inner.name}`);
    }
  }
  return names.filter((name) => !name.endsWith(unfinished) && name !== lockName).sort();
}

/** Writes every byte: a call may take fewer than it is given. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
    if (bytesWritten === 0) throw new Error(`wrote ${offset} of ${bytes.length} bytes, then no more were taken`);
    offset += bytesWritten;
  }
}

/** Makes the folder and those above it; each new name is synced in the folder that holds it. */
async function makeFolder(files: FileSystem, folder: string): Promise<void> {
  const first = await files.mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(files, dirname(made));
}

/** A rename outlasts a loss of power only when the folder is synced. Windows has no such call, and needs none. */
async function syncFolder(files: FileSystem, folder: string): Promise<void> {
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

async function attempt<T>(deed: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw storageError(deed, path, error);
  }
}

/** Runs one action after the other, a failed one too. */
function createQueue(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act, act);
    last = next;
    return next;
  };
}
