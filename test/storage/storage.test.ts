import fc from "fast-check";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderStorage } from "../../src/storage/files.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
let root: string;
let made = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "voxgrad-storage-"));
});
afterAll(() => rm(root, { recursive: true }));

describe.each<[string, () => Storage]>([
  ["memoryStorage", memoryStorage],
  ["folderStorage", () => folderStorage(join(root, `made/when needed ${made++}`))],
])("%s", (_, create) => {
  it("gives back what was written last, and null for what never was or was removed", async () => {
    const storage = create();
    expect(await storage.read("a.bin")).toBeNull();
    await storage.write("a.bin", bytes(1, 2, 3));
    await storage.write("a.bin", bytes(4));
    expect(await storage.read("a.bin")).toEqual(bytes(4));
    await storage.remove("a.bin");
    await storage.remove("a.bin");
    expect(await storage.read("a.bin")).toBeNull();
  });

  it("begins a file by appending, and goes on in the order of the calls, not waited for", async () => {
    const storage = create();
    await Promise.all([1, 2, 3, 4, 5].map((value) => storage.append("log", bytes(value, 0))));
    expect(await storage.read("log")).toEqual(bytes(1, 0, 2, 0, 3, 0, 4, 0, 5, 0));
  });

  it("holds the bytes as they were at the call, and gives out copies", async () => {
    const storage = create();
    const changing = bytes(1, 2);
    const writing = storage.write("a", changing);
    const appending = storage.append("a", changing.subarray(1));
    changing.fill(9);
    await Promise.all([writing, appending]);
    const first = await storage.read("a");
    expect(first).toEqual(bytes(1, 2, 2));
    first?.fill(7);
    expect(await storage.read("a")).toEqual(bytes(1, 2, 2));
  });

  it("lists files in sorted order, those of a subfolder with its name; nothing while there is no folder", async () => {
    const storage = create();
    expect(await storage.list()).toEqual([]);
    for (const name of ["study.json", "checkpoint/previous", "checkpoint/current", "ledger.jsonl"]) {
      await storage.write(name, bytes(1));
    }
    expect(await storage.list()).toEqual(["checkpoint/current", "checkpoint/previous", "ledger.jsonl", "study.json"]);
  });

  it.each(["", ".", "..", "../a", "a/../b", "/a", "a/", "a/b/c", "a\\b", "C:a", "a b", ".hidden", "a\0", "a/.."])(
    "refuses the name %j in every call",
    async (name) => {
      const storage = create();
      await expect(storage.read(name)).rejects.toThrow(RangeError);
      await expect(storage.write(name, bytes(1))).rejects.toThrow(/storage: expected a name such as "study.json"/);
      await expect(storage.append(name, bytes(1))).rejects.toThrow(RangeError);
      await expect(storage.remove(name)).rejects.toThrow(RangeError);
      expect(await storage.list()).toEqual([]);
    },
  );

  it("refuses the names that it uses itself", async () => {
    await expect(create().write("study.lock", bytes(1))).rejects.toThrow(RangeError);
    await expect(create().write("study.lock/a", bytes(1))).rejects.toThrow(RangeError);
    await expect(create().write("study.json.partial", bytes(1))).rejects.toThrow(RangeError);
  });
});

it("folderStorage agrees with memoryStorage over drawn sequences of calls", async () => {
  const name = fc.constantFrom("a", "b", "folder/a", "folder/c");
  const call = fc.oneof(
    fc.record({ kind: fc.constantFrom("write", "append"), name, data: fc.uint8Array({ maxLength: 9 }) }),
    fc.record({ kind: fc.constant("remove"), name, data: fc.constant(bytes()) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
      const storages = [memoryStorage(), folderStorage(join(root, `agree ${made++}`))];
      const outcomes = await Promise.all(
        storages.map(async (storage) => {
          for (const { kind, name, data } of calls) {
            if (kind === "write") await storage.write(name, data);
            else if (kind === "append") await storage.append(name, data);
            else await storage.remove(name);
          }
          const names = await storage.list();
          return Promise.all(names.map(async (name) => [name, [...((await storage.read(name)) ?? [])]]));
        }),
      );
      expect(outcomes[1]).toEqual(outcomes[0]);
    }),
    { numRuns: 40 },
  );
});
