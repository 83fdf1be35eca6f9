// Where a study is kept: files by name, whole or not at all.

/**
 * A folder of files, on a disk, in a browser or in memory. Names are `study.json`, or `checkpoint/even.safetensors` with one
 * subfolder; a name that would climb out of the folder is refused with a RangeError.
 *
 * Calls may overlap; those that change something are carried out in the order in which they were made.
 * What the disk refuses is a `StorageError`.
 */
export interface Storage {
  /** The file's bytes, the caller's to keep; null when there is no such file. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Replaces the file, whole or not at all; when it resolves, the bytes outlast a loss of power. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of the file, or begins it; when it resolves, the bytes outlast a loss of power. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** The names of all files in sorted order. */
  list(): Promise<string[]>;
  /** Removes the file; nothing happens when there is none. */
  remove(name: string): Promise<void>;
  /**
   * Keeps other processes out until the function that it resolves to is called; left out where there are none.
   * A lock that a process left behind when it ended is taken over.
   *
   * @throws StudyStateError while another process, or this one, holds the lock.
   */
  lock?(): Promise<() => Promise<void>>;
}

/** Ends the name of a file that is still being written. */
export const unfinished = ".partial";

/** The lock's own folder; names that begin with it are the lock's too. */
export const lockName = "study.lock";

/**
 * @throws RangeError unless the name is one of letters, digits, `.`, `_`, `-`, with at most one subfolder before it, and
 * not one that storages use themselves.
 */
export function checkName(name: string): void {
  const plain = /^(?:[\w-][\w.-]*\/)?[\w-][\w.-]*$/;
  if (plain.test(name) && !name.endsWith(unfinished) && !name.startsWith(lockName)) return;
  throw new RangeError(
    `storage: expected a name such as "study.json" or "checkpoint/even.safetensors" (letters, digits, "_", "-", and "." inside), ` +
      `got ${JSON.stringify(name)}`,
  );
}
