// ROC AUC and average precision of many resamples of the same scores, which are sorted only once.

/** The area under the ROC curve and the average precision of images counted as often as given; NaN where undefined. */
export interface ScoreFigures {
  readonly rocAuc: number;
  readonly averagePrecision: number;
  /** That of the other images, the lower scores being theirs. */
  readonly averagePrecisionOfOthers: number;
}

/** Makes 0 / 0 a 0, and changes nothing else. */
const least = 1e-300;

/**
 * A function that gives what `rocAuc` and `averagePrecision` give of the images with these counts, whose sums of positives
 * and negatives are given too, in O(n). The object that it returns is used again.
 *
 * @param truth n values, 1 = positive, anything else negative
 * @param scores n values, none NaN
 */
export function resampledScores(truth: ArrayLike<number>, scores: ArrayLike<number>) {
  const n = truth.length;
  const order = fromTheHighest(scores);
  const isPositive = Uint8Array.from(order, (i) => (truth[i] === 1 ? 1 : 0));
  /** 1 where the next score is the same. */
  const isTied = Uint8Array.from(order, (i, rank) => (rank < n - 1 && scores[order[rank + 1]] === scores[i] ? 1 : 0));
  const figures = { rocAuc: NaN, averagePrecision: NaN, averagePrecisionOfOthers: NaN };

  function of(counts: Float64Array | Int32Array, positives: number, negatives: number): ScoreFigures {
    let positive = 0;
    let negative = 0;
    let tiedPositive = 0;
    let tiedNegative = 0;
    let doubled = 0;
    let precisions = 0;
    let precisionsOfOthers = 0;
    // No branch on what is drawn or true: they are as good as random, and a wrong guess costs more than the arithmetic.
    for (let rank = 0; rank < n; rank++) {
      const count = counts[order[rank]];
      const ofPositive = count * isPositive[rank];
      tiedPositive += ofPositive;
      tiedNegative += count - ofPositive;
      if (isTied[rank]) continue;
      doubled += tiedNegative * (2 * positive + tiedPositive);
      const below = negatives - negative;
      precisionsOfOthers += tiedNegative * (below / (below + (positives - positive) + least));
      positive += tiedPositive;
      negative += tiedNegative;
      precisions += tiedPositive * (positive / (positive + negative + least));
      tiedPositive = 0;
      tiedNegative = 0;
    }
    figures.rocAuc = doubled / (2 * positive * negative);
    figures.averagePrecision = precisions / positive;
    figures.averagePrecisionOfOthers = precisionsOfOthers / negative;
    return figures;
  }
  return of;
}

/**
 * As resampledScores, but nothing of the other images: it divides at positives alone, and goes faster the rarer they are.
 */
export function resampledScoresOfOne(truth: ArrayLike<number>, scores: ArrayLike<number>) {
  const n = truth.length;
  const order = fromTheHighest(scores);
  const isPositive = Uint8Array.from(order, (i) => (truth[i] === 1 ? 1 : 0));
  /** Of each score that a positive has: the first rank with it, and the one behind the last. */
  const stops: number[] = [];
  for (let first = 0; first < n;) {
    let end = first + 1;
    while (end < n && scores[order[end]] === scores[order[first]]) end++;
    if (isPositive.subarray(first, end).includes(1)) stops.push(first, end);
    first = end;
  }
  const bounds = Int32Array.from(stops);
  const figures = { rocAuc: NaN, averagePrecision: NaN };

  function of(counts: Float64Array | Int32Array): Pick<ScoreFigures, "rocAuc" | "averagePrecision"> {
    let positive = 0;
    let negative = 0;
    let doubled = 0;
    let precisions = 0;
    let rank = 0;
    for (let stop = 0; stop < bounds.length; stop += 2) {
      const [first, end] = [bounds[stop], bounds[stop + 1]];
      let between = 0;
      for (; rank < first; rank++) between += counts[order[rank]];
      let tiedPositive = 0;
      let tiedNegative = 0;
      for (; rank < end; rank++) {
        const count = counts[order[rank]];
        tiedPositive += count * isPositive[rank];
        tiedNegative += count * (1 - isPositive[rank]);
      }
      doubled += 2 * positive * between + tiedNegative * (2 * positive + tiedPositive);
      positive += tiedPositive;
      negative += between + tiedNegative;
      precisions += tiedPositive * (positive / (positive + negative + least));
    }
    let behind = 0;
    for (; rank < n; rank++) behind += counts[order[rank]];
    figures.rocAuc = (doubled + 2 * positive * behind) / (2 * positive * (negative + behind));
    figures.averagePrecision = precisions / positive;
    return figures;
  }
  return of;
}

/** The images by falling score. */
function fromTheHighest(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) =>
    scores[a] > scores[b] ? -1 : scores[a] < scores[b] ? 1 : 0,
  );
}

/** True where the second scores rank the images exactly the other way round. */
export function isTurned(scores: ArrayLike<number>, others: ArrayLike<number>): boolean {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  return order.every((i, rank) => {
    if (rank === 0) return true;
    const before = order[rank - 1];
    return scores[before] === scores[i] ? others[before] === others[i] : others[before] > others[i];
  });
}
