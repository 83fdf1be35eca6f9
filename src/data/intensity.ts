// An image's intensities changed voxel by voxel: windows, percentiles, ranges, z-scores. Results are float32 values.
import type { Image } from "./image.ts";
import { valuesOf } from "./image.ts";

/** The image with its values as pixels; one whose values they are already is copied. */
export function asValues(image: Image): Image & { readonly pixels: Float32Array } {
  const pixels = valuesOf(image, new Float32Array(image.pixels.length));
  return { ...image, pixels, rescale: { slope: 1, intercept: 0 }, frameRescales: null, modalityTable: null };
}

/** y = min(max((x - (centre - width / 2)) / width, 0), 1) */
export function windowed(image: Image, centre: number, width: number): Image {
  const low = centre - width / 2;
  return changed(image, (values) => {
    for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max((values[i] - low) / width, 0), 1);
  });
}

export function clippedToPercentiles(image: Image, low: number, high: number): Image {
  const ready = asValues(image);
  const sorted = ready.pixels.slice().sort();
  const [least, most] = [percentile(sorted, low), percentile(sorted, high)];
  const { pixels } = ready;
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(Math.max(pixels[i], least), most);
  return ready;
}

/** Linear between the neighbours of (n - 1) percent / 100, as numpy.percentile. */
function percentile(sorted: Float32Array, percent: number): number {
  const place = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** y = low + (high - low) (x - minimum) / (maximum - minimum) */
export function rescaledTo(image: Image, [low, high]: readonly [number, number]): Image {
  return changed(image, (values) => {
    let [minimum, maximum] = [Infinity, -Infinity];
    for (const value of values) {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    const factor = maximum > minimum ? (high - low) / (maximum - minimum) : 0;
    for (let i = 0; i < values.length; i++) values[i] = low + (values[i] - minimum) * factor;
  });
}

/** y = (x - mean) / deviation, the deviation over all n values */
export function standardized(image: Image): Image {
  return changed(image, (values) => {
    const first = values[0];
    let sum = 0;
    for (const value of values) sum += value;
    const mean = sum / values.length;
    let squares = 0;
    for (const value of values) squares += (value - mean) * (value - mean);
    // Not by the deviation: rounding of the mean leaves one that is tiny, but not 0, where all values are alike.
    const factor = values.every((value) => value === first) ? 0 : 1 / Math.sqrt(squares / values.length);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] - mean) * factor;
  });
}

/** Values on another scale: the file's windows are of the old one. */
function changed(image: Image, change: (values: Float32Array) => void): Image {
  const ready = asValues(image);
  change(ready.pixels);
  return { ...ready, windows: [] };
}
