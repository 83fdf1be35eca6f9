// The area under the ROC curve of many resamples of the same scores, which are ranked only once.
import { checkSameLength } from "./measure.ts";
import { areaOfWeights } from "./weighted-ranks.ts";

/**
 * A function that gives the area under the ROC curve of the images drawn: exactly `rocAuc` of their truths and scores,
 * in O(n) each time, null when a class is missing. (Mann & Whitney 1947, by counts of each rank.)
 *
 * @param truth n values, 1 = positive, 0 = negative
 * @param scores n values, none NaN
 * @param weights what each counts; all count 1 when left out
 */
export function resampledRocAuc(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): (drawn: Int32Array) => number | null {
  checkSameLength("scores", truth.length, scores.length);
  const sorted = Float64Array.from(scores).sort();
  const ranks = Int32Array.from(scores, (score) => firstNotBelow(sorted, score));
  const positives = new Float64Array(sorted.length);
  const negatives = new Float64Array(sorted.length);
  return (drawn) => {
    positives.fill(0);
    negatives.fill(0);
    for (const i of drawn) (truth[i] === 1 ? positives : negatives)[ranks[i]] += weights ? weights[i] : 1;
    let doubled = 0;
    let positive = 0;
    let negative = 0;
    for (let rank = 0; rank < sorted.length; rank++) {
      doubled += positives[rank] * (2 * negative + negatives[rank]);
      positive += positives[rank];
      negative += negatives[rank];
    }
    if (!(positive > 0 && negative > 0)) return null;
    return weights ? areaOfWeights(positives, negatives) : doubled / (2 * positive * negative);
  };
}

/** Index of the first of the ascending values that is not below `value`: equal values share it. */
function firstNotBelow(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
