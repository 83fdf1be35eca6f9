// The mean of what was drawn and its standard error, which knows that the items of a group go together.

/** A mean over items counted as often as given, and its standard error; NaN where nothing that has a value is counted. */
export interface UnitMean {
  readonly mean: number;
  readonly error: number;
}

/**
 * A function of how often each unit (item, or group of items) counts, whose result is used again. With S the sum of a unit's
 * weighted values, W of its weights, m = sum S / sum W and n the units that have a weight, the standard error is
 * `sqrt(n / (n - 1) sum (S - m W)^2) / sum W`: that of a mean for single items, of a ratio estimator for groups (Cochran 1977).
 *
 * @param values one an item, NaN where it has none
 * @param weights what each counts; all count 1 when left out
 * @param unitOf the unit of each item; null when each is one
 */
export function unitMeans(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  unitOf: Int32Array | null,
): (unitCounts: ArrayLike<number>) => UnitMean {
  const { middle, apart, weight } = unitSums(values, weights, unitOf);
  const units = apart.length;
  const squares = apart.map((value) => value * value);
  const products = apart.map((value, u) => value * weight[u]);
  const weightSquares = weight.map((value) => value * value);
  const has = weight.map((value) => (value > 0 ? 1 : 0));
  const isPlain = weight.every((value) => value === 1);
  const found = { mean: NaN, error: NaN };
  return (unitCounts) => {
    let total = 0;
    let moved = 0;
    let square = 0;
    let counted = 0;
    let product = 0;
    let weightSquare = 0;
    for (let u = 0; u < units; u++) {
      const count = unitCounts[u];
      moved += count * apart[u];
      square += count * squares[u];
      if (isPlain) {
        counted += count;
        continue;
      }
      total += count * weight[u];
      product += count * products[u];
      weightSquare += count * weightSquares[u];
      counted += count * has[u];
    }
    if (isPlain) {
      total = counted;
      product = moved;
      weightSquare = counted;
    }
    const shift = moved / total;
    const spread = square - 2 * shift * product + shift * shift * weightSquare;
    found.mean = middle + shift;
    found.error = Math.sqrt(((spread > 1e-12 * square ? spread : 0) * counted) / (counted - 1)) / total;
    return found;
  };
}

/** Of each unit: its weight, and how far the sum of its weighted values is from what their mean over all makes expect. */
export interface UnitSums {
  readonly middle: number;
  readonly apart: Float64Array;
  readonly weight: Float64Array;
}

/** Arguments as of unitMeans. */
export function unitSums(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  unitOf: Int32Array | null,
): UnitSums {
  const units = unitOf ? unitOf.reduce((most, unit) => Math.max(most, unit + 1), 0) : values.length;
  const apart = new Float64Array(units);
  const weight = new Float64Array(units);
  let sum = 0;
  let all = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const own = weights ? weights[i] : 1;
    weight[unitOf ? unitOf[i] : i] += own;
    sum += own * values[i];
    all += own;
  }
  // Values are taken from their mean on, so that the sums of squares keep their digits.
  const middle = all > 0 ? sum / all : 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) apart[unitOf ? unitOf[i] : i] += (weights ? weights[i] : 1) * (values[i] - middle);
  }
  return { middle, apart, weight };
}
