// A folder of a disk as a storage, by node:fs/promises.
import * as nodeFiles from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { extendFile, makeFolder, replaceFile, syncFolder } from "./atomic.ts";
import type { FileSystem } from "./atomic.ts";
import { codeOf, storageError } from "./failure.ts";
import { lockFolder } from "./lock.ts";
import { checkName, lockName, unfinished } from "./storage.ts";
import type { Storage } from "./storage.ts";

/** The storage of folderStorage; bytes that are handed over are not copied. @param fileSystem what to call instead of `node:fs/promises`. */
export function openFolder(path: string, fileSystem: FileSystem = nodeFiles): Required<Storage> {
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
      await inOrder(() => attempt("written", file, () => replaceFile(fileSystem, file, bytes)));
    },
    async append(name: string, bytes: Uint8Array) {
      const file = locate(name);
      await inOrder(() => attempt("added to", file, () => extendFile(fileSystem, file, bytes)));
    },
    list: () => attempt("listed", folder, () => listFolder(fileSystem, folder)),
    async remove(name: string) {
      const file = locate(name);
      await inOrder(() => attempt("removed", file, () => removeFile(fileSystem, file)));
    },
    lock: () =>
      attempt("locked", join(folder, lockName), async () => {
        await makeFolder(fileSystem, folder);
        const unlock = await lockFolder(fileSystem, join(folder, lockName));
        return () => attempt("unlocked", join(folder, lockName), unlock);
      }),
  });
}

/** The writing of saveFile. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await attempt("written", path, async () => {
    const there = await nodeFiles.stat(path).catch(() => null);
    if (there && !there.isFile()) throw new Error("it is no ordinary file. Choose another name");
    await replaceFile(nodeFiles, resolve(path), bytes);
  });
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
    if (!entry.isDirectory() || entry.name.startsWith(lockName)) continue;
    for (const inner of await entriesOf(join(folder, entry.name))) {
      if (inner.isFile()) names.push(`${entry.name}/${inner.name}`);
    }
  }
  return names.filter((name) => !name.endsWith(unfinished)).sort();
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
