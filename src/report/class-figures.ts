// The figures of each class of a classification against the rest, and their averages, each with its interval.
import { micro, weighted } from "../metrics/averages.ts";
import {
  classCounts,
  dice,
  jaccard,
  macro,
  negativePredictiveValue,
  precision,
  recall,
  specificity,
} from "../metrics/classification.ts";
import type { Confusion } from "../metrics/classification.ts";
import { rocAuc } from "../metrics/curves.ts";
import { delong, wilson } from "../metrics/intervals.ts";
import type { Interval } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";
import { averagePrecision } from "../metrics/precision-recall.ts";
import type { ClassName } from "../metrics/resampled-cells.ts";
import { withInterval } from "./figure.ts";
import type { Averages, ClassFigures } from "./figure.ts";
import type { LabelIntervals } from "./label-intervals.ts";

export const classMeasures = { recall, specificity, precision, negativePredictiveValue, dice, jaccard } as const;

/** What the figures of a class are made of. */
export interface ClassSources {
  readonly confusion: Confusion;
  readonly truthOf: (k: number) => Uint8Array;
  readonly scoresOf: (k: number) => Float64Array;
  readonly weights?: Float32Array;
  readonly intervals: LabelIntervals;
  /** True where images are independent and count alike: then Wilson's and DeLong's intervals hold. */
  readonly isPlain: boolean;
}

export function classFigures(
  name: string,
  k: number,
  { confusion, truthOf, scoresOf, weights, intervals, isPlain }: ClassSources,
): ClassFigures {
  const shares = isPlain ? sharesOf(confusion, k) : {};
  const of = (figure: ClassName) =>
    withInterval(classMeasures[figure](confusion, k), shares[figure] ?? intervals.ofClass(figure, k));
  const truth = truthOf(k);
  const scores = scoresOf(k);
  const overlap = of("dice");
  return {
    class: name,
    recall: of("recall"),
    specificity: of("specificity"),
    precision: of("precision"),
    negativePredictiveValue: of("negativePredictiveValue"),
    dice: overlap,
    f1: overlap,
    jaccard: of("jaccard"),
    rocAuc: withInterval(
      rocAuc(truth, scores, weights),
      isPlain ? delong(truth, scores, "logit") : intervals.ofCurve("rocAuc", k),
    ),
    averagePrecision: withInterval(averagePrecision(truth, scores, weights), intervals.ofCurve("averagePrecision", k)),
  };
}

export function averagesOf(
  confusion: Confusion,
  intervals: Pick<LabelIntervals, "ofMean">,
  named: (measure: Measure) => Measure,
  from = 0,
): Averages {
  const by = (way: "macro" | "micro" | "weighted", average: typeof macro) => {
    const of = (figure: keyof typeof classMeasures) =>
      withInterval(named(average(classMeasures[figure], confusion, from)), intervals.ofMean(figure, way));
    return {
      recall: of("recall"),
      specificity: of("specificity"),
      precision: of("precision"),
      f1: of("dice"),
      jaccard: of("jaccard"),
    };
  };
  return { macro: by("macro", macro), micro: by("micro", micro), weighted: by("weighted", weighted) };
}

/**
 * Wilson's intervals of the figures of one class that are shares of a count of images. The Jaccard index is one, of the images
 * that have the class or were given it; F1 = 2 J / (1 + J) grows with it, and so its ends are those of J (Lam et al. 2023).
 */
export function sharesOf(confusion: Confusion, k: number): Partial<Record<ClassName, Interval>> {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = classCounts(confusion, k);
  const jaccardShare = wilson(truePositives, truePositives + falsePositives + falseNegatives);
  const ends = jaccardShare.interval;
  return {
    dice: ends ? { interval: [(2 * ends[0]) / (1 + ends[0]), (2 * ends[1]) / (1 + ends[1])] } : jaccardShare,
    jaccard: jaccardShare,
    recall: wilson(truePositives, truePositives + falseNegatives),
    specificity: wilson(trueNegatives, trueNegatives + falsePositives),
    precision: wilson(truePositives, truePositives + falsePositives),
    negativePredictiveValue: wilson(trueNegatives, trueNegatives + falseNegatives),
  };
}
