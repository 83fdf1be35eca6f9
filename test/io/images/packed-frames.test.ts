import { describe, expect, it } from "vitest";
import { rgbOf } from "../../../src/data/image-colours.ts";
import { FormatError } from "../../../src/errors.ts";
import { decodeJpeg12 } from "../../../src/io/codecs/jpeg-12bit.ts";
import { decodeJpeg8 } from "../../../src/io/codecs/jpeg-8bit.ts";
import { readJpegHeader } from "../../../src/io/jpeg-header.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { dicomBytes, imageAttributes } from "./dicom-bytes.ts";
import type { ImageFields } from "./dicom-bytes.ts";
import { encodeFrame } from "./encoders.ts";
import type { EncodedShape, EncoderName } from "./encoders.ts";

const [width, height] = [40, 24];
const size = width * height;

/** Smooth with an edge, so that lossy codecs stay near it. */
const value = (i: number, most: number) => Math.round(((i % width) / width) * 0.6 * most + (i > size / 2 ? 0.3 * most : 0)); // prettier-ignore

const shapeOf = (bits: number, colours: number, isSigned = false): EncodedShape => ({
  ...{ width, height, bitsPerSample: bits, componentCount: colours, isSigned },
});
const bytesOf = (pixels: Int16Array | Uint16Array | Uint8Array) => new Uint8Array(pixels.buffer);

async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await readImage(bytes).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

function dicom(syntax: string, frames: readonly Uint8Array[], fields: Partial<ImageFields>): Uint8Array<ArrayBuffer> {
  const pixels = ["7fe00010", "fragments", frames] as const;
  return dicomBytes({ syntax: `1.2.840.10008.1.2.4.${syntax}`, attributes: imageAttributes({ width, height, ...fields }, pixels) }); // prettier-ignore
}

const lossless: readonly (readonly [EncoderName, string])[] = [
  ["jpeg-ls", "80"],
  ["jpeg-2000", "90"],
  ["htj2k", "201"],
  ["htj2k", "202"],
];

describe.each(lossless)("%s (.%s)", (name, syntax) => {
  it.each<[string, number, boolean]>([
    ["8 bits", 8, false],
    ["12 bits", 12, false],
    ["16 bits", 16, false],
    ["16 bits, signed", 16, true],
  ])("gives back pixels of %s to the last bit, in each of two frames", async (_, bits, isSigned) => {
    const most = 2 ** bits - 1;
    const make = bits === 8 ? Uint8Array : isSigned ? Int16Array : Uint16Array;
    const frames = [0, 1].map((frame) => make.from(Array.from({ length: size }, (__, i) => value((i + 50 * frame) % size, most) - (isSigned ? 32768 : 0)))); // prettier-ignore
    // JPEG-LS knows no sign: two's complement is packed as it is.
    const packed = await Promise.all(frames.map((frame) => encodeFrame(name, shapeOf(bits, 1, isSigned && name !== "jpeg-ls"), bytesOf(frame)))); // prettier-ignore
    const image = await readImage(dicom(syntax, packed, { frames: 2, bits: bits === 8 ? 8 : 16, stored: bits, signed: isSigned })); // prettier-ignore
    expect(image.shape).toEqual([2, height, width]);
    expect(image.pixels).toEqual(make.from([...frames[0], ...frames[1]]));
  });

  it("gives back colours", async () => {
    const pixels = Uint8Array.from({ length: 3 * size }, (_, i) => value(Math.floor(i / 3), 255) >> (i % 3));
    const packed = await encodeFrame(name, shapeOf(8, 3), pixels, (encoder) => encoder.setInterleaveMode?.(2));
    const image = await readImage(dicom(syntax, [packed], { bits: 8, colours: 3 }));
    expect([image.shape, image.pixels]).toEqual([[height, width, 3], pixels]);
  });

  it("is refused cut off at any twentieth of its bytes, and where DICOM says another size", async () => {
    const pixels = Uint16Array.from({ length: size }, (_, i) => (value(i, 65535) * 7 + i * 31) & 65535);
    const packed = await encodeFrame(name, shapeOf(16, 1), bytesOf(pixels));
    for (let part = 0; part < 20; part++)
      await refusal(dicom(syntax, [packed.slice(0, Math.floor((packed.length * part) / 20))], {}));
    expect(await refusal(dicom(syntax, [packed], { width: width + 1 }))).toMatch(
      /a stream of 41x24x1 as \(0028,0010\)/,
    );
    expect(await refusal(dicom(syntax, [packed], { bits: 8 }))).toMatch(/at most 8 bits as \(0028,0100\) says, got 16/);
  });

  it("with bytes changed is read or refused, and the next file is read rightly (60 changes)", async () => {
    const pixels = Uint8Array.from({ length: size }, (_, i) => value(i, 255));
    const packed = await encodeFrame(name, shapeOf(8, 1), pixels);
    for (let i = 0; i < 60; i++) {
      const changed = packed.slice();
      changed[(i * 7919) % packed.length] ^= 1 + ((i * 37) % 255);
      const got = await readImage(dicom(syntax, [changed], { bits: 8 })).catch((error: unknown) => error);
      if (!(got instanceof FormatError)) expect(got).toMatchObject({ shape: [height, width] });
    }
    expect((await readImage(dicom(syntax, [packed], { bits: 8 }))).pixels).toEqual(pixels);
  });
});

describe("JPEG-LS", () => {
  it.each([0, 1, 2])("in interleave mode %d has its colours pixel by pixel", async (mode) => {
    const pixels = Uint8Array.from({ length: 3 * size }, (_, i) => value(Math.floor(i / 3), 255) >> (i % 3));
    const planes = Uint8Array.from({ length: 3 * size }, (_, i) => pixels[(i % size) * 3 + Math.floor(i / size)]);
    const packed = await encodeFrame("jpeg-ls", shapeOf(8, 3), mode === 0 ? planes : pixels, (encoder) => encoder.setInterleaveMode?.(mode)); // prettier-ignore
    expect((await readImage(dicom("80", [packed], { bits: 8, colours: 3 }))).pixels).toEqual(pixels);
  });

  it("near-lossless (.81) stays within its steps", async () => {
    const pixels = Uint8Array.from({ length: size }, (_, i) => value(i, 255));
    const packed = await encodeFrame("jpeg-ls", shapeOf(8, 1), pixels, (encoder) => encoder.setNearLossless?.(3));
    const got = (await readImage(dicom("81", [packed], { bits: 8 }))).pixels as Uint8Array;
    expect(Math.max(...got.map((one, i) => Math.abs(one - pixels[i])))).toBeLessThanOrEqual(3);
  });
});

describe("JPEG baseline (.50)", () => {
  const gray = Uint8Array.from({ length: size }, (_, i) => value(i, 255));
  const encodeGray = (isProgressive = false) =>
    encodeFrame("jpeg", shapeOf(8, 1), gray, (encoder) => {
      encoder.setQuality?.(95);
      encoder.setProgressive?.(isProgressive);
    });
  const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((most, one, i) => Math.max(most, Math.abs(one - b[i])), 0);

  it("is near the pixels that were packed, baseline and progressive, in a file of its own and in DICOM", async () => {
    for (const isProgressive of [false, true]) {
      const packed = await encodeGray(isProgressive);
      expect(readJpegHeader(packed).process).toBe(isProgressive ? 2 : 0);
      const alone = await readImage(packed);
      expect(alone).toMatchObject({ format: "jpeg", shape: [height, width] });
      expect(furthest(alone.pixels as Uint8Array, gray)).toBeLessThanOrEqual(8);
      const inside = await readImage(dicom("50", [packed], { bits: 8 }));
      expect(inside.pixels).toEqual(alone.pixels);
    }
  });

  it("as decoded here (for 12 bits) is within 1 of libjpeg-turbo", async () => {
    const packed = await encodeGray();
    const shape = { width, height, colours: 1 };
    const [ours, theirs] = [await decodeJpeg12(packed, shape), await decodeJpeg8(packed, shape)];
    expect(furthest(ours.data, theirs.data)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["YBR_FULL_422", "YBR_FULL_422"],
    ["RGB", "RGB"],
  ])(
    "of colours keeps YCbCr where DICOM says %s of a JFIF stream, and rgbOf makes RGB of it",
    async (photometric, want) => {
      const rgb = Uint8Array.from({ length: 3 * size }, (_, i) => [200, 100, 50][i % 3]);
      const packed = await encodeFrame("jpeg", shapeOf(8, 3), rgb, (encoder) => encoder.setQuality?.(95));
      expect(readJpegHeader(packed).isJfif).toBe(true);
      const image = await readImage(dicom("50", [packed], { bits: 8, colours: 3, photometric }));
      expect(image.photometric).toBe(want);
      // Y = 0.299 R + 0.587 G + 0.114 B, Cb = (B - Y) / 1.772 + 128, Cr = (R - Y) / 1.402 + 128
      const stored = want === "RGB" ? rgb : rgb.map((_, i) => [124, 86, 182][i % 3]);
      expect(furthest(image.pixels as Uint8Array, stored)).toBeLessThanOrEqual(3);
      expect(furthest(rgbOf(image).pixels as Uint8Array, rgb)).toBeLessThanOrEqual(4);
    },
  );

  it("of colours that Adobe's segment calls RGB, or that no segment names in an RGB image, are RGB", async () => {
    const ybr = Uint8Array.from({ length: 3 * size }, (_, i) => [200, 100, 50][i % 3]);
    const packed = await encodeFrame("jpeg", shapeOf(8, 3), ybr, (encoder) => encoder.setQuality?.(95));
    const [[start, end]] = readJpegHeader(packed).colourSegments;
    const bare = new Uint8Array(Buffer.concat([packed.subarray(0, start), packed.subarray(end)]));
    const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];
    const named = new Uint8Array(Buffer.concat([bare.subarray(0, 2), new Uint8Array(adobe), bare.subarray(2)]));
    for (const [stream, photometric] of [[bare, "RGB"], [named, "YBR_FULL_422"]] as const) {
      const image = await readImage(dicom("50", [stream], { bits: 8, colours: 3, photometric }));
      expect(image.photometric).toBe("RGB");
      expect(furthest(image.pixels as Uint8Array, ybr.map((_, i) => [124, 86, 182][i % 3]))).toBeLessThanOrEqual(3);
    }
  }); // prettier-ignore

  it("is refused cut off at any byte, and as a bomb", async () => {
    const packed = await encodeGray();
    for (let end = 0; end < packed.length; end++) await refusal(packed.slice(0, end));
    const bomb = packed.slice();
    const frame = bomb.findIndex((byte, i) => byte === 0xff && bomb[i + 1] === 0xc0);
    bomb.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(await refusal(bomb)).toMatch(/expected pixels that \d+ bytes can hold, got 65535x65535/);
  });

  it("with a byte changed is read or refused (each third byte)", async () => {
    const packed = await encodeGray();
    for (let at = 0; at < packed.length; at += 3) {
      const changed = packed.slice();
      changed[at] ^= 1 + ((at * 37) % 255);
      const got = await readImage(changed).catch((error: unknown) => error);
      if (!(got instanceof FormatError)) expect(got).toMatchObject({ format: "jpeg" });
    }
  });
});
