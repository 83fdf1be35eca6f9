import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audit, auditNormalization } from "../../src/data/audit.ts";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { fitNormalization } from "../../src/data/normalization.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import { stream } from "../../src/random.ts";

const shape = [6, 6];
const size = 36;

/** Images of a brightness of their own, in 8 bits: 60, 25 and 15 of them. */
function drawn(seed: number): DatasetSplit {
  const draws = stream(seed, "phantom");
  const images = Uint8Array.from({ length: 100 * size }, (_, i) =>
    Math.min(200, Math.max(1, Math.round(90 + 20 * draws.normal(Math.floor(i / size)) + (i % size) + 15 * draws.normal(1000 + i)))),
  ); // prettier-ignore
  return divided(arrayDataset({ images, shape }));
}

function divided(set: Dataset): DatasetSplit {
  const from = (first: number, end: number) =>
    subset(
      set,
      Array.from({ length: end - first }, (_, i) => first + i),
    );
  return { train: from(0, 60), validation: from(60, 85), test: from(85, 100) };
}

function joined(parts: readonly Dataset[]): Dataset {
  const images = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0) * size);
  let at = 0;
  for (const part of parts) for (let i = 0; i < part.length; i++, at += size) part.read(i, images, at);
  return arrayDataset({ images, shape });
}

/** All images scaled as someone would who does it before dividing them; deviations over n - lost images. */
function scaled(sets: DatasetSplit, fitted: Normalization, lost = 0): DatasetSplit {
  const all = joined([sets.train, sets.validation, sets.test]);
  const images = new Float32Array(all.length * size);
  const image = new Float32Array(size);
  for (let i = 0; i < all.length; i++) {
    all.read(i, image, 0);
    for (let pixel = 0; pixel < size; pixel++) {
      const [mean, deviation] =
        fitted.kind === "zScore"
          ? [fitted.mean, fitted.deviation]
          : fitted.kind === "pixelZScore"
            ? [fitted.means[pixel], fitted.deviations[pixel] * Math.sqrt(all.length / (all.length - lost))]
            : [0, 1];
      images[i * size + pixel] = (image[pixel] - mean) / deviation;
    }
  }
  return divided(arrayDataset({ images, shape }));
}

const touched = async (normalization: Normalization, sets: DatasetSplit) =>
  (await auditNormalization(normalization, sets)).map(({ b }) => b.set);

const seeds = fc.integer({ min: 0, max: 1e6 });
const kinds = ["zScore", "pixelZScore"] as const;

describe("a normalisation that was fitted beforehand", () => {
  it.each(kinds)("%s: is the training set's, or names the sets that it was fitted on as well", async (kind) => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const sets = drawn(seed);
        const { train, validation, test } = sets;
        const of = (...parts: Dataset[]) => touched(fitNormalization(kind, joined(parts)), sets);
        expect(await of(train)).toEqual([]);
        expect(await of(train, validation, test)).toEqual(["validation", "test"]);
        expect(await of(train, test)).toEqual(["test"]);
        expect(await of(train, validation)).toEqual(["validation"]);
        expect(await of(validation, test)).toEqual(["validation", "test"]);
        expect(await of(test)).toEqual(["test"]);
      }),
      { numRuns: 25 },
    );
  });

  it("rounded to six digits is recognised, constants of the field and figures of part of the training set are not accused", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const sets = drawn(seed);
        const all = fitNormalization("zScore", joined([sets.train, sets.validation, sets.test]));
        if (all.kind !== "zScore") throw new TypeError("expected zScore");
        const rounded = {
          kind: "zScore",
          mean: Number(all.mean.toPrecision(6)),
          deviation: Number(all.deviation.toPrecision(6)),
        } as const;
        expect(await touched(rounded, sets)).toEqual(["validation", "test"]);
        const part = fitNormalization(
          "zScore",
          subset(
            sets.train,
            Array.from({ length: 57 }, (_, i) => i),
          ),
        );
        expect(await touched(part, sets)).toEqual([]);
        for (const [mean, deviation] of [
          [127.5, 127.5],
          [0, 255],
          [128, 64],
          [0, 1],
        ])
          // prettier-ignore
          expect(await touched({ kind: "zScore", mean, deviation }, sets)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("by least and greatest value is accused where the test set's is odd, and never for a border of a scale", async () => {
    const of = (...values: number[]) =>
      arrayDataset({
        images: Float64Array.from(values.flatMap((value) => new Array<number>(size).fill(value))),
        shape,
      });
    const sets = { train: of(12, 180), validation: of(30, 90), test: of(7, 193) };
    expect(await touched({ kind: "unit", minimum: 7, maximum: 193 }, sets)).toEqual(["validation", "test"]);
    expect(await touched({ kind: "unit", minimum: 12, maximum: 180 }, sets)).toEqual([]);
    expect(await touched({ kind: "unit", minimum: 12, maximum: 193 }, sets)).toEqual([]);
    for (const [minimum, maximum] of [
      [0, 255],
      [-1000, 400],
      [0, 1],
      [-1024, 3071],
      [0, 65535],
    ])
      // prettier-ignore
      expect(
        await touched({ kind: "unit", minimum, maximum }, { ...sets, test: of(minimum, maximum) }),
      ).toEqual([]);
  });
});

describe("pixels that come scaled", () => {
  const found = async (sets: DatasetSplit) => (await audit(sets, { duplicates: false })).leakage.map(({ kind, a, b }) => `${kind} ${a.set} ${b.set}`); // prettier-ignore

  it.each([
    ["zScore", 0],
    ["pixelZScore", 0],
    ["pixelZScore", 1],
  ] as const)(
    "by %s over all sets (deviations over n - %d) are named; by the training set's figures they are not",
    async (kind, lost) => {
      await fc.assert(
        fc.asyncProperty(seeds, async (seed) => {
          const sets = drawn(seed);
          const { train, validation, test } = sets;
          const by = (...parts: Dataset[]) => found(scaled(sets, fitNormalization(kind, joined(parts)), lost));
          expect(await by(train, validation, test)).toEqual(["statistics train validation", "statistics train test"]);
          expect(await by(train)).toEqual([]);
          if (lost === 0) expect(await by(train, test)).toEqual(["statistics train test"]);
        }),
        { numRuns: 15 },
      );
    },
  );

  it("image by image, or from 0 to 1, or not at all, are nobody's", async () => {
    const sets = drawn(3);
    expect(await found(sets)).toEqual([]);
    const each = joined([sets.train, sets.validation, sets.test]);
    const images = new Float32Array(100 * size);
    for (let i = 0; i < 100; i++) {
      const own = new Float32Array(size);
      each.read(i, own, 0);
      const fitted = fitNormalization("zScore", arrayDataset({ images: own, shape }));
      if (fitted.kind !== "zScore") throw new TypeError("expected zScore");
      own.forEach((value, k) => (images[i * size + k] = (value - fitted.mean) / (fitted.deviation + 1e-5)));
    }
    expect(await found(divided(arrayDataset({ images, shape })))).toEqual([]);
    const unit = Float32Array.from({ length: 100 * size }, (_, i) => {
      const own = new Float32Array(size);
      each.read(Math.floor(i / size), own, 0);
      return own[i % size] / 255;
    });
    expect(await found(divided(arrayDataset({ images: unit, shape })))).toEqual([]);
  });
});
