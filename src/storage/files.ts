// Keeps a study in a folder of a disk (Node, Deno, Bun), so that neither a crash nor a full disk costs what was there.
import * as nodeFiles from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { extendFile, makeFolder, replaceFile, syncFolder } from "./atomic.ts";
import type { FileSystem } from "./atomic.ts";
import { codeOf, storageError } from "./failure.ts";
import { lockFolder } from "./lock.ts";
import { checkName, lockName, unfinished } from "./storage.ts";
import type { Storage } from "./storage.ts";

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

/**
 * Writes one file, anywhere: whole or not at all, and on disk when it resolves.
 *
 * @throws StorageError that says why it could not be written; an older file of that name is then as it was.
 * @example
 * ```ts
 * import { saveFile } from "voxgrad/io";
 * import { mkdtemp } from "node:fs/promises";
 *
 * await saveFile(`${await mkdtemp("/tmp/files-")}/notes.txt`, new TextEncoder().encode("12,168 weights"));
 * ```
 */
export async function saveFile(path: string, bytes: Uint8Array): Promise<void> {
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
    if (!entry.isDirectory()) continue;
    for (const inner of await entriesOf(join(folder, entry.name))) {
      if (inner.isFile()) names.push(`${entry.name}/${inner.name}`);
    }
  }
  return names.filter((name) => !name.endsWith(unfinished) && name !== lockName).sort();
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
