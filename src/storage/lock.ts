// A file that says which process is at work in a folder.
import { StudyStateError } from "../errors.ts";
import { codeOf } from "./failure.ts";
import type { FileSystem } from "./atomic.ts";

interface Holder {
  readonly pid: number;
  /** When the process began, in milliseconds: tells it from a later one that was given the same number. */
  readonly started: number;
}

/**
 * Creates the lock's file, which only one process can, and resolves to the function that gives it back.
 * A lock whose process is gone is taken over.
 *
 * @throws StudyStateError while a living process holds it.
 */
export async function lockFolder(files: FileSystem, path: string): Promise<() => Promise<void>> {
  const self: Holder = { pid: process.pid, started: performance.timeOrigin };
  while (!(await create(files, path, JSON.stringify(self)))) {
    // No process in it: perhaps its own has just created it, and is about to write.
    const holder = (await readHolder(files, path)) ?? (await readHolder(files, path, 100));
    if (holder && isAlive(holder, self)) {
      throw new StudyStateError(
        `${path}: process ${holder.pid} is at work on this study. Wait until it ends, or stop it, then try again.`,
      );
    }
    await removeIfThere(files, path);
  }
  return () => giveBack(files, path);
}

/** A lock that cannot be removed is emptied: it then names no process, and the next one takes it over. */
async function giveBack(files: FileSystem, path: string): Promise<void> {
  await removeIfThere(files, path).catch(() => files.truncate(path, 0));
}

/** False when the file is there already. */
async function create(files: FileSystem, path: string, text: string): Promise<boolean> {
  let handle;
  try {
    handle = await files.open(path, "wx");
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.writeFile(text);
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await giveBack(files, path).catch(() => undefined); // the first failure is reported
    throw error;
  }
  return true;
}

/** Null when the file is gone, or names no process. */
async function readHolder(files: FileSystem, path: string, afterMilliseconds = 0): Promise<Holder | null> {
  await new Promise((resolve) => setTimeout(resolve, afterMilliseconds));
  try {
    const holder = JSON.parse(await files.readFile(path, "utf8")) as Partial<Holder> | null;
    return typeof holder?.pid === "number" && typeof holder.started === "number" ? (holder as Holder) : null;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isAlive(holder: Holder, self: Holder): boolean {
  if (holder.pid === self.pid) return holder.started === self.started;
  try {
    process.kill(holder.pid, 0); // sends nothing: asks whether the process is there
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM"; // it is there, and another user's
  }
}

async function removeIfThere(files: FileSystem, path: string): Promise<void> {
  await files.unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
}
