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
