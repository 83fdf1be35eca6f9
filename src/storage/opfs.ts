// Keeps a study in the browser's own files (the Origin Private File System), so that a closed tab costs nothing that was written.
import { StorageError, StudyStateError } from "../errors.ts";
import { checkName, lockName, unfinished } from "./storage.ts";
import type { Storage } from "./storage.ts";

/** The calls of a worker's file that are used; only workers have them. */
interface SyncFile {
  getSize(): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface OwnFile extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncFile>;
  move?(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/**
 * A folder of the browser's own files of this origin, in a worker: no other page sees it, and it outlasts tab and browser,
 * until the user clears the site's data or the browser is short of space (`navigator.storage.persist()` asks for more).
 *
 * A file is written under a temporary name, flushed, and moved over the old one. The lock is the browser's own: it goes
 * with the tab or worker that holds it.
 *
 * @param name of the folder: letters, digits, `_`, `-` and `.`, at most one folder before it, as in "studies/lung".
 * @throws RangeError for another name; StorageError from every call outside a worker of a browser.
 * @example
 * ```ts
 * import { opfsStorage } from "voxgrad/io";
 * import type { Storage } from "voxgrad";
 *
 * const storage: Storage = opfsStorage("lung");
 * console.log(typeof storage.write); // function
 * ```
 */
export function opfsStorage(name: string): Storage {
  checkName(name);
  let last: Promise<unknown> = Promise.resolve();

  /** One call after the other, a failed one too: a file that is being written cannot be read. */
  function inOrder<T>(deed: string, file: string, act: () => Promise<T>): Promise<T> {
    checkName(file);
    const next = last.then(() => attempt(deed, `${name}/${file}`, act));
    last = next.catch(() => undefined);
    return next;
  }

  const settled = async <T>(act: () => Promise<T>) => act();
  const place = (file: string) => placeOf(name, file);
  return Object.freeze({
    read: (file: string) =>
      settled(() =>
        inOrder("read", file, async () => {
          const { folder, own } = await place(file);
          const handle = await unlessMissing(folder(false).then((found) => found.getFileHandle(own)));
          return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
        }),
      ),
    write(file: string, bytes: Uint8Array) {
      const kept = new Uint8Array(bytes);
      return settled(() =>
        inOrder("written", file, async () => {
          const { folder, own } = await place(file);
          await replaceFile(await folder(true), own, kept);
        }),
      );
    },
    append(file: string, bytes: Uint8Array) {
      const kept = new Uint8Array(bytes);
      return settled(() =>
        inOrder("added to", file, async () => {
          const { folder, own } = await place(file);
          const handle: OwnFile = await (await folder(true)).getFileHandle(own, { create: true });
          await withFile(handle, (open) => extend(open, kept));
        }),
      );
    },
    list: () =>
      settled(() => inOrder("listed", "files", async () => {
        const { folder } = await place("files");
        const found = await unlessMissing(folder(false));
        return found ? (await namesIn(found)).sort() : [];
      })), // prettier-ignore
    remove: (file: string) =>
      settled(() =>
        inOrder("removed", file, async () => {
          const { folder, own } = await place(file);
          await unlessMissing(folder(false).then((found) => found.removeEntry(own)));
        }),
      ),
    lock: () => takeLock(name),
  });
}

/** The folder that a file lies in, made if asked, and the file's own name there. */
async function placeOf(name: string, file: string) {
  const { storage } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (!storage?.getDirectory || !("WorkerGlobalScope" in globalThis)) {
    throw new Error("only a worker of a browser has such files. Use voxgrad/worker, or another storage");
  }
  const root = await storage.getDirectory();
  const way = `${name}/${file}`.split("/");
  const own = way.pop() ?? "";
  const folder = async (create: boolean) => {
    let found = root;
    for (const part of way) found = await found.getDirectoryHandle(part, { create });
    return found;
  };
  return { folder, own };
}

/** The file holds these bytes or is as it was, whole, whatever fails. */
async function replaceFile(folder: FileSystemDirectoryHandle, own: string, bytes: Uint8Array): Promise<void> {
  const temporary: OwnFile = await folder.getFileHandle(own + unfinished, { create: true });
  try {
    if (!temporary.move) throw new Error("this browser cannot rename such files. Use a newer one");
    await withFile(temporary, (open) => {
      open.truncate(0);
      extend(open, bytes);
    });
    await temporary.move(folder, own);
  } catch (error) {
    await folder.removeEntry(own + unfinished).catch(() => undefined); // the first failure is reported
    throw error;
  }
}

/** The bytes stand at the end, or the file is as it was. */
function extend(file: SyncFile, bytes: Uint8Array): void {
  const before = file.getSize();
  try {
    for (let offset = 0; offset < bytes.length;) {
      const written = file.write(bytes.subarray(offset), { at: before + offset });
      if (written === 0) throw new Error(`wrote ${offset} of ${bytes.length} bytes, then no more were taken`);
      offset += written;
    }
    file.flush();
  } catch (error) {
    file.truncate(before);
    throw error;
  }
}

async function withFile(handle: OwnFile, act: (open: SyncFile) => void): Promise<void> {
  const open = await handle.createSyncAccessHandle?.();
  if (!open) throw new Error("this browser has no such files in workers. Use a newer one");
  try {
    act(open);
  } finally {
    open.close();
  }
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const [own, handle] of folder.entries()) {
    if (handle.kind === "file") names.push(own);
    else for await (const [inner] of handle.entries()) names.push(`${own}/${inner}`);
  }
  return names.filter((each) => !each.endsWith(unfinished));
}

/** Null where there is no such file or folder. */
async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

async function takeLock(name: string): Promise<() => Promise<void>> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks)
    throw new StorageError(`${name} could not be locked: only a browser has such locks. Use another storage.`);
  return new Promise((resolve, reject) => {
    const held = locks.request(`voxgrad ${name}/${lockName}`, { ifAvailable: true }, (lock) => {
      if (!lock) {
        const who = "another tab or worker is at work on this study";
        throw new StudyStateError(`${name}: ${who}. Wait until it ends, or close it, then try again.`);
      }
      return new Promise<void>((release) => {
        resolve(async () => {
          release();
          await held;
        });
      });
    });
    held.catch(reject);
  });
}

async function attempt<T>(deed: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const { name, message } = cause as Error;
    const reason = explain(name) ?? `${message.replace(/\.$/, "")}.`;
    throw new StorageError(`${path} could not be ${deed}: ${reason}`, { cause });
  }
}

function explain(name: string): string | undefined {
  switch (name) {
    case "QuotaExceededError":
      return "the browser's space for this site is full. Remove studies that are no longer needed, or free some space.";
    case "NoModificationAllowedError":
      return "another tab or worker has it open. Close it, then try again.";
    case "SecurityError":
      return "the browser keeps no files for this page: its site data is blocked, or its window is a private one.";
    case "TypeMismatchError":
      return "a folder stands where a file is needed, or a file where a folder is. Choose another name.";
    default:
      return undefined;
  }
}
