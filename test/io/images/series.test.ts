import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../src/data/image.ts";
import { FormatError } from "../../../src/errors.ts";
import { readSeries } from "../../../src/io/read-series.ts";
import type { SeriesOptions } from "../../../src/io/read-series.ts";
import { dicomBytes, imageAttributes } from "./dicom-bytes.ts";
import type { Attribute, ImageFields } from "./dicom-bytes.ts";

interface SliceFields extends Partial<ImageFields> {
  readonly series?: string;
  readonly position?: readonly number[] | null;
  readonly orientation?: readonly number[];
  readonly number?: number | null;
  readonly slope?: number;
  /** What its one pixel holds. */
  readonly value: number;
}

function slice(fields: SliceFields): File {
  const { series = "1.2", position = null, orientation = [1, 0, 0, 0, 1, 0], number = null, value, slope } = fields;
  const more: Attribute[] = [
    ["0020000d", "UI", "1.1"],
    ["0020000e", "UI", series],
    ["00280030", "DS", "1\\1"],
    ...(slope === undefined ? [] : ([["00281053", "DS", String(slope)]] as Attribute[])),
    ...(number === null ? [] : ([["00200013", "IS", String(number)]] as Attribute[])),
    ...(position ? ([["00200032", "DS", position.join("\\")], ["00200037", "DS", orientation.join("\\")]] as Attribute[]) : []),
  ]; // prettier-ignore
  const shape = { width: 1, height: 1, bits: 8, ...fields, more };
  const pixels = ["7fe00010", "OB", new Uint8Array((shape.bits / 8) * shape.width * shape.height).fill(value)] as const;
  return new File([dicomBytes({ attributes: imageAttributes(shape, pixels) })], `slice-${value}.dcm`);
}

const pixelsOf = async (slices: readonly File[], options?: SeriesOptions) =>
  (await readSeries(slices, options)).map(({ pixels }) => Array.from(pixels as Uint8Array));

async function refusal(slices: readonly File[]): Promise<string> {
  const error = await readSeries(slices).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

describe("readSeries", () => {
  it("sorts slices along their normal, not by name or number", async () => {
    const slices = [30, 10, 20].map((z, i) => slice({ value: z, position: [0, 0, z], number: i }));
    expect(await pixelsOf(slices)).toEqual([[10, 20, 30]]);
    // Sagittal: x is the normal's axis.
    const sagittal = [5, -5, 0].map((x) => slice({ value: x + 10, position: [x, 7, 7], orientation: [0, 1, 0, 0, 0, -1] }));
    const [volume] = await readSeries(sagittal);
    expect(Array.from(volume.pixels as Uint8Array)).toEqual([15, 10, 5]);
    expect(volume.spacing).toEqual([1, 1, 5]);
    expect(volume.affine).toEqual([[0, 0, 5, -5], [-1, 0, 0, -7], [0, -1, 0, 7], [0, 0, 0, 1]]); // prettier-ignore
  }); // prettier-ignore

  it("tells mixed series apart by their UID, and by orientation inside one", async () => {
    const slices = [
      slice({ value: 1, position: [0, 0, 1], series: "1.2" }),
      slice({ value: 12, position: [0, 0, 2], series: "1.3" }),
      slice({ value: 2, position: [0, 0, 2], series: "1.2" }),
      slice({ value: 99, position: [0, 0, 0], series: "1.2", orientation: [0, 1, 0, 0, 0, -1] }),
      slice({ value: 11, position: [0, 0, 1], series: "1.3" }),
    ];
    expect(await pixelsOf(slices)).toEqual([[1, 2], [11, 12], [99]]);
  });

  it("goes by instance numbers where there are no positions, without an affine", async () => {
    const slices = [3, 1, 2].map((number) => slice({ value: number, number }));
    const [volume] = await readSeries(slices);
    expect([Array.from(volume.pixels as Uint8Array), volume.affine, volume.spacing]).toEqual([[1, 2, 3], null, null]);
  });

  it("keeps a slope for each slice where they differ", async () => {
    const slices = [1, 2].map((z) => slice({ value: 10, position: [0, 0, z], slope: z }));
    const [volume] = await readSeries(slices);
    expect(Array.from(valuesOf(volume))).toEqual([10, 20]);
  });

  it("refuses a gap, unless it is told to keep it, without an affine", async () => {
    const slices = [1, 2, 4].map((z) => slice({ value: z, position: [0, 0, z] }));
    expect(await refusal(slices)).toMatch(/slice-1\.dcm: expected slices at equal distances, got them at 1\.00, 2\.00, 4\.00/);
    const [volume] = await readSeries(slices, { uneven: "keep" });
    expect([Array.from(volume.pixels as Uint8Array), volume.affine, volume.spacing]).toEqual([[1, 2, 4], null, null]);
  }); // prettier-ignore

  it("refuses slices at one place, of several sizes or types, without a place, and what is no DICOM", async () => {
    const at = (z: number, more: Partial<SliceFields> = {}) => slice({ value: z, position: [0, 0, z], ...more });
    expect(await refusal([at(1), at(1)])).toMatch(/different places along the normal.*got 1 in slice-1\.dcm and slice-1\.dcm/);
    expect(await refusal([at(1), at(2, { width: 2 })])).toMatch(/slices of one size \(1x1\), got 1x2 in slice-2\.dcm/);
    expect(await refusal([at(1), at(2, { bits: 16 })])).toMatch(/slices of one type \(uint8\), got uint16/);
    expect(await refusal([slice({ value: 1 }), slice({ value: 2 })])).toMatch(/a position \(0020,0032\) or an instance number/);
    expect(await refusal([new File(["not DICOM"], "notes.txt")])).toMatch(/^notes\.txt: expected PNG/);
    await expect(readSeries([])).rejects.toThrow(/at least one file, got none/);
  }); // prettier-ignore
});
