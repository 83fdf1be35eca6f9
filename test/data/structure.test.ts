import { describe, expect, it } from "vitest";
import { valuesOf } from "../../src/data/image.ts";
import { fromStructure } from "../../src/data/structure.ts";
import type { ImageStructure } from "../../src/data/structure.ts";
import { readImage } from "../../src/io/read-image.ts";
import { niftiBytes } from "../io/images/nifti-bytes.ts";

const oblique = [0, 1, 0, -1, 0, 0, 0, 0, 1];

describe("fromStructure", () => {
  it("takes { data, dims, spacing, origin, direction }, x first, and turns places from LPS to RAS", () => {
    const data = Int16Array.from({ length: 24 }, (_, i) => i);
    const image = fromStructure({
      data,
      dims: [4, 3, 2],
      spacing: [1, 2, 5],
      origin: [10, 20, 30],
      direction: oblique,
    });
    expect(image).toMatchObject({ format: "array", shape: [2, 3, 4], colours: 1, spacing: [1, 2, 5], unit: "mm" });
    expect(image.pixels).toBe(data);
    // Index (0, 1, 0) lies 2 mm to the left of the first voxel: x' = -(10 + 2).
    expect(image.affine).toEqual([[0, -2, 0, -10], [1, 0, 0, -20], [0, 0, 5, 30], [0, 0, 0, 1]]); // prettier-ignore
    expect(fromStructure({ data, dims: [4, 6] })).toMatchObject({ shape: [6, 4], spacing: null, affine: null });
    expect(fromStructure({ data, dims: [4, 2] })).toMatchObject({ shape: [2, 4, 3], colours: 3, photometric: "RGB" });
  });

  it("takes an image of itk-wasm, its direction flat or in rows", () => {
    const common = {
      imageType: { dimension: 2, componentType: "uint8", pixelType: "Scalar", components: 1 },
      size: [3, 2], spacing: [0.5, 1], origin: [1, 2], data: new Uint8Array(6), metadata: new Map(), name: "a",
    }; // prettier-ignore
    const flat = fromStructure({ ...common, direction: Float64Array.of(0, 1, 1, 0) });
    expect(flat).toMatchObject({ shape: [2, 3], spacing: [0.5, 1] });
    expect(flat.affine).toEqual([[0, -1, 0, -1], [-0.5, 0, 0, -2], [0, 0, 1, 0], [0, 0, 0, 1]]); // prettier-ignore
    expect(fromStructure({ ...common, direction: [[0, 1], [1, 0]] })).toEqual(flat); // prettier-ignore
    const colours = fromStructure({
      ...common,
      imageType: { components: 3 },
      data: new Uint8Array(18),
      direction: [1, 0, 0, 1],
    });
    expect(colours).toMatchObject({ shape: [2, 3, 3], colours: 3 });
  });

  it.each([true, false])(
    "takes header and buffer of nifti-reader-js as readImage reads the file, little-endian %s",
    async (isLittle) => {
      const bytes = niftiBytes({
      isLittle, dimensions: [3, 2, 2], datatype: 4, pixdim: [1, 0.5, 1, 3, 1, 1, 1, 1], slope: 2, intercept: -5,
      sform: { code: 1, rows: [0.5, 0, 0, 1, 0, 1, 0, 2, 0, 0, 3, 3] }, voxelBytes: 24,
      voxels: (view, little) => { for (let i = 0; i < 12; i++) view.setInt16(2 * i, 300 * i - 7, little); },
    }); // prettier-ignore
      const read = await readImage(bytes);
      const made = fromStructure({
      header: {
        dims: [3, 3, 2, 2, 1, 1, 1, 1], pixDims: [1, 0.5, 1, 3, 1, 1, 1, 1], datatypeCode: 4, littleEndian: isLittle,
        scl_slope: 2, scl_inter: -5, affine: read.affine!, xyzt_units: 2,
      },
      image: bytes.buffer.slice(352),
    }); // prettier-ignore
      expect({ ...made, format: "nifti1" }).toEqual(read);
      expect([...valuesOf(made)]).toEqual(Array.from({ length: 12 }, (_, i) => 600 * i - 19));
    },
  );

  it("takes an ImageData without copying it", () => {
    const data = new Uint8ClampedArray(24).map((_, i) => i);
    const image = fromStructure({ data, width: 3, height: 2 });
    expect(image).toMatchObject({ shape: [2, 3, 4], colours: 4, photometric: "RGBA" });
    expect((image.pixels as Uint8Array).buffer).toBe(data.buffer);
  });

  it("says what it expected of another structure, another length, another type", () => {
    const make = (value: unknown) => () => fromStructure(value as ImageStructure);
    expect(make(null)).toThrow(TypeError);
    expect(make({ pixels: 1 })).toThrow(/expected \{ data, dims \}.*got \{ pixels \}/);
    expect(make({ data: [1, 2], dims: [2] })).toThrow(/typed array such as Int16Array, got Array/);
    expect(make({ data: new Uint8Array(7), dims: [2, 3] })).toThrow(/1 to 4 values for each of 2x3 voxels, got 7/);
    expect(make({ data: new Uint8Array(6), dims: [2, 0] })).toThrow(/at least 1, x first/);
    expect(make({ data: new Uint8Array(6), dims: [2, 3], spacing: [1] })).toThrow(/spacing for each of 2 axes, got 1/);
  });

  it("refuses a place that is none: spacing, origin, direction; and complex numbers, by name", () => {
    const volume = { data: new Uint8Array(24), dims: [4, 3, 2] };
    const make = (more: object) => () => fromStructure({ ...volume, ...more });
    for (const spacing of [[1, 0, 1], [1, -1, 1], [1, NaN, 1], [1, 1, Infinity]])
      expect(make({ spacing })).toThrow(`expected spacings above 0, got [${spacing.join(", ")}]`);
    expect(make({ origin: [1, 2] })).toThrow("an origin of 3 finite numbers, got [1, 2]");
    expect(make({ origin: [1, NaN, 2] })).toThrow("an origin of 3 finite numbers, got [1, NaN, 2]");
    expect(make({ direction: [1, 0, 0, 1] })).toThrow("a direction of 3x3 finite numbers, got [1, 0, 0, 1]");
    expect(make({ direction: [[1, 0, 0], [0, 1, 0]] })).toThrow("a direction of 3x3 finite numbers, got [1, 0, 0, 0, 1, 0]");
    const itk = { size: [2, 3], spacing: [1, 1], origin: [0, 0], direction: [1, 0, 0, 1], data: new Float32Array(12) };
    expect(() => fromStructure({ ...itk, imageType: { components: 2, pixelType: "Complex" } })).toThrow(/got Complex/);
    expect(fromStructure({ data: new Uint8Array(6), dims: [3, 2], origin: [1, 2, 3] }).affine![2][3]).toBe(3);
  }); // prettier-ignore
});
