import fc from "fast-check";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { rgbOf } from "../../../src/data/image-colours.ts";
import { pixelTypeOf, valuesOf } from "../../../src/data/image.ts";
import { FormatError } from "../../../src/errors.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { dicomBytes, explicitBig, explicitLittle, imageAttributes, implicitLittle } from "./dicom-bytes.ts";
import type { Attribute, ImageFields } from "./dicom-bytes.ts";

const small: ImageFields = { width: 3, height: 2 };
const words = (values: readonly number[], isLittle = true) =>
  Uint8Array.from(values.flatMap((value) => (isLittle ? [value & 255, (value >> 8) & 255] : [(value >> 8) & 255, value & 255]))); // prettier-ignore
const six = [1, 2, 3, 400, 500, 65535];
const native = (bytes: Uint8Array, vr: "OB" | "OW" = "OW"): Attribute => ["7fe00010", vr, bytes];
const file = (fields: Partial<ImageFields>, pixels: Attribute | null = native(words(six)), syntax = explicitLittle) =>
  dicomBytes({ syntax, attributes: imageAttributes({ ...small, ...fields }, pixels) });
const rle = (frames: readonly Uint8Array[]): Attribute => ["7fe00010", "fragments", frames];
const rleSyntax = "1.2.840.10008.1.2.5";

async function refusal(bytes: Uint8Array, maximumBytes?: number): Promise<string> {
  const error = await readImage(bytes, { maximumBytes }).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

/** One frame packed with literal runs only: each plane in a segment of its own. */
function rleFrame(planes: readonly (readonly number[])[]): Uint8Array {
  const segments = planes.map((plane) => [plane.length - 1, ...plane]);
  const header = [planes.length, ...segments.map((_, i) => 64 + segments.slice(0, i).flat().length)];
  const bytes = new Uint8Array(64 + segments.flat().length);
  const view = new DataView(bytes.buffer);
  header.forEach((value, i) => view.setUint32(4 * i, value, true));
  bytes.set(segments.flat(), 64);
  return bytes;
}

describe("DICOM", () => {
  it.each([
    ["explicit little endian", explicitLittle, true],
    ["implicit little endian", implicitLittle, true],
    ["explicit big endian", explicitBig, false],
  ])("in %s: the same pixels", async (_, syntax, isLittle) => {
    const image = await readImage(file({}, native(words(six, isLittle)), syntax));
    expect(image).toMatchObject({ format: "dicom", shape: [2, 3], pixels: Uint16Array.from(six), bigEndian: !isLittle }); // prettier-ignore
  });

  it("deflated: the same pixels, and not beyond the limit", async () => {
    const attributes = imageAttributes(small, native(words(six)));
    const deflated = { syntax: "1.2.840.10008.1.2.1.99", attributes, pack: (bytes: Uint8Array) => deflateRawSync(bytes) }; // prettier-ignore
    expect((await readImage(dicomBytes(deflated))).pixels).toEqual(Uint16Array.from(six));
    const bomb = dicomBytes({ ...deflated, pack: () => deflateRawSync(new Uint8Array(1 << 22)) });
    expect(await refusal(bomb, 1 << 20)).toMatch(/at most 1048576 bytes unpacked, got more/);
    const large = dicomBytes({ ...deflated, pack: () => deflateRawSync(new Uint8Array(2 ** 27 + 1), { level: 1 }) });
    expect(await refusal(large)).toMatch(/at most 134217728 bytes unpacked, got more out of \d+\. .*give maximumBytes/);
    expect(await refusal(large, 2 ** 28)).not.toMatch(/maximumBytes/);
  });

  it.each<[string, Partial<ImageFields>, Uint8Array, string, readonly number[]]>([
    ["16 bits, signed", { signed: true }, words(six), "int16", [1, 2, 3, 400, 500, -1]],
    ["12 bits of 16, signed, with an overlay above", { stored: 12, signed: true }, words([0xf001, 0x0800, 0x87ff, 0, 0xffff, 0x1234]), "int16", [1, -2048, 2047, 0, -1, 0x234]],
    ["12 bits of 16 from bit 4 on", { stored: 12, high: 15 }, words([0x0010, 0xfff0, 0x123f, 0, 0, 0]), "uint16", [1, 4095, 0x123, 0, 0, 0]],
    ["10 bits of 16", { stored: 10 }, words([0xffff, 0x0400, 0x03ff, 0, 0, 0]), "uint16", [1023, 0, 1023, 0, 0, 0]],
    ["8 bits", { bits: 8 }, Uint8Array.of(1, 2, 3, 4, 5, 255), "uint8", [1, 2, 3, 4, 5, 255]],
    ["8 bits, signed", { bits: 8, signed: true }, Uint8Array.of(1, 2, 3, 4, 5, 255), "int8", [1, 2, 3, 4, 5, -1]],
    ["7 bits of 8", { bits: 8, stored: 7 }, Uint8Array.of(129, 2, 3, 4, 5, 255), "uint8", [1, 2, 3, 4, 5, 127]],
    ["32 bits", { bits: 32 }, words([1, 1, 0xffff, 0xffff, 0, 0, 0, 0, 0, 0, 0, 0]), "uint32", [65537, 4294967295, 0, 0, 0, 0]],
    ["one bit", { bits: 1 }, Uint8Array.of(0b101001, 0), "uint8", [1, 0, 0, 1, 0, 1]],
  ])("of %s: pixels in their type", async (_, fields, bytes, type, want) => {
    const image = await readImage(file(fields, native(bytes)));
    expect([pixelTypeOf(image), Array.from(image.pixels as Uint8Array)]).toEqual([type, want]);
  }); // prettier-ignore

  it("does not change the bytes that it is given", async () => {
    const bytes = file({ stored: 10 }, native(words([0xffff, 0x0400, 0, 0, 0, 0])));
    const before = bytes.slice();
    await readImage(bytes);
    expect(bytes).toEqual(before);
  });

  it("frames of bits follow each other without a gap", async () => {
    const image = await readImage(file({ bits: 1, frames: 2 }, native(Uint8Array.of(0b01111110, 0b0001))));
    expect([image.shape, Array.from(image.pixels as Uint8Array)]).toEqual([[2, 2, 3], [0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0]]); // prettier-ignore
  });

  it.each([
    ["pixel by pixel", false, [1, 2, 3, 4, 5, 6]],
    ["plane by plane", true, [1, 3, 5, 2, 4, 6]],
  ])("colours %s come last", async (_, planar, want) => {
    const image = await readImage(file({ width: 2, height: 1, colours: 3, bits: 8, planar }, native(Uint8Array.of(1, 2, 3, 4, 5, 6)))); // prettier-ignore
    expect(image).toMatchObject({ shape: [1, 2, 3], photometric: "RGB", pixels: Uint8Array.from(want) });
  });

  it("bytes in big-endian words are put in order", async () => {
    const image = await readImage(file({ bits: 8 }, native(Uint8Array.of(2, 1, 4, 3, 6, 5)), explicitBig));
    expect(image.pixels).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });

  it("YBR of half the chrominance is spread out, and rgbOf makes red of it", async () => {
    const bytes = Uint8Array.of(76, 76, 85, 255);
    const image = await readImage(file({ width: 2, height: 1, colours: 3, bits: 8, photometric: "YBR_FULL_422" }, native(bytes))); // prettier-ignore
    expect(Array.from(image.pixels as Uint8Array)).toEqual([76, 85, 255, 76, 85, 255]);
    expect(Array.from(rgbOf(image).pixels as Uint8Array)).toEqual([254, 0, 0, 254, 0, 0]);
  });

  it("rescale, windows and MONOCHROME1 are told; values are after rescale and not inverted", async () => {
    const more: Attribute[] = [
      ["00281050", "DS", "40\\-600"],
      ["00281051", "DS", "400\\1500"],
      ["00281052", "DS", "-1024"],
      ["00281053", "DS", "2.5"],
      ["00281055", "LO", "SOFT\\LUNG"],
    ];
    const image = await readImage(file({ more, photometric: "MONOCHROME1" }));
    expect(image).toMatchObject({ photometric: "MONOCHROME1", rescale: { slope: 2.5, intercept: -1024 } });
    expect(image.windows).toEqual([
      { center: 40, width: 400, shape: "LINEAR", explanation: "SOFT" },
      { center: -600, width: 1500, shape: "LINEAR", explanation: "LUNG" },
    ]);
    expect(Array.from(valuesOf(image)).slice(0, 2)).toEqual([-1021.5, -1019]);
  });

  it("a modality table gives the values in the place of a slope; beside it its ends count", async () => {
    const table: Attribute = ["00283000", "SQ", [[["00283002", "US", [3, 2, 16]], ["00283006", "OW", words([10, 20, 30])]]]]; // prettier-ignore
    const image = await readImage(file({ more: [table] }));
    expect(Array.from(valuesOf(image))).toEqual([10, 10, 20, 30, 30, 30]);
  });

  it("a palette of 16 bits: indices, and colours from rgbOf", async () => {
    const more = ["1", "2", "3"].flatMap((colour, i): Attribute[] => [
      [`0028110${colour}`, "US", [2, 1, 16]],
      [`0028120${colour}`, "OW", words([1000 * (i + 1), 1000 * (i + 1) + 7])],
    ]);
    const image = await readImage(file({ more, bits: 8, photometric: "PALETTE COLOR" }, native(Uint8Array.of(0, 1, 2, 3, 1, 1)))); // prettier-ignore
    expect(image).toMatchObject({ shape: [2, 3], palette: { bits: 16 } });
    const colours = Array.from(rgbOf(image).pixels as Uint16Array);
    expect(colours.slice(0, 9)).toEqual([1000, 2000, 3000, 1000, 2000, 3000, 1007, 2007, 3007]);
  });

  it("run lengths: planes of bytes, the high one first, in each frame", async () => {
    const frame = rleFrame([[0, 0, 0, 1, 1, 255], [1, 2, 3, 144, 244, 255]]); // prettier-ignore
    expect((await readImage(file({}, rle([frame]), rleSyntax))).pixels).toEqual(Uint16Array.from(six));
    const twice = await readImage(file({ frames: 2 }, rle([frame, frame]), rleSyntax));
    expect([twice.shape, Array.from(twice.pixels as Uint16Array)]).toEqual([
      [2, 2, 3],
      [...six, ...six],
    ]);
    // A run of six: 257 - 251.
    const runs = rleFrame([[0], [0]]).slice(0, 64 + 4);
    runs.set([251, 9, 251, 8], 64);
    new DataView(runs.buffer).setUint32(8, 66, true);
    expect((await readImage(file({}, rle([runs]), rleSyntax))).pixels).toEqual(new Uint16Array(6).fill(0x0908));
  });

  it("a frame of several fragments is joined, alone or by the offset table", async () => {
    const frame = rleFrame([[0, 0, 0, 1, 1, 255], [1, 2, 3, 144, 244, 255]]); // prettier-ignore
    const halves = [frame.slice(0, 70), frame.slice(70)];
    expect((await readImage(file({}, rle(halves), rleSyntax))).pixels).toEqual(Uint16Array.from(six));
    const offset = halves[0].length + halves[1].length + 16;
    const twice: Attribute = ["7fe00010", "fragments", [...halves, ...halves], [0, offset]];
    expect((await readImage(file({ frames: 2 }, twice, rleSyntax))).pixels).toEqual(Uint16Array.from([...six, ...six]));
  });

  it("frames of an enhanced image lie where their own groups say, and each has its own slope", async () => {
    const frameGroups = (z: number, slope: string): readonly Attribute[] => [
      ["00209113", "SQ", [[["00200032", "DS", `10\\20\\${z}`]]]],
      ["00289145", "SQ", [[["00281052", "DS", "1"], ["00281053", "DS", slope]]]],
    ]; // prettier-ignore
    const more: Attribute[] = [
      ["52009229", "SQ", [[["00209116", "SQ", [[["00200037", "DS", "1\\0\\0\\0\\1\\0"]]]], ["00289110", "SQ", [[["00280030", "DS", "2\\3"]]]]]]],
      ["52009230", "SQ", [frameGroups(5, "2"), frameGroups(9, "10")]],
    ]; // prettier-ignore
    for (const syntax of [explicitLittle, implicitLittle]) {
      const image = await readImage(file({ frames: 2, more }, native(words([...six, ...six])), syntax));
      expect(image.spacing).toEqual([3, 2, 4]);
      expect(image.affine).toEqual([[-3, 0, 0, -10], [0, -2, 0, -20], [0, 0, 4, 5], [0, 0, 0, 1]]); // prettier-ignore
      const values = valuesOf(image);
      expect([values[0], values[6]]).toEqual([3, 11]);
    }
  });

  it("reads behind an element with a length that dicom-parser does not know (OV)", async () => {
    const attributes = imageAttributes(small, null);
    const offsets: Attribute = ["7fe00001", "OV", new Uint8Array(8)];
    const bytes = dicomBytes({ attributes: [...attributes, offsets, native(words(six))] });
    expect((await readImage(bytes)).pixels).toEqual(Uint16Array.from(six));
  });

  const huge = native(new Uint8Array(12));
  it.each<[string, Uint8Array, RegExp]>([
    ["a transfer syntax that is video", file({}, huge, "1.2.840.10008.1.2.4.100"), /transfer syntax \(0002,0010\).*"1\.2\.840\.10008\.1\.2\.4\.100" \(MPEG-2 video\)/],
    ["a transfer syntax that is none", file({}, huge, "1.2.3"), /got "1\.2\.3"/],
    ["no pixels", file({}, null), /pixels in \(7fe0,0010\), got none/],
    ["too few pixels", file({ width: 4 }), /expected 16 bytes in \(7fe0,0010\) at byte \d+ for 1 frames of 4x2x1 of 16 bits, got 12/],
    ["sizes beyond the file", file({ width: 65535, height: 65535, frames: 1e9 }), /at most 4294967296 bytes of pixels/],
    ["no rows", file({ height: 0 }), /rows? and column, got 0 in \(0028,0010\)/],
    ["24 bits", file({ bits: 24 }), /1, 8, 16 or 32 bits allocated, got 24 in \(0028,0100\)/],
    ["more bits stored than allocated", file({ stored: 17 }), /1 to 16 bits stored, got 17/],
    ["a high bit that is too low", file({ stored: 12, high: 3 }), /high bit from 11 to 15, got 3/],
    ["two samples", file({ colours: 2 }), /1, 3 or 4 samples a pixel, got 2/],
    ["frames that are no number", file({ more: [["00280008", "IS", "2x"]] }), /numbers in \(0028,0008\), got "2x"/],
    ["a slope that is no number", file({ more: [["00281053", "DS", "1,5"]] }), /numbers in \(0028,1053\), got "1,5"/],
    ["a slope of 0", file({ more: [["00281053", "DS", "0"]] }), /slope other than 0 in \(0028,1053\)/],
    ["directions that are none", file({ more: [["00200037", "DS", "1\\0\\0\\1\\0\\0"]] }), /right angles in \(0020,0037\)/],
    ["a palette that is missing", file({ photometric: "PALETTE COLOR" }), /palettes in \(0028,1101\)/],
    ["fragments where there should be none", file({}, rle([new Uint8Array(4)])), /pixels of a known length/],
    ["no fragments where there should be", file({}, huge, rleSyntax), /fragments of packed pixels, got none/],
    ["fewer frames than are claimed", file({ frames: 5 }, rle([rleFrame([[1], [2]])]), rleSyntax), /expected 5 frames, got 0 in 1 fragments/],
    ["run lengths that are cut off", file({}, rle([rleFrame([[0, 0], [1, 2]])]), rleSyntax), /frame 0 \(RLE lossless\): expected 6 bytes in plane 0, got 2/],
    ["run lengths of other planes", file({}, rle([rleFrame([[0, 0, 0, 0, 0, 0]])]), rleSyntax), /expected 2 planes of bytes, got 1/],
    ["a run-length bomb", file({ width: 30000, height: 2000 }, rle([rleFrame([[0], [0]])]), rleSyntax), /packed bytes can hold/],
    ["JPEG that is none", file({}, rle([new Uint8Array(64)]), "1.2.840.10008.1.2.4.50"), /frame 0 \(JPEG baseline\): expected ff d8 at byte 0/],
    ["JPEG 2000 that is none", file({}, rle([new Uint8Array(64)]), "1.2.840.10008.1.2.4.90"), /expected ff 4f ff 51 at byte 0/],
  ])("refuses %s", async (_, bytes, message) => {
    expect(await refusal(bytes)).toMatch(message);
  }); // prettier-ignore

  const frame = rleFrame([[0, 0, 0, 1, 1, 255], [1, 2, 3, 144, 244, 255]]); // prettier-ignore
  const bases = {
    explicit: file({ more: [["00281053", "DS", "2"], ["00283000", "SQ", [[["00283002", "US", [3, 2, 16]], ["00283006", "OW", words([10, 20, 30])]]]]] }),
    implicit: file({ more: [["00200032", "DS", "1\\2\\3"]] }, undefined, implicitLittle),
    packed: file({ frames: 2 }, rle([frame, frame]), rleSyntax),
  }; // prettier-ignore

  it.each(Object.entries(bases))("%s is refused cut off at any byte", async (_, bytes) => {
    for (let end = 0; end < bytes.length; end++) {
      const refused = await readImage(bytes.slice(0, end)).catch((error: unknown) => error);
      // What is left out may be the end mark alone.
      if (!(refused instanceof FormatError)) expect(end).toBeGreaterThanOrEqual(bytes.length - 8);
    }
  });

  it.each(Object.entries(bases))("%s is read or refused with many bytes changed, doubled or missing, and pixels fill the shape (2,000 changes)", async (_, base) => {
    const bytes = Array.from(base);
    const edit = fc.record({ at: fc.integer({ min: 132, max: bytes.length }), remove: fc.nat(6), insert: fc.uint8Array({ maxLength: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let changed = bytes;
        for (const { at, remove, insert } of edits)
          changed = [...changed.slice(0, at), ...insert, ...changed.slice(at + remove)];
        const image = await readImage(Uint8Array.from(changed)).catch((error: unknown) => error);
        if (image instanceof FormatError) return;
        const { shape, pixels } = image as Awaited<ReturnType<typeof readImage>>;
        expect(pixels.length).toBe(shape.reduce((product, length) => product * length, 1));
      }),
      { numRuns: 2000 },
    );
  }); // prettier-ignore
});
