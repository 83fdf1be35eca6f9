import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzip } from "pako";
import { describe, expect, it } from "vitest";
import { readFolder } from "../../../src/io/read-folder.ts";
import { dicom, folderOf, masksIn, nifti, oneSet, png, pngOf, threeSets, valuesIn } from "./files.ts";

const counting = (first: number, count = 6) => Array.from({ length: count }, (_, i) => first + i);

describe("a subfolder for each class", () => {
  it("gives classes and images in the order of their names' bytes, bytes as bytes", async () => {
    const folder = await folderOf({
      "b/2.png": png(20), "b/10.png": png(10), "a/é.png": png(40), "a/z.png": png(30), "B/x.png": png(50),
      "b/.hidden": "not read", "b/Thumbs.db": "not read", "notes.txt": "beside the classes",
    }); // prettier-ignore
    const set = oneSet(await readFolder(folder));
    expect(set).toMatchObject({ length: 5, shape: [2, 3], classes: ["B", "a", "b"], groups: null, maskLength: 0 });
    expect([...set.labels!]).toEqual([0, 1, 1, 2, 2]);
    expect(await valuesIn(set)).toEqual([50, 30, 40, 10, 20].map((first) => counting(first)));
    expect(set.readBytes).toBeDefined();
    expect(oneSet(await readFolder(pathToFileURL(folder))).classes).toEqual(set.classes);
  });

  it("tells files by their content, undoes gzip, pairs .hdr with .img, and scales values", async () => {
    const pair = nifti(7, [3, 2]);
    const header = pair.slice(0, 348);
    header.set(new TextEncoder().encode("ni1\0"), 344);
    new DataView(header.buffer).setFloat32(108, 0, true);
    const folder = await folderOf({
      "a/png-without-a-name": png(1),
      "a/really-nifti.jpg": gzip(nifti(5, [3, 2], { slope: 2, intercept: -1 })),
      "b/pair.hdr": header,
      "b/pair.img": pair.slice(352),
      "b/sixteen.png": png(300, 3, 2, { depth: 16 }),
    });
    const set = oneSet(await readFolder(folder));
    expect(set.readBytes).toBeUndefined();
    expect(await valuesIn(set)).toEqual([
      counting(1), counting(5).map((value) => 2 * value - 1), counting(7), counting(300),
    ]); // prettier-ignore
  });

  it("makes one volume of a subfolder of DICOM slices, sorted by place, and groups by DICOM's patients", async () => {
    const folder = await folderOf({
      "ill/p1/a.dcm": dicom(2, 5, { patient: "one" }), "ill/p1/b.dcm": dicom(1, 0, { patient: "one" }),
      "well/p2/b.dcm": dicom(4, 1, { patient: "two" }), "well/p2/a.dcm": dicom(3, 0, { patient: "two" }),
    }); // prettier-ignore
    const set = oneSet(await readFolder(folder));
    expect(set).toMatchObject({ length: 2, shape: [2, 2, 3], classes: ["ill", "well"], groups: ["one", "two"] });
    expect(await valuesIn(set)).toEqual([[1, 2], [3, 4]].map(([a, b]) => [...Array<number>(6).fill(a), ...Array<number>(6).fill(b)])); // prettier-ignore
    const mixed = await folderOf({ "a/p/1.dcm": dicom(1, 0), "a/p/2.dcm": dicom(1, 1, { series: "1.3" }) });
    await expect(readFolder(mixed)).rejects.toThrow(/a\/p: expected the slices of one series, got 2/);
  });

  it("refuses images beside the classes, and a class without images", async () => {
    const beside = await folderOf({ "a/1.png": png(1), "b/1.png": png(1), "lost.png": png(1) });
    await expect(readFolder(beside)).rejects.toThrow(/lost\.png: expected no image beside the folders of the classes/);
    const empty = await folderOf({ "a/1.png": png(1), "b/.keep": "" });
    await expect(readFolder(empty)).rejects.toThrow(/b: expected images of the class b, got an empty folder/);
  });
});

describe("train, validation and test", () => {
  it("are three sets with the classes of all, whichever way validation is called", async () => {
    for (const validation of ["validation", "val", "Valid"]) {
      const folder = await folderOf({
        "train/a/1.png": png(1), "train/b/1.png": png(2), [`${validation}/a/1.png`]: png(3), "test/c/1.png": png(4),
      }); // prettier-ignore
      const sets = threeSets(await readFolder(folder));
      expect(Object.keys(sets)).toEqual(["train", "validation", "test"]);
      expect([sets.train, sets.validation, sets.test].map(({ classes, labels }) => [classes, [...labels!]])).toEqual(
        [[0, 1], [0], [2]].map((labels) => [["a", "b", "c"], labels]),
      );
      expect(await valuesIn(sets.test)).toEqual([counting(4)]);
    }
  });

  it("are refused when one is missing: train and test are no classes", async () => {
    const folder = await folderOf({ "train/a/1.png": png(1), "test/a/1.png": png(1) });
    await expect(readFolder(folder)).rejects.toThrow(
      /expected the folders train, validation and test, got test, train/,
    );
  });
});

describe("images and masks", () => {
  it("are paired by their names before the point; mask values become classes in sorted order", async () => {
    const folder = await folderOf({
      "images/a.png": png(1), "images/b.png": png(2), "masks/b.png": pngOf(3, [0, 0, 200, 0, 0, 7]),
      "masks/a.nii.gz": gzip(nifti(0, [3, 2], { slope: 0, intercept: 0 }).fill(0, 352)), "README": "beside",
    }); // prettier-ignore
    const set = oneSet(await readFolder(folder));
    expect(set).toMatchObject({
      length: 2,
      shape: [2, 3],
      classes: [],
      labels: null,
      maskClasses: [7, 200],
      maskLength: 6,
    });
    expect(await masksIn(set)).toEqual([[0, 0, 0, 0, 0, 0], [0, 0, 2, 0, 0, 1]]); // prettier-ignore
  });

  it("are refused where one is alone, doubled, or of another size; images alone have no truth", async () => {
    const alone = await folderOf({
      "images/a.png": png(1),
      "images/b.png": png(1),
      "masks/a.png": png(0),
      "masks/c.png": png(0),
    });
    await expect(readFolder(alone)).rejects.toThrow(
      /got images\/b\.png without a mask, masks\/c\.png without an image/,
    );
    const doubled = await folderOf({ "images/a.png": png(1), "masks/a.png": png(0), "masks/a.nii": nifti(0, [3, 2]) });
    await expect(readFolder(doubled)).rejects.toThrow(/one mask of each name, got masks\/a\.nii and masks\/a\.png/);
    const other = await folderOf({ "images/a.png": png(1), "masks/a.png": png(0, 2, 3) });
    await expect(readFolder(other)).rejects.toThrow(
      /masks\/a\.png: expected a mask of 2x3 voxels as its image, got 3x2/,
    );
    for (const name of ["images/a.png", "a.png"])
      expect(oneSet(await readFolder(await folderOf({ [name]: png(1) })))).toMatchObject({
        length: 1,
        labels: null,
        maskLength: 0,
      });
  });
});

describe("a table", () => {
  it("gives paths, labels, groups, sets and masks; numbers as labels are in the order of numbers", async () => {
    const files = { "x/1.png": png(1), "x/2.png": png(2), "x/3.png": png(3), "x/m.png": pngOf(3, [1, 0, 0, 0, 0, 0]) };
    const lines = [
      "path,label,group,set,mask",
      'x/2.png,10,"p, 1",val,x/m.png',
      "./x/1.png,9,p2,train,x/m.png",
      "x\\3.png,9,p3,test,x/m.png",
    ];
    const folder = await folderOf({
      ...files,
      "manifest.csv": `\ufeff${lines.join("\r\n")}\r\n`,
      "other.csv": "path\nx/1.png",
    });
    const { train, validation, test } = threeSets(await readFolder(folder));
    expect(validation).toMatchObject({ classes: ["9", "10"], groups: ["p, 1"], maskClasses: [1] });
    expect([train, validation, test].map(({ labels }) => [...labels!])).toEqual([[0], [1], [0]]);
    expect(await valuesIn(validation)).toEqual([counting(2)]);
    expect(oneSet(await readFolder(join(folder, "other.csv")))).toMatchObject({ length: 1, labels: null });
  });

  it("gives weights, kept with their images when sets are taken out of it", async () => {
    const files = { "1.png": png(1), "2.png": png(2), "3.png": png(3), "bad.png": "no image" };
    const text = "path,set,weight\n3.png,test,1e-1\nbad.png,train,7\n1.png,train,2.5\n2.png,val,.5\n";
    const folder = await folderOf({ ...files, "manifest.csv": text });
    const { train, validation, test } = threeSets(await readFolder(folder, { unreadable: "skip" }));
    expect([train, validation, test].map(({ weights }) => [...weights!])).toEqual([[2.5], [0.5], [Math.fround(0.1)]]);
    const bare = await folderOf({ "1.png": png(1), "manifest.csv": "path\n1.png" });
    expect("weights" in oneSet(await readFolder(bare))).toBe(false);
  });

  it.each([";", "\t"])("may be separated by %j, as some spreadsheets write it, and then have commas in names", async (sign) => {
    const lines = [["Path", "label", "set"], ["1,a.png", "x", "train"], ["2,b.png", "y", "val"], ["3.png", "x", "test"]];
    const text = lines.map((line) => line.join(sign)).join("\r\n");
    const folder = await folderOf({ "1,a.png": png(1), "2,b.png": png(2), "3.png": png(3), "manifest.csv": text });
    const { train, validation } = threeSets(await readFolder(folder));
    expect([train.classes, [...validation.labels!]]).toEqual([["x", "y"], [1]]);
  }); // prettier-ignore

  it("is no table where its first line names no path: then the folders count", async () => {
    const folder = await folderOf({ "a/1.png": png(1), "b/1.png": png(1), "patients.csv": "name,age\nx,3\n" });
    expect(oneSet(await readFolder(folder)).classes).toEqual(["a", "b"]);
  });

  it.each([
    ["path,label\n../secret.png,a", /line 2: expected a path inside the folder of the table, got "\.\.\/secret\.png"/],
    ["path,label\na/../../secret.png,a", /line 2: expected a path inside the folder/],
    ["path,label\n/etc/hostname,a", /line 2: expected a path inside the folder/],
    ["path,label\nC:\\secret.png,a", /line 2: expected a path inside the folder/],
    ["path,label\n..\\secret.png,a", /line 2: expected a path inside the folder/],
    ["path,mask\na/1.png,../m.png", /line 2: expected a path inside the folder/],
    ["path,label\na/1.png,a\na/gone.png,b", /line 3: .*gone\.png: expected a file to read, but there is none/],
    ["path,label\na/1.png,a\na/1.png,b", /line 3: expected each path once, got "a\/1\.png" in line 2 already/],
    ["path,label\na/1.png,a\na/2.png,", /line 3: expected a label in every line or in none/],
    ["path,set\na/1.png,training\na/2.png,holdout", /line 3: expected train, validation or test as set, got "holdout"/],
    ["path,set\na/1.png,train\na/2.png,test", /expected images in the validation set, got none/],
    [
      "path,lable\na/1.png,a",
      /expected the columns path, label, group, set, mask, weight \(path at least\), got path, lable/,
    ],
    ["path,weight\na/1.png,1\na/2.png,-1", /line 3: expected a number of at least 0 as weight, got "-1"/],
    ["path,weight\na/1.png,much", /line 2: expected a number of at least 0 as weight, got "much"/],
    ["path,weight\na/1.png,0x10", /got "0x10"/],
    ["path,weight\na/1.png,1e60", /got "1e60"/],
    ["path,weight\na/1.png,1\na/2.png,", /line 3: expected a weight in every line or in none/],
    ["path,weight\na/1.png,0\na/2.png,0.0", /line 2: expected a weight above 0 in some line, got 0 in all/],
    ['path,label\n"a/1.png,a', /expected a table of comma-separated values, got/],
    ["path,label\n", /expected a line for each image, got none/],
  ])("is refused with its line: %j", async (text, message) => {
    const folder = await folderOf({ "a/1.png": png(1), "a/2.png": png(2), "manifest.csv": text });
    await expect(readFolder(folder)).rejects.toThrow(message);
  });
});

describe("links", () => {
  it("are followed inside the folder and refused out of it, in every layout", async () => {
    const outside = await folderOf({ "secret.png": png(9), "inner/1.png": png(9) });
    const inside = await folderOf({ "a/1.png": png(1), "b/1.png": png(2) });
    await symlink(join(inside, "a/1.png"), join(inside, "b/2.png"));
    expect(await valuesIn(oneSet(await readFolder(inside)))).toEqual([1, 2, 1].map((first) => counting(first)));
    for (const [target, name] of [
      ["secret.png", "b/3.png"],
      ["inner", "c"],
    ] as const) {
      const folder = await folderOf({ "a/1.png": png(1), "b/1.png": png(2) });
      await symlink(join(outside, target), join(folder, name));
      await expect(readFolder(folder)).rejects.toThrow(/expected a file inside the folder, got a link out of it/);
    }
    const table = await folderOf({ "manifest.csv": "path\nlink.png" });
    await symlink(join(outside, "secret.png"), join(table, "link.png"));
    await expect(readFolder(table)).rejects.toThrow(/link out of it/);
    const whole = join(await folderOf({ x: "" }), "whole");
    await symlink(inside, whole);
    expect(oneSet(await readFolder(whole)).length).toBe(3);
  });
});

describe("a path", () => {
  it("that is no folder is refused by name", async () => {
    await expect(readFolder("/nowhere/at-all")).rejects.toThrow(
      /\/nowhere\/at-all: expected a folder to read, but there is none/,
    );
    await expect(readFolder(await folderOf({ ".hidden": "" }))).rejects.toThrow(/expected images, got an empty folder/);
  });
});
