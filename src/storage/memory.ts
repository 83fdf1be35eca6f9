// Keeps a study in memory: for trying things out, and where there is no disk.
import { checkName } from "./storage.ts";
import type { Storage } from "./storage.ts";

/**
 * A storage that lasts as long as the object does.
 *
 * @example
 * ```ts
 * import { memoryStorage } from "voxgrad";
 *
 * const storage = memoryStorage();
 * await storage.write("note.txt", new TextEncoder().encode("12,168 weights"));
 * console.log(await storage.list()); // [ 'note.txt' ]
 * ```
 */
export function memoryStorage(): Storage {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return Object.freeze({
    read: settled((name: string) => {
      checkName(name);
      return files.get(name)?.slice() ?? null;
    }),
    write: settled((name: string, bytes: Uint8Array) => {
      checkName(name);
      files.set(name, new Uint8Array(bytes));
    }),
    append: settled((name: string, bytes: Uint8Array) => {
      checkName(name);
      const before = files.get(name) ?? new Uint8Array(0);
      const joined = new Uint8Array(before.length + bytes.length);
      joined.set(before);
      joined.set(bytes, before.length);
      files.set(name, joined);
    }),
    list: settled(() => [...files.keys()].sort()),
    remove: settled((name: string) => {
      checkName(name);
      files.delete(name);
    }),
  });
}

/** The function at once, its result or error as a promise. */
function settled<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => Promise<R> {
  return (...args) => new Promise((resolve) => resolve(act(...args)));
}
