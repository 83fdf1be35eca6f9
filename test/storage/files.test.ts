import * as nodeFiles from "node:fs/promises";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StorageError } from "../../src/errors.ts";
import { folderStorage, saveFile } from "../../src/storage/files.ts";
import { openFolder } from "../../src/storage/folder.ts";
import { faultyFiles } from "./faulty-files.ts";

const text = (value: string) => new TextEncoder().encode(value);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const content = (name: string) => readFile(join(folder, name), "utf8");

describe("folderStorage, when the disk refuses a call", () => {
  it.each(["ENOSPC", "EROFS", "EACCES", "EIO"])(
    "writing: whichever call fails with %s, the file is the old one or the new one, and nothing is left beside it",
    async (code) => {
      let refused = 0;
      for (let failing = 0; ; failing++) {
        await rm(folder, { recursive: true, force: true });
        await folderStorage(folder).write("deep/study.json", text("the old one"));
        const files = faultyFiles({ failing, code });
        const outcome = await openFolder(folder, files)
          .write("deep/study.json", text("the new one"))
          .then(() => null, (error: unknown) => error); // prettier-ignore
        expect(["the old one", "the new one"]).toContain(await content("deep/study.json"));
        expect(await readdir(join(folder, "deep"))).toEqual(["study.json"]);
        if (!files.failed) {
          expect(outcome).toBeNull();
          expect(await content("deep/study.json")).toBe("the new one");
          break;
        }
        expect(outcome).toBeInstanceOf(StorageError);
        expect(String(outcome)).toContain(join(folder, "deep/study.json"));
        refused++;
      }
      // mkdir, stat, open, write, sync, close, rename; open, sync, close of the folder
      expect(refused).toBe(10);
    },
  );

  it("appending: whichever call fails, the file is what it was before, and can be appended to again", async () => {
    for (const before of ["", "first\n"]) {
      let refused = 0;
      for (let failing = 0; ; failing++) {
        await rm(folder, { recursive: true, force: true });
        await folderStorage(folder).write("other", text(""));
        if (before !== "") await folderStorage(folder).append("ledger.jsonl", text(before));
        const files = faultyFiles({ failing, code: "ENOSPC", shortWrites: true });
        const storage = openFolder(folder, files);
        const outcome = await storage.append("ledger.jsonl", text("second\n")).then(() => null, (e: unknown) => e); // prettier-ignore
        if (!files.failed) break;
        expect(outcome).toBeInstanceOf(StorageError);
        expect(await folderStorage(folder).read("ledger.jsonl")).toEqual(before === "" ? null : text(before));
        await storage.append("ledger.jsonl", text("second\n"));
        expect(await content("ledger.jsonl")).toBe(before + "second\n");
        refused++;
      }
      expect(await content("ledger.jsonl")).toBe(before + "second\n");
      expect(refused).toBeGreaterThanOrEqual(before === "" ? 14 : 11); // seven bytes, one a write
    }
  });

  it("writes every byte when each call takes one byte only, and says so when none are taken any more", async () => {
    const value = "a file of some length";
    await openFolder(folder, faultyFiles({ shortWrites: true })).write("a", text(value));
    expect(await content("a")).toBe(value);
    const stuck = openFolder(folder, faultyFiles({ takenBytes: 7 }));
    await expect(stuck.write("a", text("another one"))).rejects.toThrow(
      /could not be written: wrote 7 of 11 bytes, then no more were taken/,
    );
    expect(await readdir(folder)).toEqual(["a"]);
  });

  it.each([
    ["ENOSPC", /study\.json could not be written \(ENOSPC\): the disk is full\. Free some space/],
    ["EROFS", /\(EROFS\): the disk is read-only\. Choose a folder on another disk/],
    ["EACCES", /\(EACCES\): permission was denied\. Choose another folder/],
    ["EIO", /study\.json could not be written: EIO: .*\. Check the disk\./],
  ])("says of %s which file, why and what to do, and keeps the cause", async (code, message) => {
    const storage = openFolder(folder, faultyFiles({ failing: 1, code }));
    const error = await storage.write("study.json", text("{}")).catch((error: unknown) => error as Error);
    expect(String(error)).toMatch(message);
    expect((error as Error).cause).toMatchObject({ code });
  });

  it("says so when a file stands where the folder should be, or a folder where the file should be", async () => {
    await writeFile(join(folder, "file"), "");
    const inFile = folderStorage(join(folder, "file"));
    await expect(inFile.write("study.json", text("{}"))).rejects.toThrow(/a file stands where a folder is needed/);
    await expect(inFile.read("study.json")).rejects.toThrow(/could not be read \(ENOTDIR\)/);
    await nodeFiles.mkdir(join(folder, "study.json"));
    await expect(folderStorage(folder).read("study.json")).rejects.toThrow(/a folder stands where a file is needed/);
    await expect(folderStorage(folder).write("study.json", text("{}"))).rejects.toThrow(StorageError);
    expect((await readdir(folder)).sort()).toEqual(["file", "study.json"]);
  });

  it.runIf(process.platform === "linux")("says so, soon, where no folder can be made", async () => {
    const nowhere = folderStorage("/proc/nowhere/deep");
    await expect(nowhere.write("study.json", text("{}"))).rejects.toThrow(StorageError);
  });

  it("overwrites, and does not list, what a killed process left of a file", async () => {
    await writeFile(join(folder, "study.json.partial"), "half a fi");
    expect(await folderStorage(folder).list()).toEqual([]);
    await folderStorage(folder).write("study.json", text("{}"));
    expect(await readdir(folder)).toEqual(["study.json"]);
  });
});

describe("saveFile", () => {
  it("writes a file of any name, and makes its folder", async () => {
    const path = join(folder, "new folder", "my predictions (2).csv");
    await saveFile(path, text("old"));
    await saveFile(path, text("new"));
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(join(folder, "new folder"))).toEqual(["my predictions (2).csv"]);
  });

  it("takes the place of nothing but a file", async () => {
    await expect(saveFile(folder, text("a"))).rejects.toThrow(StorageError);
    await expect(saveFile("/dev/null", text("a"))).rejects.toThrow(
      "/dev/null could not be written: it is no ordinary file. Choose another name.",
    );
  });
});
