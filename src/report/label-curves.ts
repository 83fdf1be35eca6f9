// The curves of a classification's test set, of each class against the rest.
import { rocCurve } from "../metrics/curves.ts";
import { decisionCurve } from "../metrics/decision-curve.ts";
import { precisionRecallCurve } from "../metrics/precision-recall.ts";
import { reliabilityCurve } from "../metrics/reliability.ts";
import type { RocPoints } from "./figure.ts";

/** A precision-recall curve by rising recall. */
export interface PrecisionRecallPoints {
  readonly class: string;
  readonly recall: readonly number[];
  readonly precision: readonly number[];
}

/** What came true of what was given a probability, in bins of equal width; null in an empty bin. */
export interface ReliabilityPoints {
  readonly class: string;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly count: readonly number[];
  readonly meanProbability: readonly (number | null)[];
  readonly share: readonly (number | null)[];
}

/** Net benefit by threshold, beside that of acting on everybody; acting on nobody has 0. */
export interface DecisionPoints {
  readonly class: string;
  readonly threshold: readonly number[];
  readonly netBenefit: readonly number[];
  readonly treatAll: readonly number[];
}

/** For two classes of the second, for more of each against the rest; a class without a curve is left out. */
export interface Curves {
  readonly roc: readonly RocPoints[];
  readonly precisionRecall: readonly PrecisionRecallPoints[];
  readonly reliability: readonly ReliabilityPoints[];
  readonly decision: readonly DecisionPoints[];
}

/** @param truthOf 1 where an image is of the class @param scoresOf the probability of the class */
export function labelCurves(
  classes: readonly string[],
  truthOf: (k: number) => Uint8Array,
  scoresOf: (k: number) => Float64Array,
  weights?: Float32Array,
): Curves {
  const chosen = classes.flatMap((name, k) => (classes.length === 2 && k === 0 ? [] : [{ name, k }]));
  return {
    roc: chosen.flatMap(({ name, k }) => {
      const curve = rocCurve(truthOf(k), scoresOf(k), weights);
      if (!curve) return [];
      return [{ class: name, falsePositiveRate: curve.falsePositiveRate, truePositiveRate: curve.truePositiveRate }];
    }),
    precisionRecall: chosen.flatMap(({ name, k }) => {
      const curve = precisionRecallCurve(truthOf(k), scoresOf(k), weights);
      return curve ? [{ class: name, recall: curve.recall, precision: curve.precision }] : [];
    }),
    reliability: chosen.map(({ name, k }) => ({
      class: name,
      ...reliabilityCurve(truthOf(k), scoresOf(k), weights),
    })),
    decision: chosen.flatMap(({ name, k }) => {
      const curve = decisionCurve(truthOf(k), scoresOf(k), weights);
      return curve ? [{ class: name, ...curve }] : [];
    }),
  };
}
