// How intensities are scaled before a network sees them: fitted on the training set alone, saved with the model.
import type { Dataset } from "./dataset.ts";
import { featuresOf } from "./dataset.ts";

/** A plain value that JSON keeps. */
export type Normalization =
  | { readonly kind: "none" }
  /** (x - mean) / deviation over all pixels of the training set. */
  | { readonly kind: "zScore"; readonly mean: number; readonly deviation: number }
  /** (x - minimum) / (maximum - minimum): the training set's range becomes [0, 1]. */
  | { readonly kind: "unit"; readonly minimum: number; readonly maximum: number }
  /** (x - mean) / deviation pixel by pixel; a pixel that never changes becomes 0. */
  | { readonly kind: "pixelZScore"; readonly means: readonly number[]; readonly deviations: readonly number[] };

/**
 * Looks at every pixel of a training set. Totals are float64 in the order of the images, the same bits everywhere; a set
 * whose pixels are all alike gets a deviation (or range) of 1.
 */
export function fitNormalization(kind: Normalization["kind"], train: Dataset): Normalization {
  switch (kind) {
    case "none":
      return Object.freeze({ kind });
    case "zScore":
      return fitZScore(train);
    case "unit":
      return fitUnit(train);
    case "pixelZScore":
      return fitPixels(train);
  }
}

/** Scales `count` values in place. Allocates nothing. */
export function normalize(normalization: Normalization, values: Float32Array, offset: number, count: number): void {
  switch (normalization.kind) {
    case "none":
      return;
    case "zScore":
      return shiftAndScale(values, offset, count, normalization.mean, 1 / normalization.deviation);
    case "unit": {
      const { minimum, maximum } = normalization;
      return shiftAndScale(values, offset, count, minimum, maximum > minimum ? 1 / (maximum - minimum) : 1);
    }
    case "pixelZScore": {
      const { means, deviations } = normalization;
      for (let i = 0; i < count; i++) {
        const pixel = i % means.length;
        values[offset + i] = deviations[pixel] > 0 ? (values[offset + i] - means[pixel]) / deviations[pixel] : 0;
      }
    }
  }
}

function shiftAndScale(values: Float32Array, offset: number, count: number, shift: number, factor: number): void {
  for (let i = offset; i < offset + count; i++) values[i] = (values[i] - shift) * factor;
}

function fitZScore(train: Dataset): Normalization {
  const image = new Float32Array(featuresOf(train));
  const count = train.length * image.length;
  let sum = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < train.length; index++) {
    train.read(index, image, 0);
    for (const value of image) {
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  // Not by the deviation: where all pixels are alike, rounding of the mean leaves one that is tiny, but not 0.
  if (minimum === maximum) return Object.freeze({ kind: "zScore", mean: minimum, deviation: 1 });
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < train.length; index++) {
    train.read(index, image, 0);
    for (const value of image) squares += (value - mean) * (value - mean);
  }
  return Object.freeze({ kind: "zScore", mean, deviation: Math.sqrt(squares / count) });
}

function fitUnit(train: Dataset): Normalization {
  const image = new Float32Array(featuresOf(train));
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < train.length; index++) {
    train.read(index, image, 0);
    for (const value of image) {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  }
  return Object.freeze({ kind: "unit", minimum, maximum });
}

function fitPixels(train: Dataset): Normalization {
  const image = new Float32Array(featuresOf(train));
  const means = new Float64Array(image.length);
  const squares = new Float64Array(image.length);
  for (let index = 0; index < train.length; index++) {
    train.read(index, image, 0);
    for (let i = 0; i < image.length; i++) means[i] += image[i];
  }
  for (let i = 0; i < image.length; i++) means[i] /= train.length;
  for (let index = 0; index < train.length; index++) {
    train.read(index, image, 0);
    for (let i = 0; i < image.length; i++) squares[i] += (image[i] - means[i]) * (image[i] - means[i]);
  }
  const deviations = Array.from(squares, (sum) => short(Math.sqrt(sum / train.length)));
  return Object.freeze({
    kind: "pixelZScore",
    means: Object.freeze(Array.from(means, short)),
    deviations: Object.freeze(deviations),
  });
}

/** Nine digits, as many as tell any two float32 apart: a file with a mean for each voxel stays readable and small. */
function short(value: number): number {
  return Number(value.toPrecision(9));
}
