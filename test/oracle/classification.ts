// Naive twins of the figures: pairs counted one by one.

/** AUC and its DeLong variance straight from the definition, O(positives * negatives). (DeLong et al. 1988) */
export function delongOracle(truth: readonly number[], scores: readonly number[]) {
  const positives = scores.filter((_, i) => truth[i] === 1);
  const negatives = scores.filter((_, i) => truth[i] === 0);
  const wins = (positive: number, negative: number) => (positive > negative ? 1 : positive === negative ? 0.5 : 0);
  const ofPositives = positives.map((p) => mean(negatives.map((n) => wins(p, n))));
  const ofNegatives = negatives.map((n) => mean(positives.map((p) => wins(p, n))));
  return {
    area: mean(ofPositives),
    variance: sampleVariance(ofPositives) / positives.length + sampleVariance(ofNegatives) / negatives.length,
  };
}

/** Share called positive among those of `kind`, when a score of at least `threshold` is called positive. */
export function rateOracle(truth: readonly number[], scores: readonly number[], kind: number, threshold: number) {
  const chosen = scores.filter((_, i) => truth[i] === kind);
  return chosen.filter((score) => score >= threshold).length / chosen.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleVariance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
