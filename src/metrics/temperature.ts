// The temperature where a log loss is least, from its slope in 1/T: it is convex there, so halving finds it.

/** Temperatures are looked for between 1/20 and 20. */
const most = 20;

/** Halvings of the interval that holds 1/T: float64 has no more bits. */
const halvings = 60;

/** @param slope of the log loss at 1/T. @param isAllRight whether nothing speaks against ever smaller temperatures: then not below 1. */
export function temperatureOf(slope: (inverse: number) => number, isAllRight: boolean): number {
  let low = 1 / most;
  let high = isAllRight ? 1 : most;
  if (slope(high) <= 0) return 1 / high;
  if (slope(low) >= 0) return 1 / low;
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return 2 / (low + high);
}
