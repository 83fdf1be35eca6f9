import fc from "fast-check";
import { encode } from "fast-png";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { rgbOf } from "../../../src/data/image-colours.ts";
import { FormatError } from "../../../src/errors.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { adam7Lines, pngBytes } from "./png-bytes.ts";
import type { PngFields } from "./png-bytes.ts";

const count = (length: number, step = 1) => Array.from({ length }, (_, i) => i * step);

const gray: PngFields = { width: 3, height: 2, depth: 8, colourType: 0, lines: [0, 1, 2, 3, 0, 4, 5, 6] };

async function refusal(bytes: Uint8Array, maximumBytes?: number): Promise<string> {
  const error = await readImage(bytes, { maximumBytes }).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

describe("PNG", () => {
  for (const depth of [8, 16] as const)
    it.each([
      [1, "MONOCHROME2"],
      [2, "GRAYA"],
      [3, "RGB"],
      [4, "RGBA"],
    ])(`of ${depth} bits and %d channels: the pixels that were written`, async (channels, photometric) => {
      const values = count(7 * 5 * channels, depth === 16 ? 401 : 1);
      const data = depth === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
      const image = await readImage(encode({ width: 7, height: 5, data, depth, channels }));
      const shape = channels > 1 ? [5, 7, channels] : [5, 7];
      expect(image).toMatchObject({ format: "png", shape, colours: channels, photometric, pixels: data, bigEndian: depth === 16 }); // prettier-ignore
    });

  it.each([
    [1, [0b10100000, 0b01000000], [1, 0, 1, 0, 1, 0]],
    [2, [0b00011000, 0b11000100], [0, 1, 2, 3, 0, 1]],
    [4, [0x12, 0x30, 0xfe, 0xd0], [1, 2, 3, 15, 14, 13]],
  ])("of %d bits: one pixel after the other", async (depth, packed, want) => {
    const half = packed.length / 2;
    const lines = [0, ...packed.slice(0, half), 0, ...packed.slice(half)];
    expect((await readImage(pngBytes({ ...gray, depth, lines }))).pixels).toEqual(Uint8Array.from(want));
  });

  it("with a palette: indices, and colours from rgbOf", async () => {
    const image = await readImage(pngBytes({ ...gray, colourType: 3, depth: 8, lines: [0, 0, 1, 0, 0, 1, 1, 1], palette: [9, 8, 7, 6, 5, 4] })); // prettier-ignore
    expect(image).toMatchObject({ shape: [2, 3], photometric: "PALETTE COLOR", pixels: Uint8Array.of(0, 1, 0, 1, 1, 1) }); // prettier-ignore
    const colours = rgbOf(image);
    expect(colours).toMatchObject({ shape: [2, 3, 3], colours: 3, photometric: "RGB", palette: null });
    expect(Array.from(colours.pixels as Uint8Array).slice(0, 6)).toEqual([9, 8, 7, 6, 5, 4]);
  });

  it("interlaced: pass by pass put together", async () => {
    // 3x3: passes 1, 4 (x 2), 5 (y 2), 6 (x 1), 7 (y 1).
    const lines = [0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6];
    const image = await readImage(pngBytes({ ...gray, height: 3, interlace: 1, lines }));
    expect(image.pixels).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  });

  it("interlaced, of 1, 2 and 4 bits: every pixel comes back, gray or index, whatever the size and the filters", async () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }), depth: fc.constantFrom(1, 2, 4), isIndexed: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async ({ isIndexed, ...size }, salt) => {
        const pixels = Array.from({ length: size.width * size.height }, (_, i) => ((i * 7919 + salt) >> 2) & ((1 << size.depth) - 1));
        const lines = adam7Lines(pixels, size, (line) => (line + salt) % 5);
        const palette = isIndexed ? count(3 << size.depth) : undefined;
        const image = await readImage(pngBytes({ ...size, colourType: isIndexed ? 3 : 0, interlace: 1, palette, lines }));
        expect(image).toMatchObject({ shape: [size.height, size.width], photometric: isIndexed ? "PALETTE COLOR" : "MONOCHROME2" });
        expect(Array.from(image.pixels as Uint8Array)).toEqual(pixels);
      }),
    );
  }); // prettier-ignore

  it("interlaced, of 2 bits, is refused where a line has a filter that is none, or a byte was changed", async () => {
    const bytes = pngBytes({ width: 1, height: 1, depth: 2, colourType: 0, interlace: 1, lines: [5, 0x80] });
    expect(await refusal(bytes)).toMatch(/a filter from 0 to 4 before line 0, got 5/);
    const changed = pngBytes({ width: 1, height: 1, depth: 2, colourType: 0, interlace: 1, lines: [0, 0x80] });
    changed[30] ^= 1;
    expect(await refusal(changed)).toMatch(/a chunk \("IHDR"\) of the checksum/);
  });

  it("undoes every filter, as PNG's own equations say", async () => {
    const lines = [1, 1, 1, 1, 2, 3, 3, 3, 3, 2, 2, 2, 4, 1, 1, 1];
    const image = await readImage(pngBytes({ ...gray, height: 4, lines }));
    expect(image.pixels).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 4, 6, 8, 5, 7, 9));
  });

  it("ignores texts, profiles and other chunks that pixels do not need", async () => {
    // A profile that would unpack to more than there is memory.
    const bomb = deflateSync(new Uint8Array(1 << 24));
    const profile = new Uint8Array(Buffer.concat([new Uint8Array([0x61, 0, 0]), bomb]));
    const image = await readImage(pngBytes({ ...gray, extra: [["iCCP", profile], ["tEXt", new Uint8Array(3)]] })); // prettier-ignore
    expect(image.pixels).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });

  it.each<[string, PngFields, RegExp]>([
    ["too few pixels", { ...gray, lines: [0, 1, 2, 3, 0, 4, 5] }, /expected 8 bytes of pixels unpacked, got 7/],
    ["a palette that is missing", { ...gray, colourType: 3 }, /a palette \(PLTE\)/],
    ["an index behind its palette", { ...gray, colourType: 3, palette: [1, 2, 3] }, /indices into 1 colours, got 1 at pixel 0/],
    ["a depth that its colours have not", { ...gray, colourType: 2, depth: 4 }, /got 4 bits and type 2 at byte 24/],
    ["an unknown filter", { ...gray, lines: [9, 1, 2, 3, 0, 4, 5, 6] }, /Unsupported filter: 9/],
    ["no width", { ...gray, width: 0 }, /got 0x2 at byte 16/],
    ["a chunk that is needed and not known", { ...gray, extra: [["ABCD", new Uint8Array(1)]] }, /a chunk that is known, got "ABCD" at byte 33/],
    ["a bomb of pixels", { ...gray, width: 60000, height: 60000 }, /pixels that \d+ packed bytes can hold, got 60000x60000/],
    ["sizes beyond the limit", { ...gray, width: 2147483647, height: 2147483647, depth: 16, colourType: 6 }, /at most 4294967296 bytes/],
  ])("refuses %s", async (_, fields, message) => {
    expect(await refusal(pngBytes(fields))).toMatch(message);
  }); // prettier-ignore

  it("stops unpacking what is more than the image, and before a limit that is asked for", async () => {
    expect(await refusal(pngBytes({ ...gray, lines: new Uint8Array(1 << 24) }))).toMatch(/at most 65544 bytes unpacked, got more/); // prettier-ignore
    expect(await refusal(pngBytes({ ...gray, width: 100, height: 100 }), 5000)).toMatch(/at most 5000 bytes of pixels, got 100x100/); // prettier-ignore
  });

  it("is refused cut off at any byte, and with any byte changed but those that mean nothing", async () => {
    const bytes = pngBytes(gray);
    for (let end = 0; end < bytes.length; end++) await refusal(bytes.slice(0, end));
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] ^= 0x41;
      const image = await readImage(changed).catch((error: unknown) => error);
      if (!(image instanceof FormatError)) expect(image).toMatchObject({ pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    }
  });

  it("is read or refused with many bytes changed, doubled or missing (3,000 changes)", async () => {
    const bytes = Array.from(pngBytes(gray));
    const edit = fc.record({ at: fc.nat(bytes.length), remove: fc.nat(10), insert: fc.uint8Array({ maxLength: 10 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let changed = bytes;
        for (const { at, remove, insert } of edits)
          changed = [...changed.slice(0, at), ...insert, ...changed.slice(at + remove)];
        await readImage(Uint8Array.from(changed)).catch((error: unknown) => {
          if (!(error instanceof FormatError)) throw error;
        });
      }),
      { numRuns: 3000 },
    );
  });
});
