import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rgbOf } from "../../src/data/image-colours.ts";
import { factsOf } from "../../src/data/image-facts.ts";
import { pixelTypeOf, valuesOf } from "../../src/data/image.ts";
import type { Image } from "../../src/data/image.ts";

const image = (more: Partial<Image> = {}): Image => ({
  format: "png",
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
  shape: [2, 3],
  colours: 1,
  spacing: null,
  unit: "unknown",
  affine: null,
  rescale: { slope: 1, intercept: 0 },
  frameRescales: null,
  modalityTable: null,
  windows: [],
  photometric: "MONOCHROME2",
  palette: null,
  bigEndian: false,
  dicom: null,
  ...more,
});

const hashOf = (values: readonly number[]) =>
  createHash("sha256")
    .update(new Uint8Array(Float64Array.from(values).buffer))
    .digest("hex");

describe("valuesOf", () => {
  it("is slope * stored + intercept in float64, rounded once for float32", () => {
    const scaled = image({ rescale: { slope: 0.1, intercept: -3 } });
    expect(Array.from(valuesOf(scaled))).toEqual([1, 2, 3, 4, 5, 6].map((stored) => stored * 0.1 - 3));
    expect(valuesOf(scaled, new Float32Array(6))[2]).toBe(Math.fround(3 * 0.1 - 3));
    expect(() => valuesOf(scaled, new Float32Array(5))).toThrow(/room for 6 values, got 5/);
  });

  it("reads 64-bit pixels, a slope for each frame, and a table", () => {
    const pixels = BigInt64Array.of(-1n, 2n ** 53n);
    expect(Array.from(valuesOf(image({ pixels, shape: [1, 2] })))).toEqual([-1, 2 ** 53]);
    const frameRescales = [
      { slope: 1, intercept: 0 },
      { slope: 10, intercept: 1 },
    ];
    expect(Array.from(valuesOf(image({ shape: [2, 1, 3], frameRescales })))).toEqual([1, 2, 3, 41, 51, 61]);
    const modalityTable = { first: 2, values: [7, 8, 9] };
    expect(Array.from(valuesOf(image({ modalityTable })))).toEqual([7, 7, 8, 9, 9, 9]);
  });
});

describe("pixelTypeOf", () => {
  it.each([
    [Uint8Array, "uint8"],
    [Int16Array, "int16"],
    [BigUint64Array, "uint64"],
    [BigInt64Array, "int64"],
    [Float32Array, "float32"],
  ])("%o is %s", (make, type) => expect(pixelTypeOf({ pixels: new make(1) })).toBe(type));
});

describe("factsOf", () => {
  it("has x first, the range and sum after rescale, and a hash over little-endian float64", async () => {
    const facts = await factsOf(image({ rescale: { slope: 2, intercept: 1 } }));
    expect(facts).toMatchObject({ shape: [3, 2], type: "uint8", minimum: 3, maximum: 13, sum: 48 });
    expect(facts.sha256).toBe(hashOf([3, 5, 7, 9, 11, 13]));
  });

  it("has colours last in shape and slowest in the hash", async () => {
    const facts = await factsOf(image({ shape: [1, 2, 3], colours: 3 }));
    expect([facts.shape, facts.sha256]).toEqual([[2, 1, 3], hashOf([1, 4, 2, 5, 3, 6])]);
  });

  it("leaves NaN and infinity out of range and sum", async () => {
    const pixels = Float32Array.of(NaN, 1, -2, Infinity, 3, -Infinity);
    expect(await factsOf(image({ pixels }))).toMatchObject({ minimum: -2, maximum: 3, sum: 2 });
    expect(await factsOf(image({ pixels: new Float32Array(6).fill(NaN) }))).toMatchObject({ minimum: null, maximum: null, sum: 0 }); // prettier-ignore
  });
});

describe("rgbOf", () => {
  it("leaves gray and RGB as they are", () => {
    const gray = image();
    expect(rgbOf(gray)).toBe(gray);
  });

  it("looks palettes up; indices beside them take their ends", () => {
    const table = (values: readonly number[]) => ({ first: 2, values });
    const palette = { bits: 8, red: table([1, 2]), green: table([3, 4]), blue: table([5, 6]) } as const;
    const { pixels, shape } = rgbOf(image({ palette }));
    expect(shape).toEqual([2, 3, 3]);
    expect(Array.from(pixels as Uint8Array)).toEqual([1, 3, 5, 1, 3, 5, 2, 4, 6, 2, 4, 6, 2, 4, 6, 2, 4, 6]);
  });
});
