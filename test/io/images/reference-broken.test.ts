import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { readImage } from "../../../src/io/read-image.ts";
import { isThere, pathOf } from "./reference.ts";

const files = isThere
  ? ["nifti", "dicom", "png_jpg"].flatMap((folder) =>
      readdirSync(pathOf(folder)).map((name) => [`${folder}/${name}`] as const),
    )
  : [];
const runs = Number(process.env["VOXGRAD_TEST_RUNS"] ?? 60);

/** Its pixels in one text, which compares faster than a million numbers. */
const bytesOf = (image: unknown) => {
  const { pixels } = image as { readonly pixels: Uint8Array };
  return Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength).toString("latin1");
};

/** Longest that a broken file may keep a reader, with room for a busy machine. */
const mostMilliseconds = 10_000;

describe.skipIf(!isThere)("files that are there, broken (skipped where ../shared/data is absent)", () => {
  it.each(files)("%s with bytes changed, doubled or missing is read or refused in time", async (file) => {
    const bytes = new Uint8Array(readFileSync(pathOf(file)));
    // Most changes are where the header is.
    const place = fc.oneof({ weight: 2, arbitrary: fc.nat(Math.min(2000, bytes.length)) }, fc.nat(bytes.length));
    const edit = fc.record({ at: place, remove: fc.nat(8), insert: fc.uint8Array({ maxLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let changed: Uint8Array<ArrayBuffer> = bytes;
        for (const { at, remove, insert } of edits)
          changed = new Uint8Array(Buffer.concat([changed.subarray(0, at), insert, changed.subarray(at + remove)]));
        const start = performance.now();
        const got = await readImage(changed).catch((error: unknown) => error);
        expect(performance.now() - start).toBeLessThan(mostMilliseconds);
        if (got instanceof FormatError) return;
        const { shape, pixels } = got as Awaited<ReturnType<typeof readImage>>;
        expect(pixels.length).toBe(shape.reduce((product, length) => product * length, 1));
      }),
      { numRuns: runs },
    );
  });

  it.each(files)("%s cut off is refused, or holds all its pixels", async (file) => {
    const bytes = new Uint8Array(readFileSync(pathOf(file)));
    const whole = await readImage(bytes).catch((error: unknown) => error);
    for (let part = 0; part < 60; part++) {
      // At its thirtieths, and byte by byte at its end.
      const end = part < 30 ? Math.floor((bytes.length * part) / 30) : bytes.length - 60 + part;
      const got = await readImage(bytes.slice(0, end)).catch((error: unknown) => error);
      if (!(got instanceof FormatError)) expect(bytesOf(got)).toBe(bytesOf(whole));
    }
  });
});
