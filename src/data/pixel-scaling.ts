// What a normalization does to a pixel, as a shift and a factor.
import type { Normalization } from "./normalization.ts";

/** What normalization does to a pixel: (x - shift) factor. For pixelZScore both are by pixel, and null here. */
export function scalingOf(normalization: Normalization): { readonly shift: number; readonly factor: number } | null {
  switch (normalization.kind) {
    case "none":
      return { shift: 0, factor: 1 };
    case "zScore":
      return { shift: normalization.mean, factor: 1 / normalization.deviation };
    case "unit": {
      const { minimum, maximum } = normalization;
      return { shift: minimum, factor: maximum > minimum ? 1 / (maximum - minimum) : 1 };
    }
    case "pixelZScore":
      return null;
  }
}

/** Writes shift and factor of every pixel of pixelZScore; a pixel that never changes gets the factor 0. */
export function writePixelScaling(normalization: Normalization, shifts: Float64Array, factors: Float64Array): void {
  if (normalization.kind !== "pixelZScore") return;
  const { means, deviations } = normalization;
  for (let pixel = 0; pixel < means.length; pixel++) {
    shifts[pixel] = means[pixel];
    factors[pixel] = deviations[pixel] > 0 ? 1 / deviations[pixel] : 0;
  }
}
