import { describe, expect, it } from "vitest";
import { rgbOf } from "../../../src/data/image-colours.ts";
import { FormatError } from "../../../src/errors.ts";
import { unfoldedSegments } from "../../../src/io/dicom/segments.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { extended12 } from "../../fuzz/small-streams.ts";
import { dicomBytes, explicitBig, explicitLittle, imageAttributes, implicitLittle } from "./dicom-bytes.ts";
import type { Attribute } from "./dicom-bytes.ts";
import { encodeFrame } from "./encoders.ts";

const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);
const size = { width: 3, height: 2, bits: 8 };
const file = (syntax: string, more: readonly Attribute[] = []) =>
  dicomBytes({ syntax, attributes: imageAttributes({ ...size, more }, ["7fe00010", "OB", pixels]) });
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe("DICOM that lost its head", () => {
  it.each([explicitLittle, implicitLittle, explicitBig])("is read from group 0002 on (%s), with or without DICM", async (syntax) => {
    const whole = file(syntax);
    for (const start of [132, 128]) expect((await readImage(whole.slice(start))).pixels).toEqual(pixels);
  }); // prettier-ignore

  it("is refused without group 0002, which says how the rest is written", async () => {
    const meta = 132 + 8 + explicitLittle.length + 1;
    const refused = await readImage(file(explicitLittle).slice(meta)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FormatError);
    expect(String(refused)).toMatch(/or group 0002 at once\), got/);
  });

  it.each([0, 4, 30, 5000, 4294967295])("is read whatever length (0002,0000) says: %d", async (length) => {
    const whole = file(explicitLittle);
    const claim = new Uint8Array([2, 0, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0]);
    new DataView(claim.buffer).setUint32(8, length, true);
    const image = await readImage(joined(whole.subarray(0, 132), claim, whole.subarray(132)));
    expect(image.pixels).toEqual(pixels);
  });
});

describe("palettes in segments (PS3.3 C.7.9.2)", () => {
  // Four numbers, eight on a line to 400, and the first segment once more.
  const segments = (first: number, last: number, bits: 8 | 16) => [0, 4, first, 20, 30, 40, 1, 8, last, 2, 1, ...(bits === 8 ? [0, 0, 0, 0] : [0, 0])]; // prettier-ignore
  const line = (from: number, to: number) => Array.from({ length: 8 }, (_, i) => from + ((to - from) * (i + 1)) / 8);

  it.each([8, 16] as const)("of %d bits are runs, lines and copies", (bits) => {
    const want = [10, 20, 30, 40, ...line(40, 120), 10, 20, 30, 40];
    expect(unfoldedSegments(segments(10, 120, bits), bits, 16, "x")).toEqual(want);
  });

  it("count offsets of copies in bytes", () => {
    // The run of one number begins at number 3, byte 6.
    expect(unfoldedSegments([0, 1, 7, 0, 1, 9, 2, 1, 6, 0], 16, 3, "x")).toEqual([7, 9, 9]);
  });

  it("colour an image", async () => {
    const words = (list: readonly number[]) => new Uint8Array(Uint16Array.from(list).buffer);
    const more = [1, 2, 3].flatMap((colour): Attribute[] => [
      [`0028110${colour}`, "US", [16, 0, 16]],
      [`0028122${colour}`, "OW", words(segments(10 * colour, 4000, 16))],
    ]);
    const attributes = imageAttributes({ ...size, photometric: "PALETTE COLOR", more }, ["7fe00010", "OB", Uint8Array.of(0, 1, 4, 11, 12, 15)]); // prettier-ignore
    const image = rgbOf(await readImage(dicomBytes({ attributes })));
    expect(Array.from(image.pixels as Uint16Array)).toEqual([10, 20, 30, 20, 20, 20, 535, 535, 535, 4000, 4000, 4000, 10, 20, 30, 40, 40, 40]); // prettier-ignore
  });

  it.each<[string, readonly number[], RegExp]>([
    ["a line at first", [1, 4, 9], /a number before the first line/],
    ["a run that overruns", [0, 9, 1], /a run of 9 numbers within the table/],
    ["another kind", [3, 1, 1], /a segment of kind 0, 1 or 2, got 3/],
    ["a copy of a copy", [0, 1, 7, 2, 1, 6, 0], /got 2 in a copied one/],
    ["a copy from beyond", [0, 1, 7, 2, 1, 0], /an offset within the table/],
  ])("are refused for %s", (_, data, message) => {
    expect(() => unfoldedSegments(data, 16, 8, "x")).toThrow(FormatError);
    expect(() => unfoldedSegments(data, 16, 8, "x")).toThrow(message);
  });

  it("never make more than the table holds, whatever their lengths", () => {
    expect(unfoldedSegments([0, 1, 7, 1, 65535, 9, 1, 65535, 7, 1, 65535, 9], 16, 65536, "x")).toHaveLength(65536);
  });
});

describe("JPEG of other kinds", () => {
  it.each(["92", "93"])("2000 of several components (.%s) is read", async (syntax) => {
    const colours = Uint8Array.from({ length: 300 }, (_, i) => (i * 5) & 255);
    const shape = { width: 10, height: 10, bitsPerSample: 8, componentCount: 3, isSigned: false };
    const attributes = imageAttributes({ width: 10, height: 10, bits: 8, colours: 3 }, ["7fe00010", "fragments", [await encodeFrame("jpeg-2000", shape, colours)]]); // prettier-ignore
    const image = await readImage(dicomBytes({ syntax: `1.2.840.10008.1.2.4.${syntax}`, attributes }));
    expect([image.shape, image.pixels]).toEqual([[10, 10, 3], colours]);
  });

  it("of 12 bits is read as a file of its own, as inside DICOM", async () => {
    const alone = await readImage(extended12);
    const attributes = imageAttributes({ width: 12, height: 9, stored: 12 }, ["7fe00010", "fragments", [extended12]]);
    const inside = await readImage(dicomBytes({ syntax: "1.2.840.10008.1.2.4.51", attributes }));
    expect([alone.shape, alone.pixels]).toEqual([[9, 12], inside.pixels]);
  });
});

describe("memory that a decoder takes", () => {
  it("is held to four times maximumBytes before it is asked for, though the pixels would fit", async () => {
    const shape = { width: 100, height: 100, bitsPerSample: 8, componentCount: 1, isSigned: false };
    const attributes = imageAttributes({ width: 100, height: 100, bits: 8 }, ["7fe00010", "fragments", [await encodeFrame("jpeg-2000", shape, new Uint8Array(10000))]]); // prettier-ignore
    const bytes = dicomBytes({ syntax: "1.2.840.10008.1.2.4.90", attributes });
    expect((await readImage(bytes, { maximumBytes: 25000 })).shape).toEqual([100, 100]);
    await expect(readImage(bytes, { maximumBytes: 24999 })).rejects.toThrow(/decodes in 4 times 24999 bytes, got ones that take 100000/); // prettier-ignore
  });
});
