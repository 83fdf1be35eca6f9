// Statistics that pixels are scaled by: whether they are those of the training set, or were fitted on other sets as well.
import { together } from "./moments.ts";
import type { Moments } from "./moments.ts";
import type { Normalization } from "./normalization.ts";

/** Figures of a set are met when they are so near: a part of the deviation. Six digits, as they are copied, are; four may not be. */
const nearEnough = 1e-3;

/** Pixels that were scaled have their mean at 0 and their deviation at 1 to what float32 leaves of it. */
const scaledEnough = 1e-4;

/** The training set is cleared unless it is so many times as far from the figures. */
const timesAsFar = 10;

/** And what is as near as this to the training set's figures is the training set's. */
const certain = 1e-6;

/**
 * The sets, by their index, that statistics were fitted on, where they are not the training set's own: none, when they
 * are the training set's, or nobody's. Those of all sets are asked for first.
 * @param moments of training, validation and test set, in this order.
 */
export function fittedOn(figures: Normalization, moments: readonly Moments[]): readonly number[] {
  return findUnion(moments, figures.kind === "unit" ? 0 : nearEnough, (sums) => distance(figures, sums));
}

/**
 * The same of pixels that come scaled: their mean is 0 and their deviation 1 over several sets together, over all pixels
 * or pixel by pixel, and not over the training set.
 */
export function scaledBy(moments: readonly Moments[]): readonly number[] {
  const size = moments[0].sums.length;
  const whole: Normalization = { kind: "zScore", mean: 0, deviation: 1 };
  const byPixel: Normalization = {
    kind: "pixelZScore",
    means: new Array<number>(size).fill(0),
    deviations: new Array<number>(size).fill(1),
  };
  const found = findUnion(moments, scaledEnough, (sums) => distance(whole, sums));
  if (found.length > 0 || size === 0) return found;
  return findUnion(moments, scaledEnough, (sums) => distance(byPixel, sums));
}

/** All three, each of the pairs, validation, test. */
const unions = [[0, 1, 2], [0, 1], [0, 2], [1, 2], [1], [2]]; // prettier-ignore

function findUnion(
  moments: readonly Moments[],
  most: number,
  distanceTo: (sums: Moments) => number,
): readonly number[] {
  const own = distanceTo(moments[0]);
  if (!(own > certain)) return [];
  const isMet = (sets: readonly number[]) => {
    const far = distanceTo(together(sets.map((set) => moments[set])));
    return far <= most && own > timesAsFar * far;
  };
  return unions.find(isMet) ?? [];
}

/** How far figures are from those of the summed images, in deviations; infinite where they are of another kind. */
function distance(figures: Normalization, sums: Moments): number {
  switch (figures.kind) {
    case "none":
      return Infinity;
    case "zScore": {
      const [mean, deviation] = meanAndDeviation(sums.sum, sums.squares, sums.images * sums.features);
      return deviation > 0 ? farFrom(figures.mean, figures.deviation, mean, deviation) : Infinity;
    }
    case "pixelZScore":
      return Math.min(pixelDistance(figures, sums, 0), pixelDistance(figures, sums, 1));
    case "unit": {
      const { minimum, maximum } = figures;
      const isMinimum = minimum === sums.minimum;
      const isMaximum = maximum === sums.maximum;
      // A border of a scale is nobody's figure: what differs from the training set's has to be odd.
      return (isMinimum || isRound(minimum)) && (isMaximum || isRound(maximum)) ? 0 : 1;
    }
  }
}

/** The root of the mean square over the pixels that change. @param lost 1 for deviations over n - 1 images. */
function pixelDistance(figures: Extract<Normalization, { kind: "pixelZScore" }>, sums: Moments, lost: number): number {
  const { means, deviations } = figures;
  if (means.length !== sums.sums.length || sums.images <= lost) return Infinity;
  let total = 0;
  let pixels = 0;
  const factor = Math.sqrt(sums.images / (sums.images - lost));
  for (let i = 0; i < means.length; i++) {
    const [mean, deviation] = meanAndDeviation(sums.sums[i], sums.squaresBy[i], sums.images);
    if (!(deviation > 1e-6 * Math.abs(mean))) continue;
    const far = farFrom(means[i], deviations[i], mean, factor * deviation);
    total += far * far;
    pixels++;
  }
  return pixels > 0 ? Math.sqrt(total / pixels) : Infinity;
}

function farFrom(mean: number, deviation: number, toMean: number, toDeviation: number): number {
  return Math.max(Math.abs(mean - toMean), Math.abs(deviation - toDeviation)) / toDeviation;
}

function meanAndDeviation(sum: number, squares: number, count: number): readonly [number, number] {
  const mean = sum / count;
  return [mean, Math.sqrt(Math.max(0, squares / count - mean * mean))];
}

/** 0, 1, 255, 4095, -1024, 3071, 400: numbers that people and formats choose. */
function isRound(value: number): boolean {
  if (Math.abs(value) <= 1) return Number.isInteger(10 * value);
  return Number.isInteger(value) && [value % 10, value % 256, (value + 1) % 256].includes(0);
}
