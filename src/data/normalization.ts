// How intensities are scaled before a network sees them: fitted on the training set alone, saved with the model.
import type { Dataset } from "./dataset.ts";
import { featuresOf } from "./dataset.ts";
import { readAhead } from "./read-ahead.ts";

/** A plain value that JSON keeps. */
export type Normalization =
  | { readonly kind: "none" }
  /** (x - mean) / deviation over all pixels of the training set. */
  | { readonly kind: "zScore"; readonly mean: number; readonly deviation: number }
  /** (x - minimum) / (maximum - minimum): the training set's range becomes [0, 1]. */
  | { readonly kind: "unit"; readonly minimum: number; readonly maximum: number }
  /** (x - mean) / deviation pixel by pixel; a pixel that never changes becomes 0. */
  | { readonly kind: "pixelZScore"; readonly means: readonly number[]; readonly deviations: readonly number[] };

/** Images that are read between two pauses, where they are not all in memory. */
const together = 32;

/**
 * @throws TypeError for another kind; RangeError for figures that cannot scale the images of a set.
 */
export function checkNormalization(normalization: Normalization, set: Dataset): void {
  switch (normalization.kind) {
    case "none":
      return;
    case "zScore":
      if (Number.isFinite(normalization.mean) && normalization.deviation > 0 && normalization.deviation < Infinity)
        return;
      throw unusable("a finite mean and a deviation above 0", `${normalization.mean} and ${normalization.deviation}`);
    case "unit":
      if (
        normalization.minimum < normalization.maximum &&
        Number.isFinite(normalization.maximum - normalization.minimum)
      )
        return;
      throw unusable("a minimum below the maximum", `${normalization.minimum} and ${normalization.maximum}`);
    case "pixelZScore": {
      const { means, deviations } = normalization;
      const size = featuresOf(set);
      if (means.length !== size || deviations.length !== size)
        throw unusable(`${size} means and deviations`, `${means.length} and ${deviations.length}`);
      if (means.every(Number.isFinite) && deviations.every((deviation) => deviation >= 0 && deviation < Infinity))
        return;
      throw unusable("finite means and deviations of at least 0", "others");
    }
    default:
      throw unknownKind((normalization as { kind?: unknown }).kind);
  }
}

function unknownKind(kind: unknown): TypeError {
  const got = typeof kind === "string" ? kind : typeof kind;
  return new TypeError(`normalization: expected one of none, zScore, unit, pixelZScore, got ${got}`);
}

function unusable(expected: string, got: string): RangeError {
  return new RangeError(`normalization: expected ${expected}, got ${got}. Fit it with fitNormalization.`);
}

/** What a fit pauses for: images that are not at hand yet. It yields nothing where all are. */
type Fitting = Generator<Promise<void>, Normalization>;

/**
 * Looks at every pixel of a training set. Totals are float64 in the order of the images, the same bits everywhere; a set
 * whose pixels are all alike gets a deviation (or range) of 1.
 *
 * @throws TypeError for another kind, and for a set whose images are not all in memory: `prepareNormalization` waits for them.
 */
export function fitNormalization(kind: Normalization["kind"], train: Dataset): Normalization {
  const step = fitting(kind, train).next();
  if (step.done) return step.value;
  step.value.catch(() => undefined);
  throw new TypeError(
    "fitNormalization: expected a set with all images in memory, got one that loads them. Await prepareNormalization.",
  );
}

/** As `fitNormalization`, to the same bits, also for sets that load their images when they are needed. */
export async function prepareNormalization(kind: Normalization["kind"], train: Dataset): Promise<Normalization> {
  const steps = fitting(kind, train);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await step.value;
  }
}

function* fitting(kind: Normalization["kind"], train: Dataset): Fitting {
  switch (kind) {
    case "none":
      return Object.freeze({ kind });
    case "zScore":
      return yield* fitZScore(train);
    case "unit":
      return yield* fitUnit(train);
    case "pixelZScore":
      return yield* fitPixels(train);
    default:
      throw unknownKind(kind);
  }
}

/** Reads image after image into `image`; `see` looks at each. */
function* eachImage(train: Dataset, image: Float32Array, see: () => void): Generator<Promise<void>, void> {
  const ahead = readAhead(train);
  for (let first = 0; first < train.length; first += together) {
    const end = Math.min(first + together, train.length);
    const pending = ahead(null, first, end - first, Math.min(together, train.length - end));
    if (pending) yield pending;
    for (let index = first; index < end; index++) {
      train.read(index, image, 0);
      see();
    }
  }
}

/** What normalization does to a pixel: (x - shift) factor. For pixelZScore both are by pixel, and null here. */
export function scalingOf(normalization: Normalization): { readonly shift: number; readonly factor: number } | null {
  switch (normalization.kind) {
    case "none":
      return { shift: 0, factor: 1 };
    case "zScore":
      return { shift: normalization.mean, factor: 1 / normalization.deviation };
    case "unit": {
      const { minimum, maximum } = normalization;
      return { shift: minimum, factor: maximum > minimum ? 1 / (maximum - minimum) : 1 };
    }
    case "pixelZScore":
      return null;
  }
}

/** Writes shift and factor of every pixel of pixelZScore; a pixel that never changes gets the factor 0. */
export function writePixelScaling(normalization: Normalization, shifts: Float64Array, factors: Float64Array): void {
  if (normalization.kind !== "pixelZScore") return;
  const { means, deviations } = normalization;
  for (let pixel = 0; pixel < means.length; pixel++) {
    shifts[pixel] = means[pixel];
    factors[pixel] = deviations[pixel] > 0 ? 1 / deviations[pixel] : 0;
  }
}

function* fitZScore(train: Dataset): Fitting {
  const image = new Float32Array(featuresOf(train));
  const count = train.length * image.length;
  let sum = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  yield* eachImage(train, image, () => {
    for (const value of image) {
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  });
  // Not by the deviation: where all pixels are alike, rounding of the mean leaves one that is tiny, but not 0.
  if (minimum === maximum) return Object.freeze({ kind: "zScore", mean: minimum, deviation: 1 });
  const mean = sum / count;
  let squares = 0;
  yield* eachImage(train, image, () => {
    for (const value of image) squares += (value - mean) * (value - mean);
  });
  return Object.freeze({ kind: "zScore", mean, deviation: Math.sqrt(squares / count) });
}

function* fitUnit(train: Dataset): Fitting {
  const image = new Float32Array(featuresOf(train));
  let minimum = Infinity;
  let maximum = -Infinity;
  yield* eachImage(train, image, () => {
    for (const value of image) {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  });
  return Object.freeze({ kind: "unit", minimum, maximum });
}

function* fitPixels(train: Dataset): Fitting {
  const image = new Float32Array(featuresOf(train));
  const means = new Float64Array(image.length);
  const squares = new Float64Array(image.length);
  yield* eachImage(train, image, () => {
    for (let i = 0; i < image.length; i++) means[i] += image[i];
  });
  for (let i = 0; i < image.length; i++) means[i] /= train.length;
  yield* eachImage(train, image, () => {
    for (let i = 0; i < image.length; i++) squares[i] += (image[i] - means[i]) * (image[i] - means[i]);
  });
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
