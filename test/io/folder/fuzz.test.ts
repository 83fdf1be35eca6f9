import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { readFolder } from "../../../src/io/read-folder.ts";
import { folderOf, png } from "./files.ts";

const cells = fc.oneof(
  fc.constantFrom(
    "a/1.png",
    "a/2.png",
    "a",
    ".",
    "",
    "..",
    "../x",
    "/etc",
    "a/\u0000",
    "train",
    "val",
    "test",
    '"',
    "1",
    "x,y",
  ),
  fc.string(),
);
const tables = fc
  .tuple(
    fc.constantFrom(
      "path,label,group,set,mask",
      "path,weight",
      "weight,path,set",
      "path",
      "path,set",
      "mask,path",
      "path,path",
      "\ufeffPath;label",
    ),
    fc.array(fc.array(cells, { maxLength: 6 }), { maxLength: 5 }),
    fc.constantFrom("\n", "\r\n", "\r"),
  )
  .map(([head, rows, end]) => [head, ...rows.map((row) => row.join(","))].join(end));

describe("a table that is not what it should be", () => {
  it("is read or refused with a FormatError, whatever stands in it, and never leads out of the folder", async () => {
    const folder = await folderOf({ "a/1.png": png(1), "a/2.png": png(2) });
    await fc.assert(
      fc.asyncProperty(tables, async (text) => {
        await writeFile(join(folder, "manifest.csv"), text);
        const outcome: unknown = await readFolder(join(folder, "manifest.csv")).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome, text).toBeInstanceOf(FormatError);
        else expect(outcome).toMatchObject(Object.hasOwn(outcome as object, "train") ? {} : { shape: [2, 3] });
      }),
      { numRuns: 300 },
    );
  });

  it("names the damaged image of a folder, whichever byte of it was changed, or reads it", async () => {
    const whole = png(1);
    const folder = await folderOf({ "a/1.png": png(1), "b/1.png": whole });
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), async (at, value, length) => {
        const bytes = whole.slice(0, length);
        if (at < length) bytes[at] = value;
        await writeFile(join(folder, "b/1.png"), bytes);
        const outcome: unknown = await readFolder(folder).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) return;
        expect(outcome).toBeInstanceOf(FormatError);
        expect(outcome.message).toMatch(/b\/1\.png/);
      }),
      { numRuns: 300 },
    );
  });
});
