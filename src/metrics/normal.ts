// Tails of the standard normal distribution, for p-values.
import { exp } from "../elementary.ts";

/** Standard normal quantile of 0.975. */
export const z = 1.959963984540054;

/**
 * How often a standard normal draw is at least |z| away from 0: `erfc(|z| / sqrt 2)`, to 1e-13 relatively. By its series
 * below 2.5 and by Lentz's continued fraction above (Abramowitz & Stegun 1964, 26.2.11 and 26.2.14).
 */
export function twoSidedTail(z: number): number {
  const x = Math.abs(z);
  const density = 0.3989422804014327 * exp(-(x * x) / 2);
  if (x < 2.5) {
    // Phi(x) - 1/2 = density * (x + x^3 / 3 + x^5 / (3 * 5) + ...)
    let term = x;
    let sum = x;
    for (let k = 3; term > 1e-18 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return Math.max(0, 1 - 2 * density * sum);
  }
  // 1 - Phi(x) = density / (x + 1 / (x + 2 / (x + 3 / (x + ...)))), from the inside.
  let fraction = x;
  for (let k = 200; k >= 1; k--) fraction = x + k / fraction;
  return (2 * density) / fraction;
}

/** Phi(x), the standard normal distribution. */
export function normalShare(x: number): number {
  const tail = twoSidedTail(x) / 2;
  return x < 0 ? tail : 1 - tail;
}

/** The x with Phi(x) = share, for 0 < share < 1, to 1e-12; by halving. */
export function normalQuantile(share: number): number {
  let low = -9;
  let high = 9;
  for (let turn = 0; turn < 64; turn++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Student's t quantile of 0.975, `z + (z^3 + z) / 4v + (5 z^5 + 16 z^3 + 3 z) / 96 v^2 + ...` (Fisher & Cornish 1960;
 * Abramowitz & Stegun 26.7.5), to 1 % from 3 degrees of freedom on, to 1e-4 from 10 on.
 */
export function studentQuantile(freedom: number): number {
  const g1 = (z * z * z + z) / 4;
  const square = z * z;
  const g2 = (z * (5 * square * square + 16 * square + 3)) / 96;
  const g3 = (z * (3 * square * square * square + 19 * square * square + 17 * square - 15)) / 384;
  return z + g1 / freedom + g2 / (freedom * freedom) + g3 / (freedom * freedom * freedom);
}
