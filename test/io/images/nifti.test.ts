import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../src/data/image.ts";
import type { StoredPixels } from "../../../src/data/image.ts";
import { FormatError } from "../../../src/errors.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { niftiBytes } from "./nifti-bytes.ts";
import type { NiftiFields } from "./nifti-bytes.ts";

/** Data type codes with how a value is written. */
const types = [
  [2, "uint8", 1, "setUint8", [0, 255]],
  [256, "int8", 1, "setInt8", [-128, 127]],
  [4, "int16", 2, "setInt16", [-32768, 32767]],
  [512, "uint16", 2, "setUint16", [0, 65535]],
  [8, "int32", 4, "setInt32", [-2147483648, 2147483647]],
  [768, "uint32", 4, "setUint32", [0, 4294967295]],
  [1024, "int64", 8, "setBigInt64", [-(2 ** 53), 2 ** 53]],
  [1280, "uint64", 8, "setBigUint64", [0, 2 ** 60]],
  [16, "float32", 4, "setFloat32", [-1.5, 3.25]],
  [64, "float64", 8, "setFloat64", [-0.1, 1e300]],
] as const;

const small: NiftiFields = { dimensions: [2, 3, 1], datatype: 2, voxels: new Uint8Array([1, 2, 3, 4, 5, 6]) };
const read = (fields: Partial<NiftiFields> = {}) => readImage(niftiBytes({ ...small, ...fields }));

const numbersOf = ({ pixels }: { readonly pixels: StoredPixels }) => Array.from(pixels as Uint8Array);

async function refusal(bytes: Uint8Array | Promise<unknown>): Promise<string> {
  const error = await (bytes instanceof Uint8Array ? readImage(bytes) : bytes).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

describe("NIfTI", () => {
  for (const version of [1, 2] as const)
    for (const isLittle of [true, false])
      it.each(types)(`-${version}, ${isLittle ? "little" : "big"}-endian, type %d: %s as written`, async (datatype, type, width, setter, range) => {
        const voxels = (view: DataView, little: boolean) =>
          range.forEach((value, i) => {
            const written = setter.includes("Big") ? BigInt(value) : value;
            (view[setter] as (at: number, value: unknown, little: boolean) => void).call(view, i * width, written, little);
          });
        const image = await read({ version, isLittle, dimensions: [2, 1, 1], datatype, voxels, voxelBytes: 2 * width });
        expect(image).toMatchObject({ format: `nifti${version}`, shape: [1, 1, 2], bigEndian: !isLittle && true });
        expect(image.pixels[Symbol.toStringTag].toLowerCase()).toContain(`${type}array`);
        expect(Array.from(valuesOf(image))).toEqual([...range]);
      }); // prettier-ignore

  it("x is fastest: shape has it last", async () => {
    const image = await read();
    expect([image.shape, numbersOf(image)]).toEqual([[1, 3, 2], [1, 2, 3, 4, 5, 6]]); // prettier-ignore
  });

  it.each([
    [2, 10, { slope: 2, intercept: 10 }],
    [0, 10, { slope: 1, intercept: 0 }],
    [NaN, 10, { slope: 1, intercept: 0 }],
    [-Infinity, NaN, { slope: 1, intercept: 0 }],
    [-0.5, -3, { slope: -0.5, intercept: -3 }],
  ])("a slope of %d and an intercept of %d mean %o", async (slope, intercept, rescale) => {
    const image = await read({ slope, intercept });
    expect(image.rescale).toEqual(rescale);
    expect(valuesOf(image)[5]).toBe(6 * rescale.slope + rescale.intercept);
  });

  it("refuses an intercept that is not finite beside a slope that counts", async () => {
    expect(await refusal(read({ slope: 1, intercept: NaN }))).toMatch(/finite intercept beside the slope 1, got NaN \(byte 116/); // prettier-ignore
  });

  it("RGB and RGBA have colours last and no scaling", async () => {
    const voxels = new Uint8Array(24).map((_, i) => i);
    const rgb = await read({ datatype: 128, dimensions: [2, 2, 2], voxels, slope: 2 });
    expect(rgb).toMatchObject({ shape: [2, 2, 2, 3], colours: 3, photometric: "RGB", rescale: { slope: 1, intercept: 0 } }); // prettier-ignore
    expect((await read({ datatype: 2304, dimensions: [6, 1, 1], voxels })).shape).toEqual([1, 1, 6, 4]);
  });

  it.each([
    [32, "complex64"],
    [1792, "complex128"],
    [2048, "complex256"],
    [1536, "float128"],
    [1, "binary"],
    [0, "unknown"],
    [77, "data type 77"],
  ])("refuses type %d by its name", async (datatype, name) => {
    expect(await refusal(read({ datatype }))).toContain(name);
  });

  it("takes rows (sform) before a quaternion (qform) before distances, as nibabel does", async () => {
    const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const sform = { code: 1, rows };
    // A quarter turn about z: x goes to y.
    const qform = { code: 1, bcd: [0, 0, Math.fround(Math.SQRT1_2)], shift: [7, 8, 9] };
    const pixdim = [-1, 2, 3, 4, 0, 0, 0, 0];
    expect((await read({ sform, qform, pixdim })).affine).toEqual([...[0, 4, 8].map((i) => rows.slice(i, i + 4)), [0, 0, 0, 1]]); // prettier-ignore
    const turned = (await read({ qform, pixdim })).affine!.map((row) => row.map((value) => Math.round(value * 1e6) / 1e6 || 0)); // prettier-ignore
    expect(turned).toEqual([[0, -3, 0, 7], [2, 0, 0, 8], [0, 0, -4, 9], [0, 0, 0, 1]]); // prettier-ignore
    expect((await read({ pixdim, sform: { code: 9, rows } })).affine).toEqual([[-2, 0, 0, 1], [0, 3, 0, -3], [0, 0, 4, -0], [0, 0, 0, 1]]); // prettier-ignore
  });

  it("refuses a quaternion longer than 1 and rows that are not finite", async () => {
    expect(await refusal(read({ qform: { code: 1, bcd: [1, 1, 0], shift: [0, 0, 0] } }))).toMatch(/quaternion/);
    expect(await refusal(read({ sform: { code: 1, rows: [NaN, 0, 0, 0] } }))).toMatch(/finite numbers in the sform/);
  });

  it("names the unit of its distances, and takes 0 for 1 and negative ones without their sign", async () => {
    expect(await read({ units: 3, pixdim: [1, -2, 0, 4, 0, 0, 0, 0] })).toMatchObject({ unit: "um", spacing: [2, 1, 4] }); // prettier-ignore
  });

  it("passes extensions over, and refuses one that overruns the voxels", async () => {
    const extension = new Uint8Array(4 + 32);
    extension[0] = 1;
    const view = new DataView(extension.buffer);
    view.setInt32(4, 16, true);
    view.setInt32(20, 16, true);
    expect(numbersOf(await read({ extension }))).toEqual([1, 2, 3, 4, 5, 6]);
    view.setInt32(20, 4096, true);
    expect(await refusal(read({ extension }))).toMatch(/an extension within bytes 368 to 384, got one of 4096 bytes/);
  });

  it("reads a pair from bytes, gzip around either or both", async () => {
    const header = niftiBytes({ ...small, magic: "ni1\0" });
    for (const [head, pixels] of [
      [header, small.voxels as Uint8Array],
      [gzipSync(header), gzipSync(small.voxels as Uint8Array)],
    ]) {
      const image = await readImage(head, { pixels: new Blob([new Uint8Array(pixels)]) });
      expect(numbersOf(image)).toEqual([1, 2, 3, 4, 5, 6]);
    }
    expect(await refusal(header)).toMatch(/Give the \.img file as the option pixels/);
    expect(await refusal(readImage(header, { pixels: new Uint8Array(5) }))).toMatch(/expected 6 bytes from byte 0 on/);
  });

  it.each<[string, Partial<NiftiFields>, RegExp]>([
    ["no dimension", { dimensions: [] }, /1 to 7 dimensions, got 0 \(byte 40/],
    ["eight dimensions", { dimensions: [1, 1, 1, 1, 1, 1, 1, 1] }, /1 to 7 dimensions, got 8/],
    ["a length of 0", { dimensions: [2, 0, 3] }, /a length of at least 1 along axis 2, got 0 \(byte 44/],
    ["a negative length", { dimensions: [2, -3, 1] }, /along axis 2, got -3/],
    ["lengths beyond the file", { dimensions: [32767, 32767, 32767, 32767] }, /it is cut off, or its header lies/],
    ["lengths beyond 2^53 (version 2)", { version: 2, dimensions: [2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40] }, /cut off, or its header lies/],
    ["voxels inside the header", { offset: 100 }, /voxels from byte 352 or later on, got vox_offset 100 \(byte 108/],
    ["an offset behind the file", { offset: 1e9 }, /expected 6 bytes from byte 1000000000 on .* got 0/],
    ["an offset that is NaN", { offset: NaN }, /got vox_offset NaN/],
    ["another magic", { magic: "n+3\0" }, /NIfTI \("n\+1" or "ni1" at byte 344/],
  ])("refuses %s", async (_, fields, message) => {
    expect(await refusal(read(fields))).toMatch(message);
  }); // prettier-ignore

  it.each([1, 2] as const)("-%d is refused cut off at any byte, packed with gzip or not", async (version) => {
    const bytes = niftiBytes({ ...small, version });
    for (let end = 0; end < bytes.length; end++) await refusal(bytes.slice(0, end));
    const packed = new Uint8Array(gzipSync(bytes));
    for (let end = 0; end < packed.length; end++) await refusal(packed.slice(0, end));
  });

  it("either reads or refuses a header with changed bytes, and pixels fill the shape (3,000 changes)", async () => {
    const bytes = niftiBytes(small);
    const edit = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const changed = bytes.slice();
        for (const { at, value } of edits) changed[at] = value;
        const image = await readImage(changed).catch((error: unknown) => error);
        if (image instanceof FormatError) return;
        const { shape, pixels } = image as Awaited<ReturnType<typeof readImage>>;
        expect(pixels.length).toBe(shape.reduce((product, length) => product * length, 1));
      }),
      { numRuns: 3000 },
    );
  });

  it("refuses gzip with one byte changed, or reads the same voxels of it", async () => {
    const packed = new Uint8Array(gzipSync(niftiBytes(small)));
    for (let at = 3; at < packed.length; at++) {
      const changed = packed.slice();
      changed[at] ^= 0x55;
      const image = await readImage(changed).catch((error: unknown) => error);
      if (!(image instanceof FormatError)) expect(image).toMatchObject({ pixels: small.voxels });
    }
  });

  it("reads gzip of several members, as bgzip writes it", async () => {
    const bytes = niftiBytes(small);
    const members = [bytes.slice(0, 100), bytes.slice(100, 353), bytes.slice(353)].map((part) => gzipSync(part));
    expect(numbersOf(await readImage(new Uint8Array(Buffer.concat(members))))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("takes a fraction of vox_offset for none, as nibabel does, and says what a header without a mark is", async () => {
    const bytes = niftiBytes({ dimensions: [2], datatype: 2, voxels: Uint8Array.of(7, 9) });
    new DataView(bytes.buffer).setFloat32(108, 352.5, true);
    expect((await readImage(bytes)).pixels).toEqual(Uint8Array.of(7, 9));
    bytes.fill(0, 344, 348);
    await expect(readImage(bytes)).rejects.toThrow(/a header without a mark \(5c 01 00 00 .*Analyze 7\.5 has it\. Save it as NIfTI/);
  }); // prettier-ignore
});
