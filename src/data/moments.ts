// Sums over the pixels of several sets: from them the statistics of any of the sets together.
import type { Dataset } from "./dataset.ts";
import { featuresOf } from "./dataset.ts";

/** Images of more values have no sums pixel by pixel: 16 bytes for each value of each set. */
const mostFeatures = 262144;

/** What is summed over one set; float64. */
export interface Moments {
  readonly images: number;
  readonly features: number;
  readonly sum: number;
  readonly squares: number;
  readonly minimum: number;
  readonly maximum: number;
  /** By pixel; empty where images are too large. */
  readonly sums: Float64Array;
  readonly squaresBy: Float64Array;
}

export interface Summing {
  /** Adds an image of the set of this number. */
  readonly add: (set: number, pixels: Float32Array) => void;
  /** By set. */
  moments(): readonly Moments[];
}

export function createSums(sets: readonly Dataset[]): Summing {
  const all = sets.map((set) => {
    const features = featuresOf(set);
    const kept = features > mostFeatures ? 0 : features;
    const [sums, squaresBy] = [new Float64Array(kept), new Float64Array(kept)];
    return { images: 0, features, sum: 0, squares: 0, minimum: Infinity, maximum: -Infinity, sums, squaresBy };
  });
  return {
    add(set, pixels) {
      const into = all[set];
      const { sums, squaresBy } = into;
      const isKept = sums.length > 0;
      let { sum, squares, minimum, maximum } = into;
      for (let i = 0; i < pixels.length; i++) {
        const value = pixels[i];
        const square = value * value;
        sum += value;
        squares += square;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
        if (!isKept) continue;
        sums[i] += value;
        squaresBy[i] += square;
      }
      Object.assign(into, { sum, squares, minimum, maximum });
      into.images++;
    },
    moments: () => all,
  };
}

/** The sums of sets of one shape together. */
export function together(parts: readonly Moments[]): Moments {
  const [first, ...rest] = parts;
  return rest.reduce(
    (a, b) => ({
      images: a.images + b.images,
      features: a.features,
      sum: a.sum + b.sum,
      squares: a.squares + b.squares,
      minimum: Math.min(a.minimum, b.minimum),
      maximum: Math.max(a.maximum, b.maximum),
      sums: a.sums.map((value, i) => value + b.sums[i]),
      squaresBy: a.squaresBy.map((value, i) => value + b.squaresBy[i]),
    }),
    first,
  );
}
