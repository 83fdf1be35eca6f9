// Quantiles of numbers in order.

/** Linearly interpolated. */
export function quantile(sorted: Float64Array, share: number): number {
  const position = Math.max(0, Math.min(1, share)) * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
