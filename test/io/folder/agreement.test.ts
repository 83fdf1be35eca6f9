import { describe, expect, it } from "vitest";
import { orientationOf } from "../../../src/data/image-geometry.ts";
import { resampleTo } from "../../../src/data/preprocessing.ts";
import { agreementOf } from "../../../src/io/folder/agreement.ts";
import { readFolder } from "../../../src/io/read-folder.ts";
import { dicomBytes, imageAttributes } from "../images/dicom-bytes.ts";
import { niftiBytes } from "../images/nifti-bytes.ts";
import { folderOf, nifti, oneSet, png } from "./files.ts";

const gray = (photometric: string) =>
  dicomBytes({ attributes: imageAttributes({ width: 3, height: 2, bits: 8, photometric }, ["7fe00010", "OB", new Uint8Array(6)]) }); // prettier-ignore

/** A volume whose first voxels lie at 0, each axis along one of the body's, forwards or backwards. */
const lying = (signs: readonly number[]) =>
  niftiBytes({ dimensions: [3, 2, 2], datatype: 2, voxels: new Uint8Array(12), sform: { code: 1, rows: [signs[0], 0, 0, 0, 0, signs[1], 0, 0, 0, 0, signs[2], 0] } }); // prettier-ignore

describe("a folder in which values mean different things", () => {
  it("is refused where MONOCHROME1 and MONOCHROME2 are mixed, naming the files", async () => {
    const folder = await folderOf({ "a/1.dcm": gray("MONOCHROME2"), "a/2.dcm": gray("MONOCHROME1"), "b/1.dcm": gray("MONOCHROME2") }); // prettier-ignore
    await expect(readFolder(folder)).rejects.toThrow(
      /got MONOCHROME1 \(low is light\) in a\/2\.dcm, MONOCHROME2 \(high is light\) in a\/1\.dcm, b\/1\.dcm/,
    );
  });

  it("of MONOCHROME1 alone is read as it is stored, and says so", async () => {
    const set = oneSet(await readFolder(await folderOf({ "a/1.dcm": gray("MONOCHROME1"), "b/1.dcm": gray("MONOCHROME1") }))); // prettier-ignore
    expect(set.notes).toEqual(["in 2 images low values are light (MONOCHROME1); they are read as they are stored"]);
  });
});

describe("spacing and orientation of a folder's images", () => {
  it("stand beside the set as preprocessing leaves them; differing spacings are noted, and gone once resampled", async () => {
    const files = {
      "a/1.nii": nifti(1, [4, 4, 4], { spacing: [1, 1, 2] }),
      "b/1.nii": nifti(2, [4, 4, 4], { spacing: [0.5, 0.5, 1] }),
      "b/2.nii": nifti(3, [4, 4, 4], { spacing: [1.0001, 1, 2] }),
    };
    const set = oneSet(await readFolder(await folderOf(files)));
    expect(set.geometry!.map(({ spacing }) => spacing![0].toFixed(2))).toEqual(["1.00", "0.50", "1.00"]);
    expect(set.notes).toEqual(["voxels are of different size: 1x1x2 mm in 2 images (a/1.nii), 0.5x0.5x1 mm in 1 images (b/1.nii). resampleTo({ spacing }) (--spacing) makes them one"]); // prettier-ignore
    const even = { "a/1.nii": nifti(1, [4, 4, 4], { spacing: [1, 1, 2] }), "b/1.nii": nifti(2, [8, 8, 8], { spacing: [0.5, 0.5, 1] }) }; // prettier-ignore
    const ready = oneSet(await readFolder(await folderOf(even), { preprocessing: [resampleTo({ spacing: 2 })] }));
    expect([ready.shape, ready.notes, ready.geometry!.map(({ spacing }) => spacing)]).toEqual([[4, 2, 2], [], [[2, 2, 2], [2, 2, 2]]]); // prettier-ignore
  });

  it("are noted where axes run different ways, in images and in their masks", async () => {
    const images = { "images/1.nii": lying([-1, 1, 1]), "images/2.nii": lying([1, 1, 1]), "images/3.nii": lying([-1, 1, 1]) }; // prettier-ignore
    const masks = { "masks/1.nii": lying([-1, 1, 1]), "masks/2.nii": lying([-1, -1, 1]), "masks/3.nii": png(0, 3, 2) };
    await expect(readFolder(await folderOf({ ...images, ...masks }))).rejects.toThrow(/masks\/3\.nii: expected a mask of 2x2x3/); // prettier-ignore
    const set = oneSet(await readFolder(await folderOf({ ...images, ...masks, "masks/3.nii": lying([-1, 1, 1]) })));
    expect(set.notes).toEqual([
      "axes run different ways: LAS in 2 images (images/1.nii), RAS in 1 images (images/2.nii). Turn the files to one orientation before",
      "masks say that their axes run another way than their images': images/2.nii. Voxels are matched by index, not by place",
    ]);
  });

  it("are not asked of pictures, which say neither", async () => {
    const set = oneSet(await readFolder(await folderOf({ "a/1.png": png(1), "b/1.png": png(2) })));
    expect([set.notes, set.geometry![0]]).toEqual([[], { spacing: null, unit: "unknown", affine: null }]);
    expect(agreementOf("x", [])).toEqual([]);
  });
});

describe("orientationOf", () => {
  it.each<[string, number[][]]>([
    ["RAS", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]],
    ["LPS", [[-2, 0, 0], [0, -3, 0], [0, 0, 1]]],
    ["PSR", [[0, 0, 1], [-1, 0, 0], [0, 1, 0]]],
    ["AIL", [[0, 0, -1], [1, 0, 0], [0, -1, 0]]],
    ["RSP", [[1, 0.2, 0.1], [0.1, 0.6, 0.8], [0, 0.8, -0.6]].map(([x, y, z]) => [x, y, -z])],
  ])("is %s, as nibabel's aff2axcodes", (codes, rotation) => {
    const affine = [...rotation.map((row) => [...row, 5]), [0, 0, 0, 1]];
    expect(orientationOf({ spacing: null, unit: "mm", affine })).toBe(codes);
  }); // prettier-ignore
});
