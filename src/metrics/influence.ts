// How sure an interval can be that a few large units decide: from how far each unit moves the figure.

export interface Influence {
  /** Degrees of freedom for Student's quantile; as many as units less one where all say as much. */
  readonly freedom: number;
  /** A sixth of the skewness, for BCa: `sum e^3 / (6 (sum e^2)^(3/2))` (Efron 1987). */
  readonly acceleration: number;
}

/** With fewer, Student's quantile says nothing. */
const fewest = 2;

/**
 * With e what a unit moves a figure by, s how large it is, and n the units that have a size, the degrees of freedom of
 * `sum e^2` are twice its square over its variance (Satterthwaite 1946), less one for the figure. The smaller of two, as the
 * variance is that of normal e of deviations s, or that of the squares seen:
 *
 *     (sum s^2)^2 / sum s^4 - 1          2 (sum e^2)^2 / (sum e^4 - (sum e^2)^2 / n) - 1
 */
export function influenceOf(moves: ArrayLike<number>, sizes: ArrayLike<number>): Influence {
  let count = 0;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  // In parts of the largest, so that no power falls below the smallest number.
  const farthest = largestOf(moves);
  for (let u = 0; u < moves.length; u++) {
    if (!(sizes[u] > 0)) continue;
    count++;
    const move = farthest > 0 ? moves[u] / farthest : 0;
    const square = move * move;
    squares += square;
    cubes += square * move;
    fourths += square * square;
  }
  const variance = fourths - (squares * squares) / count;
  const bySquares = variance > 0 ? (2 * squares * squares) / variance - 1 : Infinity;
  return {
    freedom: Math.max(fewest, Math.min(freedomOfSizes(sizes), bySquares)),
    acceleration: squares > 0 ? cubes / (6 * squares * Math.sqrt(squares)) : 0,
  };
}

/** The first of both, which needs no figure: n - 1 of units alike (Bell & McCaffrey 2002, of clusters); at least 2. */
export function freedomOfSizes(sizes: ArrayLike<number>): number {
  const largest = largestOf(sizes);
  let squares = 0;
  let fourths = 0;
  for (let u = 0; u < sizes.length; u++) {
    if (!(sizes[u] > 0)) continue;
    const square = (sizes[u] / largest) * (sizes[u] / largest);
    squares += square;
    fourths += square * square;
  }
  return fourths > 0 ? Math.max(fewest, (squares * squares) / fourths - 1) : fewest;
}

function largestOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let u = 0; u < values.length; u++) most = Math.max(most, Math.abs(values[u]));
  return most;
}
