import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectImage, inspectSeries } from "../../src/cli/inspect-image.ts";
import type { Context } from "../../src/cli/command.ts";
import { dicom, folderOf, nifti, png } from "../io/folder/files.ts";
import type { Files } from "../io/folder/files.ts";

describe("inspecting one image", () => {
  it("gives exactly the fields that --json has, and the same in words", async () => {
    const results: [string, unknown][] = [];
    const output = {
      say: () => undefined,
      result: (text: string, record: unknown) => void results.push([text, record]),
    };
    const context = { output } as unknown as Context;
    const folder = await folderOf({
      "a.nii": nifti(-3, [3, 2, 2], { slope: 2, intercept: 1, spacing: [0.5, 1, 3] }),
      "b.png": png(1),
    });
    expect(await inspectImage(context, join(folder, "a.nii"))).toBe(0);
    await inspectImage(context, join(folder, "b.png"));
    const [[text, record], [other]] = results;
    expect(Object.keys(record as object)).toEqual([
      "format", "shape", "type", "bigEndian", "spacing", "affine", "minimum", "maximum", "sum", "sha256",
    ]); // prettier-ignore
    expect(record).toMatchObject({
      format: "nifti1",
      shape: [3, 2, 2],
      type: "int16",
      spacing: [0.5, 1, 3],
      minimum: -5,
      maximum: 17,
      sum: 72,
    });
    expect(text).toMatch(/shape {4}3 x 2 x 2 \(x first\)\n[^]*values {3}-5 to 17, sum 72/);
    expect(other).toMatch(/spacing {2}not said/);
    await expect(inspectImage(context, join(folder, "none"))).rejects.toThrow(/expected a file to read/);
  });

  it("takes a folder of one DICOM series for one volume, sorted by place, and no other folder", async () => {
    const results: unknown[] = [];
    const output = { say: () => undefined, result: (_: string, record: unknown) => void results.push(record) };
    const context = { output } as unknown as Context;
    const one = await folderOf({ "a.dcm": dicom(3, 4), "b.dcm": dicom(1, 0), "c.dcm": dicom(2, 2) });
    expect(await inspectSeries(context, one)).toBe(0);
    expect(results).toMatchObject([{ format: "dicom", shape: [3, 2, 3], spacing: [1, 1, 2], sum: 36 }]);
    const others: readonly Files[] = [
      { "a.dcm": dicom(1, 0), "b.dcm": dicom(2, 1, { series: "1.3" }) },
      { "a.png": png(1), "b.png": png(2) },
      { "a.dcm": dicom(1, 0), "b.dcm": dicom(2, 1), "notes.txt": "no image" },
      { "x/a.dcm": dicom(1, 0), "x/b.dcm": dicom(2, 1) },
      { "a.dcm": dicom(1, 0) },
    ];
    for (const files of others) expect(await inspectSeries(context, await folderOf(files))).toBeNull();
    expect(await inspectSeries(context, join(one, "a.dcm"))).toBeNull();
    expect(results).toHaveLength(1);
  });
});
