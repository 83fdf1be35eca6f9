// 95 % confidence intervals: Wilson for a share, DeLong for the area under the ROC curve, bootstrap for the rest.
import { exp } from "../elementary.ts";
import { quantile } from "./quantile.ts";
import { z } from "./normal.ts";
import { doubledPlacements, missingClass, sortScores } from "./ranks.ts";
import { eachQuickResample } from "./resamples.ts";
import type { ResampleOptions } from "./resamples.ts";

/** Low and high end, or null and the reason why there is none. */
export interface Interval {
  readonly interval: readonly [number, number] | null;
  /** One sentence: why the interval is null. */
  readonly reason?: string;
}

/**
 * Wilson's score interval of successes / total:
 * `(p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)` (Wilson 1927).
 * Within [0, 1], and never without the share itself. Takes the trials as independent.
 *
 * @throws RangeError unless 0 <= successes <= total
 * @example
 * ```ts
 * import { wilson } from "voxgrad";
 *
 * console.log(wilson(9, 10).interval); // [0.596, 0.982]
 * ```
 */
export function wilson(successes: number, total: number): Interval {
  if (!(successes >= 0 && successes <= total))
    throw new RangeError(`wilson: expected 0 to ${total} successes of ${total}, got ${successes}.`);
  if (total === 0) return { interval: null, reason: "nothing was counted" };
  const share = successes / total;
  const middle = share + (z * z) / (2 * total);
  const half = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const shrink = 1 + (z * z) / total;
  return {
    interval: [
      Math.max(0, Math.min(share, (middle - half) / shrink)),
      Math.min(1, Math.max(share, (middle + half) / shrink)),
    ],
  };
}

/**
 * DeLong's interval of the area under the ROC curve, clipped to [0, 1]: `AUC -+ z sqrt(S10 / m + S01 / n)`, S10 and S01
 * the sample variances of the placements of m positives among the negatives and of n negatives among the positives
 * (DeLong et al. 1988), from sorted scores in O(n log n) (Sun & Xu 2014). On the logit scale it is that of
 * `ln(AUC / (1 - AUC))`, turned back (Pepe 2003): never beyond [0, 1], and better for few images and large areas.
 *
 * @param truth values, 1 = positive, 0 = negative
 * @param scores as many values, higher = more likely positive
 * @param scale "plain", or "logit" as in the report
 * @returns null with a reason when a class has fewer than two images or the variance is 0 (the classes are told apart
 * without a mistake, say), of which no interval can be made
 * @throws RangeError when the lengths differ or a score is NaN
 * @example
 * ```ts
 * import { delong } from "voxgrad";
 *
 * console.log(delong([0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.35, 0.8, 0.2, 0.7]).interval);
 * ```
 */
export function delong(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  scale: "plain" | "logit" = "plain",
): Interval {
  const sorted = sortScores(truth, scores);
  const missing = missingClass(sorted);
  if (missing) return { interval: null, reason: missing.reason };
  const { positives, negatives } = sorted;
  if (positives.length < 2 || negatives.length < 2)
    return { interval: null, reason: "a class has a single image, which has no variance" };
  const ofPositives = moments(doubledPlacements(positives, negatives), 2 * negatives.length);
  const ofNegatives = moments(doubledPlacements(negatives, positives), 2 * positives.length);
  const variance = ofPositives.variance / positives.length + ofNegatives.variance / negatives.length;
  if (variance === 0)
    return {
      interval: null,
      reason: "the variance is 0: every image is placed alike, too few to say how sure that is",
    };
  const { mean } = ofPositives;
  const half = z * Math.sqrt(variance);
  if (scale === "logit" && mean > 0 && mean < 1) {
    // logit(AUC) -+ half / (AUC (1 - AUC)): the odds times or over exp of that.
    const factor = exp(half / (mean * (1 - mean)));
    const at = (odds: number) => odds / (1 + odds);
    return { interval: [at(mean / (1 - mean) / factor), at((mean / (1 - mean)) * factor)] };
  }
  return { interval: [Math.max(0, mean - half), Math.min(1, mean + half)] };
}

/**
 * Percentile bootstrap (Efron 1979): items, or whole groups, are drawn with replacement, and the interval lies between
 * the quantiles 0.025 and 0.975 (linearly interpolated) of the figures of the resamples. Resamples where a figure is
 * undefined are left out; it has no interval when they are more than a twentieth, or when all others agree.
 *
 * @param count items
 * @param figures all figures of the items drawn (indexes, with repeats); the array is used again for the next resample
 * @returns one interval for each figure
 * @throws RangeError for an empty set, or groups that are not one for each item
 * @example
 * ```ts
 * import { bootstrap } from "voxgrad";
 *
 * const values = [0.7, 0.9, 0.8, 0.95, 0.6];
 * const mean = (drawn: Int32Array) => drawn.reduce((sum, i) => sum + values[i], 0) / drawn.length;
 * console.log(bootstrap(values.length, (drawn) => [mean(drawn)], { seed: 7 })[0].interval);
 * ```
 */
export function bootstrap(
  count: number,
  figures: (drawn: Int32Array) => readonly (number | null)[],
  options: ResampleOptions,
): Interval[] {
  const { groups, resamples = 1000 } = options;
  const values: number[][] = [];
  eachQuickResample(count, options, (drawn) => {
    figures(drawn).forEach((value, k) => {
      values[k] ??= [];
      if (value !== null) values[k].push(value);
    });
  });
  return values.map((defined) =>
    percentiles(Float64Array.from(defined).sort(), resamples, groups ? "groups" : "items"),
  );
}

function percentiles(sorted: Float64Array, resamples: number, units: string): Interval {
  const undefinedCount = resamples - sorted.length;
  if (undefinedCount * 20 > resamples)
    return { interval: null, reason: `undefined in ${undefinedCount} of ${resamples} resamples` };
  const low = quantile(sorted, 0.025);
  const high = quantile(sorted, 0.975);
  if (sorted[0] === sorted[sorted.length - 1])
    return { interval: null, reason: `every resample gives the same value: too few ${units} to say how sure it is` };
  return { interval: [low, high] };
}

/** Mean and sample variance of placements / scale. */
function moments(placements: Float64Array, scale: number): { mean: number; variance: number } {
  let sum = 0;
  for (const placement of placements) sum += placement;
  const mean = sum / placements.length;
  let squares = 0;
  for (const placement of placements) squares += (placement - mean) * (placement - mean);
  return { mean: mean / scale, variance: squares / (placements.length - 1) / (scale * scale) };
}
