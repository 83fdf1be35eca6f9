// Every figure of a classification over resamples of its images: what the confusion, the ranks and the probabilities give.
import { decidedBy, brierOfImages, logLossOfImages } from "./probability-scores.ts";
import { binOf } from "./reliability.ts";
import { cellFigures } from "./resampled-cells.ts";
import type { CellLayout } from "./resampled-cells.ts";
import { isTurned, resampledScores, resampledScoresOfOne } from "./resampled-scores.ts";
import { unitMeans } from "./unit-means.ts";

/** What a network said of labelled images. */
export interface LabelledImages {
  /** n class indexes. */
  readonly truth: Int32Array;
  /** n class indexes: the decision. */
  readonly predicted: Int32Array;
  /** (n, classes), row-major. */
  readonly probabilities: ArrayLike<number>;
  readonly classes: number;
  /** What each counts; all 1 when left out. */
  readonly weights?: ArrayLike<number>;
}

export type ScoreName = "brier" | "logLoss" | "expectedCalibrationError";

/** Where the figures of a resample lie: those of the confusion matrix first. */
export interface LabelLayout extends CellLayout {
  ofScores(name: ScoreName): number;
  ofCurve(name: "rocAuc" | "averagePrecision", k: number): number;
  /** The mean over the classes. */
  ofCurves(name: "rocAuc" | "averagePrecision"): number;
  /** What bin b adds to the calibration error before its sign is dropped. */
  ofBin(b: number): number;
  /** The standard error of the log loss. */
  readonly lossError: number;
  /** The place of a figure of the confusion matrix, when two images are shared out to all of its cells beforehand. */
  ofSmoothed(at: number): number;
}

const scoreNames = ["brier", "logLoss", "expectedCalibrationError"] as const;
export const bins = 10;

/** Of two classes half an image in each cell, as Agresti & Min (2005) have it. */
const shared = 2;

/**
 * @param unitOf the unit of each image that is drawn with others; null when each is one
 * @returns the layout, and a function that gives all figures of the images (and units) counted as often as given, NaN where
 * one is undefined; the array is used again.
 */
export function resampledLabels(
  { truth, predicted, probabilities, classes, weights }: LabelledImages,
  unitOf: Int32Array | null = null,
) {
  const n = truth.length;
  const { layout: cellLayout, fill } = cellFigures(classes);
  const firstScore = cellLayout.length;
  const firstCurve = firstScore + scoreNames.length;
  const firstBin = firstCurve + 2 * (classes + 1);
  const lossError = firstBin + bins;
  const firstSmoothed = lossError + 1;
  const layout: LabelLayout = {
    ...cellLayout,
    length: firstSmoothed + cellLayout.length,
    ofScores: (name) => firstScore + scoreNames.indexOf(name),
    ofCurve: (name, k) => firstCurve + 2 * k + (name === "rocAuc" ? 0 : 1),
    ofCurves: (name) => firstCurve + 2 * classes + (name === "rocAuc" ? 0 : 1),
    ofBin: (b) => firstBin + b,
    lossError,
    ofSmoothed: (at) => firstSmoothed + at,
  };
  const cellOf = Int32Array.from(truth, (label, i) => label * classes + predicted[i]);
  const squares = brierOfImages(truth, probabilities, classes);
  const losses = logLossOfImages(truth, probabilities, classes);
  const lossOf = unitMeans(losses, weights, unitOf);
  const { hit, probability } = decidedBy(truth, probabilities, classes);
  const binOfImage = Uint8Array.from(probability, (p) => binOf(p, bins));
  const errors = probability.map((p, i) => hit[i] - p);
  const scoresOf = (k: number) => Float64Array.from({ length: n }, (_, i) => probabilities[i * classes + k]);
  // Of two classes one is the other turned round, but where the rounding of 1 - p has made ties.
  const isOne = classes === 2 && isTurned(scoresOf(1), scoresOf(0));
  const isOfClass = (k: number) => truth.map((label) => (label === k ? 1 : 0));
  const both = isOne ? resampledScores(isOfClass(1), scoresOf(1)) : null;
  const curves = isOne
    ? []
    : Array.from({ length: classes }, (_, k) => resampledScoresOfOne(isOfClass(k), scoresOf(k)));
  const cells = new Float64Array(classes * classes);
  const smoothed = new Float64Array(classes * classes);
  const ofSmoothed = new Float64Array(cellLayout.length);
  const each = ((weights ? sumOf(weights) / n : 1) * shared) / (classes * classes);
  const apart = new Float64Array(bins);
  const weighed = weights ? new Float64Array(n) : null;
  const figures = new Float64Array(layout.length);

  function of(imageCounts: Int32Array, unitCounts: Int32Array = imageCounts): Float64Array {
    if (weights && weighed) for (let i = 0; i < n; i++) weighed[i] = imageCounts[i] * weights[i];
    const counts = weighed ?? imageCounts;
    cells.fill(0);
    apart.fill(0);
    let all = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const count = counts[i];
      all += count;
      square += count * squares[i];
      cells[cellOf[i]] += count;
      apart[binOfImage[i]] += count * errors[i];
    }
    fill(cells, figures);
    for (let cell = 0; cell < cells.length; cell++) smoothed[cell] = cells[cell] + each;
    fill(smoothed, ofSmoothed);
    for (let at = 0; at < ofSmoothed.length; at++)
      figures[firstSmoothed + at] = Number.isNaN(figures[at]) ? NaN : ofSmoothed[at];
    figures[firstScore] = square / all;
    const { mean, error } = lossOf(unitCounts);
    figures[firstScore + 1] = mean;
    figures[lossError] = error;
    let calibration = 0;
    for (let b = 0; b < bins; b++) {
      figures[firstBin + b] = apart[b] / all;
      calibration += Math.abs(apart[b]);
    }
    figures[firstScore + 2] = calibration / all;
    if (both) {
      const found = both(counts, cells[2] + cells[3], cells[0] + cells[1]);
      figures[firstCurve] = figures[firstCurve + 2] = found.rocAuc;
      figures[firstCurve + 1] = found.averagePrecisionOfOthers;
      figures[firstCurve + 3] = found.averagePrecision;
    }
    curves.forEach((curve, k) => {
      const found = curve(counts);
      figures[firstCurve + 2 * k] = found.rocAuc;
      figures[firstCurve + 2 * k + 1] = found.averagePrecision;
    });
    let area = 0;
    let precision = 0;
    for (let k = 0; k < classes; k++) {
      area += figures[firstCurve + 2 * k];
      precision += figures[firstCurve + 2 * k + 1];
    }
    figures[firstCurve + 2 * classes] = area / classes;
    figures[firstCurve + 2 * classes + 1] = precision / classes;
    return figures;
  }
  return { layout, of };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
