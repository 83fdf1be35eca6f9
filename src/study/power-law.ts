// The curve that errors follow as data grows: a floor, and a part that falls as a power of the number of images.
import { pow } from "../elementary.ts";
import { stream } from "../random.ts";

/** error = floor + factor * images^-exponent (Cortes et al. 1994; Hestness et al. 2017) */
export interface PowerLaw {
  readonly floor: number;
  readonly factor: number;
  readonly exponent: number;
}

/** A mean of errors with so many images, and its standard error. */
export interface CurvePoint {
  readonly images: number;
  readonly error: number;
  readonly standardError: number;
}

/** Exponents that are tried; those that are found in practice lie below 1. */
const exponents = Array.from({ length: 40 }, (_, i) => 0.05 * (i + 1));

/**
 * Least squares over floor and factor, both at least 0, for each exponent; the exponent of the least squares.
 * @param points at least 2, of different numbers of images
 */
export function fitPowerLaw(points: readonly Pick<CurvePoint, "images" | "error">[]): PowerLaw {
  let best: PowerLaw & { readonly squares: number } = { floor: 0, factor: 0, exponent: 0, squares: Infinity };
  for (const exponent of exponents) {
    const falls = points.map(({ images }) => pow(images, -exponent));
    for (const law of lawsOf(
      points.map(({ error }) => error),
      falls,
      exponent,
    )) {
      const squares = points.reduce((sum, { error }, i) => {
        const miss = error - law.floor - law.factor * falls[i];
        return sum + miss * miss;
      }, 0);
      if (squares < best.squares) best = { ...law, squares };
    }
  }
  const { floor, factor, exponent } = best;
  return { floor, factor, exponent };
}

/** The line through (falls, errors), and those at the edges of what is allowed: without a floor, without a fall. */
function lawsOf(errors: readonly number[], falls: readonly number[], exponent: number): readonly PowerLaw[] {
  const n = errors.length;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / n;
  const [error, fall] = [mean(errors), mean(falls)];
  let both = 0;
  let squares = 0;
  let products = 0;
  let raw = 0;
  for (let i = 0; i < n; i++) {
    both += (falls[i] - fall) * (errors[i] - error);
    squares += (falls[i] - fall) * (falls[i] - fall);
    products += falls[i] * errors[i];
    raw += falls[i] * falls[i];
  }
  const factor = squares > 0 ? both / squares : 0;
  const floor = error - factor * fall;
  const edges = [
    { floor: Math.max(0, error), factor: 0, exponent },
    { floor: 0, factor: Math.max(0, products / raw), exponent },
  ];
  return factor >= 0 && floor >= 0 ? [{ floor, factor, exponent }, ...edges] : edges;
}

export function errorAt({ floor, factor, exponent }: PowerLaw, images: number): number {
  return floor + factor * pow(images, -exponent);
}

/**
 * The error with so many images, and a 95 % interval: between the quantiles 0.025 and 0.975 of laws fitted to the points
 * with noise of their standard errors added.
 */
export function extrapolate(
  points: readonly CurvePoint[],
  images: number,
  seed: number,
): { readonly error: number; readonly interval: readonly [number, number]; readonly law: PowerLaw } {
  const law = fitPowerLaw(points);
  const random = stream(seed, "bootstrap");
  const draws = 400;
  const drawn = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const noisy = points.map(({ images, error, standardError }, i) => ({
      images,
      error: Math.max(0, error + standardError * random.normal(draw * points.length + i)),
    }));
    drawn[draw] = errorAt(fitPowerLaw(noisy), images);
  }
  drawn.sort();
  return { error: errorAt(law, images), interval: [drawn[0.025 * draws], drawn[0.975 * draws - 1]], law };
}
