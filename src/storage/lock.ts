// A folder beside a study's files that says which process is at work on them.
import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { StudyStateError } from "../errors.ts";
import { codeOf } from "./failure.ts";
import type { FileSystem } from "./atomic.ts";

/**
 * Takes the lock, and resolves to the function that gives it back. One whose process is gone is taken over.
 *
 * The lock is a folder that holds one file, named after its process. It is made under a name of its own and then renamed:
 * the system refuses that while a folder of the new name has something in it, so that of many only one comes through. A lock
 * is given back, and a dead one removed, by removing its file, whose name no other lock has: who comes late with that
 * removes nothing of the one who was faster.
 *
 * @throws StudyStateError while a living process holds it.
 */
export async function lockFolder(files: FileSystem, path: string): Promise<() => Promise<void>> {
  const holder = `${process.pid}-${performance.timeOrigin}-${randomUUID().slice(0, 8)}`;
  const prepared = `${path}.${holder}`;
  await sweep(files, path);
  await files.mkdir(prepared);
  try {
    await (await files.open(join(prepared, holder), "wx")).close();
    while (!(await moveTo(files, prepared, path)));
  } catch (error) {
    await removeLock(files, prepared, holder).catch(() => undefined); // the first failure is reported
    throw error;
  }
  return () => giveBack(files, path, holder);
}

/** False when there was a lock, which may now be gone. */
async function moveTo(files: FileSystem, prepared: string, path: string): Promise<boolean> {
  try {
    await files.rename(prepared, path);
    return true;
  } catch (error) {
    const isTaken = ["EEXIST", "ENOTEMPTY"].includes(codeOf(error));
    // Windows says EPERM or EACCES of any folder that stands there, as every system does of a disk that may not be changed.
    if (!isTaken && !(await isThere(files, path))) throw error;
  }
  for (const holder of await namesIn(files, path)) {
    if (isAlive(holder)) {
      const [id] = holder.split("-");
      throw new StudyStateError(
        `${path}: process ${id} is at work on this study. Wait until it ends, or stop it, then try again.`,
      );
    }
    await removeIfThere(files, join(path, holder));
  }
  await removeEmpty(files, path);
  return false;
}

/** A file that cannot be removed is renamed: it then names no process, and the next one takes the lock over. */
async function giveBack(files: FileSystem, path: string, holder: string): Promise<void> {
  const file = join(path, holder);
  await removeIfThere(files, file).catch(() => files.rename(file, join(path, "given-back")));
  // An empty folder keeps no one out.
  await removeEmpty(files, path).catch(() => undefined);
}

/** Removes what processes left behind that were killed before their lock had its name; what cannot be removed stays. */
async function sweep(files: FileSystem, path: string): Promise<void> {
  const folder = dirname(path);
  const before = `${basename(path)}.`;
  for (const name of await namesIn(files, folder)) {
    const holder = name.slice(before.length);
    if (!name.startsWith(before) || isAlive(holder)) continue;
    await removeLock(files, join(folder, name), holder).catch(() => undefined);
  }
}

async function removeLock(files: FileSystem, path: string, holder: string): Promise<void> {
  await removeIfThere(files, join(path, holder));
  await removeEmpty(files, path);
}

/** Whether the process that a lock is named after still runs. When it began tells it from a later one of the same number. */
function isAlive(holder: string): boolean {
  const [, id, started] = /^(\d+)-([\d.]+)-\w+$/.exec(holder) ?? [];
  if (id === undefined) return false;
  if (Number(id) === process.pid) return Number(started) === performance.timeOrigin;
  try {
    process.kill(Number(id), 0); // sends nothing: asks whether the process is there
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM"; // it is there, and another user's
  }
}

async function isThere(files: FileSystem, path: string): Promise<boolean> {
  const found = await unless(["ENOENT"], files.stat(path));
  return found?.isDirectory() ?? false;
}

async function namesIn(files: FileSystem, path: string): Promise<string[]> {
  return (await unless(["ENOENT"], files.readdir(path))) ?? [];
}

async function removeIfThere(files: FileSystem, path: string): Promise<void> {
  await unless(["ENOENT"], files.unlink(path));
}

/** Leaves a folder that has something in it. */
async function removeEmpty(files: FileSystem, path: string): Promise<void> {
  await unless(["ENOENT", "ENOTEMPTY", "EEXIST"], files.rmdir(path));
}

/** Undefined where the system answers with one of these codes. */
async function unless<T>(codes: readonly string[], asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
}
