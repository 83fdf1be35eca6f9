// How many images of a test set are unlike the training set, whether that is more than chance, and the figures of those alone.
import { rocAuc } from "../metrics/curves.ts";
import { delong, wilson } from "../metrics/intervals.ts";
import type { Novelty } from "../train/novelty.ts";
import { unlikeBits } from "../train/novelty.ts";
import { withInterval } from "./figure.ts";
import type { IntervalMeasure, Metrics } from "./figure.ts";
import { labelFigures } from "./label-figures.ts";
import type { LabelPredictions } from "./label-figures.ts";
import { maskFigures } from "./mask-figures.ts";
import type { MaskPredictions } from "./mask-figures.ts";

/** Figures of fewer images say nothing. */
const fewest = 20;

/** Figures of a part of the test set. */
export interface PartFigures extends Pick<
  Metrics,
  "accuracy" | "recall" | "specificity" | "precision" | "dice" | "rocAuc"
> {
  /** Images. */
  readonly size: number;
}

/** Images of the test set that are unlike the training set, as `predict` flags them. */
export interface UnlikeTraining {
  readonly images: number;
  /** Their part of the test set, with Wilson's interval. */
  readonly share: IntervalMeasure;
  /** The part of ordinary images that would be flagged: 0.005, and more where the validation set was small. */
  readonly expected: number;
  /** How likely so many, or more, would be flagged if test and validation images were of one kind. */
  readonly chance: number;
  /** Images by reason; one image may have several. Distance is null for a network without a hidden layer. */
  readonly reasons: { readonly shape: number; readonly intensities: number; readonly distance: number | null };
  /**
   * How often a test image lies farther from the training images, in the last hidden layer, than a validation image: 0.5
   * where they are of one kind. With DeLong's interval. null for a network without a hidden layer.
   */
  readonly farther: IntervalMeasure | null;
  /** Of the flagged images alone, and of the rest; null where either are fewer than 20. */
  readonly figures: { readonly unlike: PartFigures; readonly rest: PartFigures } | null;
}

/** What was found of the images of test and validation set. */
export interface NoveltyOfSets {
  readonly test: Novelty;
  readonly validation: Novelty;
  /** Of so many validation images, in order of their distance, the one whose distance was the limit, from 1. */
  readonly limitRank: number;
}

type Predictions =
  ({ readonly task: "classification" } & LabelPredictions) | ({ readonly task: "segmentation" } & MaskPredictions);

export function unlikeTraining(
  { test, validation, limitRank }: NoveltyOfSets,
  classes: readonly string[],
  predictions: Predictions,
  seed: number,
): UnlikeTraining {
  const size = test.unlike.length;
  const held = validation.unlike.length;
  const countOf = (bits: number) => test.unlike.reduce((sum, each) => sum + Number((each & bits) > 0), 0);
  const images = countOf(unlikeBits.shape | unlikeBits.intensities | unlikeBits.distance);
  const of = (isUnlike: boolean) => partOf(predictions, classes, Array.from(test.unlike, (bits) => bits > 0 === isUnlike), seed); // prettier-ignore
  return {
    images,
    share: withInterval({ value: images / size }, wilson(images, size)),
    expected: Math.max(0.005, (held - limitRank + 1) / (held + 1)),
    chance: chanceOf(images, size, held, limitRank),
    reasons: {
      shape: countOf(unlikeBits.shape),
      intensities: countOf(unlikeBits.intensities),
      distance: test.distances ? countOf(unlikeBits.distance) : null,
    },
    farther: test.distances && validation.distances ? fartherOf(test.distances, validation.distances) : null,
    figures: images >= fewest && size - images >= fewest ? { unlike: of(true), rest: of(false) } : null,
  };
}

/**
 * P(at least k of n test images lie beyond the r-th of m validation images) where all n + m are of one kind, so that any
 * order of them is as likely: at most m - r validation images are among the first k + m - r of the pooled ones, the
 * farthest first. Hypergeometric; nothing is assumed of the distances.
 */
export function chanceOf(k: number, n: number, m: number, r: number): number {
  const beyond = m - r;
  const drawn = k + beyond;
  let sum = 0;
  for (let j = 0; j <= Math.min(beyond, m); j++) {
    if (drawn - j > n) continue;
    sum += Math.exp(logChoose(m, j) + logChoose(n, drawn - j) - logChoose(n + m, drawn));
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}

function fartherOf(test: Float32Array, validation: Float32Array): IntervalMeasure {
  const ofTest = Uint8Array.from({ length: test.length + validation.length }, (_, i) => Number(i < test.length));
  const distances = Float64Array.from([...test, ...validation]);
  return withInterval(rocAuc(ofTest, distances), delong(ofTest, distances, "logit"));
}

/** The figures of the images that are wanted. */
function partOf(
  predictions: Predictions,
  classes: readonly string[],
  wanted: readonly boolean[],
  seed: number,
): PartFigures {
  const images = wanted.flatMap((isWanted, i) => (isWanted ? [i] : []));
  const groups = predictions.groups && images.map((i) => predictions.groups![i]);
  const { weights: all } = predictions;
  const weights = all ? { weights: Float32Array.from(images, (i) => all[i]) } : {};
  const { metrics } =
    predictions.task === "classification"
      ? labelFigures(
          classes,
          {
            truth: Int32Array.from(images, (i) => predictions.truth[i]),
            probabilities: rowsOf(predictions.probabilities, classes.length, images),
            threshold: predictions.threshold ?? null,
            groups,
            ...weights,
          },
          seed,
        )
      : maskFigures(classes, { confusions: images.map((i) => predictions.confusions[i]), groups, ...weights }, seed);
  const { accuracy, recall, specificity, precision, dice, rocAuc: area } = metrics;
  return { size: images.length, accuracy, recall, specificity, precision, dice, rocAuc: area };
}

function rowsOf(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
  return taken;
}
