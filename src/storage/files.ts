// Keeps a study in a folder of a disk (Node, Deno, Bun), so that neither a crash nor a full disk costs what was there.
import type { Storage } from "./storage.ts";

/**
 * A folder as a storage; it is made when the first file is written.
 *
 * A file is written under a temporary name, synced, renamed over the old one, and the folder is synced: whenever the
 * power fails, the old file or the new one is there, whole. What is appended is synced; when appending fails, the file
 * is cut back to what it was.
 *
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
export function folderStorage(path: string): Storage {
  // Loaded when it is used: what else voxgrad/io has works in a browser too, which knows no node:fs.
  let opening: Promise<Required<Storage>> | null = null;
  const folder = () => (opening ??= import("./folder.ts").then(({ openFolder }) => openFolder(path)));
  return Object.freeze({
    read: async (name: string) => (await folder()).read(name),
    async write(name: string, bytes: Uint8Array) {
      const kept = new Uint8Array(bytes);
      await (await folder()).write(name, kept);
    },
    async append(name: string, bytes: Uint8Array) {
      const kept = new Uint8Array(bytes);
      await (await folder()).append(name, kept);
    },
    list: async () => (await folder()).list(),
    remove: async (name: string) => (await folder()).remove(name),
    lock: async () => (await folder()).lock(),
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
  const kept = new Uint8Array(bytes);
  const { writeWhole } = await import("./folder.ts");
  await writeWhole(path, kept);
}
