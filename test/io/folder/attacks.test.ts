import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resampleTo } from "../../../src/data/preprocessing.ts";
import { readFolder } from "../../../src/io/read-folder.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { FormatError } from "../../../src/errors.ts";
import { folderOf, nifti, oneSet, png } from "./files.ts";

async function refusal(path: string, options = {}): Promise<string> {
  const error = await readFolder(path, options).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

describe("what is no file", () => {
  it.skipIf(process.platform === "win32")("a pipe, which to open would wait for ever, and a device are refused by name", async () => {
    const folder = await folderOf({ "a/1.png": png(1), "b/1.png": png(2) });
    execFileSync("mkfifo", [join(folder, "b/pipe")]);
    expect(await refusal(folder)).toMatch(/b\/pipe: expected a file or a folder, got a device, a pipe or a socket/);
    await expect(readImage(join(folder, "b/pipe"))).rejects.toThrow(/pipe: expected a file to read, but it is a device, a pipe/);
    await expect(readImage("/dev/zero")).rejects.toThrow(/zero: expected a file to read, but it is a device/);
  }); // prettier-ignore

  it("links in a loop, and links to a folder that holds them, are refused by name", async () => {
    const folder = await folderOf({ "a/1.png": png(1), "b/1.png": png(2) });
    await symlink("loop", join(folder, "b/loop"));
    expect(await refusal(folder)).toMatch(/b\/loop: expected a file to read, but .*ELOOP/);
    const self = await folderOf({ "a/1.png": png(1), "b/1.png": png(2) });
    await symlink("..", join(self, "b/up"));
    expect(await refusal(self)).toMatch(/b\/up: expected the DICOM slices of one volume, got the folder a/);
  });
});

describe("a table that climbs out, by any way", () => {
  const rows = ["../x.png", "a/../../x.png", "..\\x.png", "/etc/passwd", "C:\\x.png", "\\\\server\\x.png", "a/\0.png", "./.."]; // prettier-ignore
  it.each(rows)("%j is refused with its line", async (path) => {
    const folder = await folderOf({ "a.png": png(1), "manifest.csv": `path,label\na.png,1\n"${path}",2\n` });
    expect(await refusal(folder)).toMatch(/manifest\.csv, line 3: expected a path inside the folder of the table/);
  });

  it("a mask that climbs out is refused as well, and a link out of the folder", async () => {
    const folder = await folderOf({ "a.png": png(1), "manifest.csv": "path,mask\na.png,../m.png\n" });
    expect(await refusal(folder)).toMatch(/line 2: expected a path inside the folder of the table, got "\.\.\/m\.png"/);
    await writeFile(join(folder, "manifest.csv"), "path\na.png\nout.png\n");
    await symlink("/etc/hostname", join(folder, "out.png"));
    expect(await refusal(folder)).toMatch(/out\.png: expected a file inside the folder, got a link out of it/); // prettier-ignore
  });
});

describe("tables as programs write them", () => {
  const table = (text: string) => folderOf({ "a.png": png(1), "x/b,c.png": png(2), "manifest.csv": text });

  it.each<[string, string]>([
    ["a mark of UTF-8, CRLF and quotes", '\ufeff"Path","Label"\r\n"a.png","one"\r\n"x/b,c.png","two ""2"""\r\n'],
    ["spaces and empty lines", "path , label\n\n a.png , one\n\n x/b\\,c.png , x\n".replace("x/b\\,c.png", '"x/b,c.png"')],
    ["no end of the last line", 'path,label\na.png,1\n"x/b,c.png",2'],
  ])("with %s are read", async (_, text) => {
    expect(oneSet(await readFolder(await table(text)))).toMatchObject({ length: 2, names: ["a.png", "x/b,c.png"] });
  }); // prettier-ignore

  it.each<[string, string, RegExp]>([
    ["the same path in other words", 'path\n"x/b,c.png"\n"x//./b,c.png"\n', /line 3: expected each path once, got "x\/b,c\.png" in line 2/],
    ["a column twice", "path,path\na.png,a.png\n", /line 1: expected each column once, got "path" twice/],
    ["a line that lacks a column", "path,label\na.png\n", /manifest\.csv: expected a table.*line 2/],
    ["a quote that never ends", 'path,label\n"a.png,1\n', /manifest\.csv: expected a table/],
    ["a line of 2 MiB", `path,label\na.png,${"x".repeat(2097152)}\n`, /manifest\.csv: expected a table.*[Rr]ecord/],
    ["a path that is not there", "path\nnone.png\n", /line 2: .*none\.png: expected a file to read, but there is none/],
    ["a line break in a path", 'path\n"a\n.png"\n', /a\n\.png: expected a file to read, but there is none/],
  ])("with %s are refused, named", async (_, text, message) => {
    expect(await refusal(await table(text))).toMatch(message);
  }); // prettier-ignore

  it("larger than maximumBytes are not read", async () => {
    expect(await refusal(await table("path\n" + "a.png\n".repeat(100)), { maximumBytes: 100 })).toMatch(/manifest\.csv: expected a file of at most 100 bytes/); // prettier-ignore
  });
});

describe("names", () => {
  it("of images and masks are one whether an accent is a character of its own or not; case counts", async () => {
    const folder = await folderOf({ "images/\u00e9.png": png(1), "masks/e\u0301.png": png(0) });
    expect(oneSet(await readFolder(folder)).maskLength).toBe(6);
    const cased = await folderOf({ "images/a.png": png(1) });
    await mkdir(join(cased, "masks"));
    await writeFile(join(cased, "masks/A.png"), png(0));
    expect(await refusal(cased)).toMatch(/images\/a\.png without a mask, masks\/A\.png without an image/);
  });
});

describe("memory", () => {
  it("that resampling would take is held to maximumBytes: a header can say that voxels are a metre apart", async () => {
    const folder = await folderOf({ "a/1.nii": nifti(1, [3, 2, 2], { spacing: [1000, 1000, 1000] }) });
    const options = { preprocessing: [resampleTo({ spacing: 1 })], maximumBytes: 1e8 };
    expect(await refusal(folder, options)).toMatch(/a\/1\.nii: expected an image of at most 100000000 bytes after preprocessing, got 2000x2000x3000/); // prettier-ignore
  });
});
