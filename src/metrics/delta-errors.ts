// Standard errors of figures of summed cells, by the delta method.

/**
 * A function that gives, of units counted as often as given, the standard error of every figure of their summed cells: with x a
 * unit's cells and g the slopes of the figure at the sum, `sqrt(n / (n - 1) sum (g x)^2)`, for figures that stay the same when
 * all cells are multiplied (Cochran 1977, of the ratio; the slopes are central differences).
 *
 * @param units cells of each, already weighted
 * @param figures fills all figures of summed cells
 * @param length how many figures there are
 */
export function deltaErrors(
  units: readonly Float64Array[],
  figures: (cells: Float64Array, into: Float64Array) => void,
  length: number,
): (unitCounts: ArrayLike<number>, into: Float64Array, at: number) => void {
  const cells = units[0].length;
  const pairs = pairsOf(cells);
  const products = new Float64Array(units.length * pairs);
  units.forEach((own, u) => {
    let at = u * pairs;
    for (let a = 0; a < cells; a++) for (let b = a; b < cells; b++) products[at++] = own[a] * own[b];
  });
  const sums = new Float64Array(cells);
  const squares = new Float64Array(pairs);
  const above = new Float64Array(length);
  const below = new Float64Array(length);
  const slopes = Array.from({ length: cells }, () => new Float64Array(length));
  return (unitCounts, into, at) => {
    sums.fill(0);
    squares.fill(0);
    let counted = 0;
    for (let u = 0; u < units.length; u++) {
      const count = unitCounts[u];
      if (count === 0) continue;
      counted += count;
      for (let cell = 0; cell < cells; cell++) sums[cell] += count * units[u][cell];
      for (let pair = 0; pair < pairs; pair++) squares[pair] += count * products[u * pairs + pair];
    }
    const step = 1e-6 * sums.reduce((sum, cell) => sum + cell, 0);
    for (let cell = 0; cell < cells; cell++) {
      const own = sums[cell];
      sums[cell] = own + step;
      figures(sums, above);
      sums[cell] = own - step;
      figures(sums, below);
      sums[cell] = own;
      for (let k = 0; k < length; k++) slopes[cell][k] = (above[k] - below[k]) / (2 * step);
    }
    for (let k = 0; k < length; k++) {
      let variance = 0;
      let pair = 0;
      for (let a = 0; a < cells; a++) {
        for (let b = a; b < cells; b++) {
          // No unit has this cell: its slope may be undefined, and does not matter.
          const square = squares[pair++];
          if (square !== 0) variance += (a === b ? 1 : 2) * slopes[a][k] * slopes[b][k] * square;
        }
      }
      into[at + k] = Math.sqrt((Math.max(0, variance) * counted) / (counted - 1));
    }
  };
}

/** How many products of two of so many cells there are. */
export function pairsOf(cells: number): number {
  return (cells * (cells + 1)) / 2;
}
