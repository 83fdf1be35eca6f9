import { describe, expect, it } from "vitest";
import { declaredBytes, fuzz } from "./run.ts";
import { fuzzHeaders } from "./headers.ts";
import { targets } from "./targets.ts";

const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 20260101);
const all = await targets();

/** Those whose decoders are made anew after each failure, and folders on disk, take longer. */
const slow = /^(jpeg|dicom-jpeg|dicom-jpeg-ls|dicom-htj2k|dicom-jpeg-2000|zip|npz|folder|shared)$/;

describe(`every reader, given changed files and noise (seed ${seed}; npm run fuzz has 200,000 of each)`, () => {
  it.each(all.map((target) => [target.name, slow.test(target.name) ? 300 : 2000, target] as const))(
    "%s: each of %d inputs is read or refused, in less than a second and four times the declared memory",
    async (_, count, target) => {
      const { findings, read, refused, peakBytes } = await fuzz(target, { seed, count });
      expect(findings).toEqual([]);
      // What always refuses, or never, is no test of a reader.
      expect([read > 0, refused > 0]).toEqual([true, true]);
      expect(peakBytes).toBeLessThan(4 * declaredBytes);
    },
  );

  it("safetensors: each of 50,000 changed headers is read or refused (npm run fuzz -- headers 10000000 has ten million)", () => {
    const { read, refused, findings } = fuzzHeaders(50000, seed);
    expect(findings).toEqual([]);
    expect([read > 100, refused > 10000]).toEqual([true, true]);
  });
});
