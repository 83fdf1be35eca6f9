// Naive float64 twins of batch and layer normalisation, forward from the definitions and backward by the chain rule as it
// stands: dx_i = sum over j of dy_j dy_j/dx_i.

export interface Normalized {
  readonly y: Float64Array;
  /** Mean and variance (divided by n) of each column, or of each row. */
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Groups of places that are normalised together: by column, or by row. */
function groups(by: "column" | "row", rows: number, columns: number): number[][] {
  const [outer, inner] = by === "column" ? [columns, rows] : [rows, columns];
  return Array.from({ length: outer }, (_, i) =>
    Array.from({ length: inner }, (_, j) => (by === "column" ? j * columns + i : i * columns + j)),
  );
}

/** @param given means and variances in the stead of x's own. */
export function normalizeOracle(
  by: "column" | "row",
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  epsilon: number,
  given?: { readonly means: ArrayLike<number>; readonly variances: ArrayLike<number> },
): Normalized {
  const columns = gamma.length;
  const y = new Float64Array(x.length);
  const means: number[] = [];
  const variances: number[] = [];
  groups(by, x.length / columns, columns).forEach((places, g) => {
    const values = places.map((at) => x[at]);
    const centre = given ? given.means[g] : mean(values);
    const variance = given ? given.variances[g] : mean(values.map((value) => (value - centre) ** 2));
    means.push(centre);
    variances.push(variance);
    for (const at of places) {
      const column = at % columns;
      y[at] = (gamma[column] * (x[at] - centre)) / Math.sqrt(variance + epsilon) + beta[column];
    }
  });
  return { y, means, variances };
}

/** Gradients of sum dy y by x, gamma and beta: dy_j/dx_i = gamma_j (delta_ij - 1/n - xhat_i xhat_j / n) / deviation. */
export function normalizeGradientsOracle(
  by: "column" | "row",
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  dy: ArrayLike<number>,
  epsilon: number,
) {
  const columns = gamma.length;
  const dx = new Float64Array(x.length);
  const dGamma = new Float64Array(columns);
  const dBeta = new Float64Array(columns);
  for (const places of groups(by, x.length / columns, columns)) {
    const n = places.length;
    const values = places.map((at) => x[at]);
    const centre = mean(values);
    const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) + epsilon);
    const normal = values.map((value) => (value - centre) / deviation);
    places.forEach((at, i) => {
      places.forEach((other, j) => {
        const slope = (i === j ? 1 : 0) - 1 / n - (normal[i] * normal[j]) / n;
        dx[at] += (dy[other] * gamma[other % columns] * slope) / deviation;
      });
      dGamma[at % columns] += dy[at] * normal[i];
      dBeta[at % columns] += dy[at];
    });
  }
  return { dx, dGamma, dBeta };
}
