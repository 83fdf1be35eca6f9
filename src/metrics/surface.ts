// How far the surfaces of two masks are apart: Hausdorff distance, its 95th percentile, mean surface distance.
import { squaredDistances } from "./distance-transform.ts";
import { checkSameLength } from "./measure.ts";
import type { Measure } from "./measure.ts";

/** Distances in the unit of the spacing. */
export interface SurfaceDistances {
  /** The largest distance of a point of one surface to the other (Hausdorff 1914). */
  readonly hausdorff: Measure;
  /** The larger of both 95th percentiles (linearly interpolated) of these distances. */
  readonly hausdorff95: Measure;
  /** The mean of both means of these distances. */
  readonly meanSurfaceDistance: Measure;
}

/**
 * Distances between the surfaces of one class of two masks. The surface is every voxel of the class that has a face on
 * another class or on the edge of the image, taken at its centre. Exact (Felzenszwalb & Huttenlocher 2012). With d(a) the
 * distance of a surface voxel to the nearest of the other mask: `hausdorff` is the larger of both maxima, `hausdorff95` the
 * larger of both 95th percentiles, `meanSurfaceDistance` the mean of both means. MONAI's average surface distance is the
 * pooled mean of both when `symmetric`.
 *
 * @param truth class of each voxel, row-major
 * @param predicted the same of the prediction
 * @param shape of the masks, slowest axis first
 * @param spacing distance of neighbours along each of these axes; 1 each when left out
 * @param value the class; 1
 * @returns null with a reason when one of the masks lacks the class
 * @throws RangeError when lengths or axes disagree, or a spacing is not above 0
 * @example
 * ```ts
 * import { surfaceDistances } from "voxgrad";
 *
 * const [truth, predicted] = [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]];
 * console.log(surfaceDistances(truth, predicted, [1, 5], [1, 0.5]).hausdorff.value); // 1: two voxels of half a millimetre
 * ```
 */
export function surfaceDistances(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  shape: readonly number[],
  spacing: readonly number[] = shape.map(() => 1),
  value = 1,
): SurfaceDistances {
  const voxels = shape.reduce((product, size) => product * size, 1);
  checkSameLength("predicted", truth.length, predicted.length);
  if (voxels !== truth.length)
    throw new RangeError(`shape: expected ${truth.length} voxels, one for each of the truth, got ${shape.join("x")}.`);
  if (spacing.length !== shape.length || !spacing.every((one) => one > 0 && Number.isFinite(one)))
    throw new RangeError(
      `spacing: expected a number above 0 for each of ${shape.length} axes, got [${spacing.join(", ")}].`,
    );
  const box = boxOf([truth, predicted], shape, value);
  const there = box && cropped(truth, shape, box, value);
  const said = box && cropped(predicted, shape, box, value);
  const missing = missingFrom(there, said);
  if (missing || !there || !said) return nowhere(missing ?? "neither the truth nor the prediction has the class");
  const sizes = box.map(([low, high]) => high - low);
  const surfaces = [surfaceOf(there, sizes), surfaceOf(said, sizes)];
  const [toTruth, toPredicted] = surfaces.map((surface) => squaredDistances(surface, sizes, spacing));
  const directed = [distancesAt(surfaces[0], toPredicted), distancesAt(surfaces[1], toTruth)];
  const larger = (of: (sorted: Float64Array) => number) => ({ value: Math.max(of(directed[0]), of(directed[1])) });
  return {
    hausdorff: larger((sorted) => sorted[sorted.length - 1]),
    hausdorff95: larger((sorted) => percentile(sorted, 0.95)),
    meanSurfaceDistance: { value: (mean(directed[0]) + mean(directed[1])) / 2 },
  };
}

type Box = readonly (readonly [low: number, high: number])[];

/** The smallest box with all voxels of the class in it: no surface lies beyond. Null without any. */
function boxOf(masks: readonly ArrayLike<number>[], shape: readonly number[], value: number): Box | null {
  const low = shape.map(() => Infinity);
  const high = shape.map(() => -1);
  const width = shape[shape.length - 1];
  for (const mask of masks) {
    for (let row = 0; row < mask.length; row += width) {
      let first = 0;
      while (first < width && mask[row + first] !== value) first++;
      if (first === width) continue;
      let last = width - 1;
      while (mask[row + last] !== value) last--;
      widen(low, high, shape.length - 1, first, last);
      for (let axis = shape.length - 2, index = row / width; axis >= 0; axis--) {
        const place = index % shape[axis];
        index = (index - place) / shape[axis];
        widen(low, high, axis, place, place);
      }
    }
  }
  return high[0] < 0 ? null : low.map((begin, axis) => [begin, high[axis] + 1] as const);
}

function widen(low: number[], high: number[], axis: number, first: number, last: number): void {
  if (first < low[axis]) low[axis] = first;
  if (last > high[axis]) high[axis] = last;
}

/** 1 where the mask has the class, within the box; null where it has none. */
function cropped(mask: ArrayLike<number>, shape: readonly number[], box: Box, value: number): Uint8Array | null {
  const sizes = box.map(([low, high]) => high - low);
  const part = new Uint8Array(sizes.reduce((product, size) => product * size, 1));
  const width = sizes[sizes.length - 1];
  let has = false;
  for (let at = 0; at < part.length; at += width) {
    let source = 0;
    for (let axis = 0, rest = at, left = part.length; axis < sizes.length; axis++) {
      left /= sizes[axis];
      const place = Math.floor(rest / left);
      rest -= place * left;
      source = source * shape[axis] + box[axis][0] + place;
    }
    for (let i = 0; i < width; i++) {
      if (mask[source + i] !== value) continue;
      part[at + i] = 1;
      has = true;
    }
  }
  return has ? part : null;
}

function missingFrom(truth: Uint8Array | null, predicted: Uint8Array | null): string | null {
  if (!truth && !predicted) return "neither the truth nor the prediction has the class";
  if (!truth) return "the truth has none of the class";
  return predicted ? null : "the prediction has none of the class";
}

function nowhere(reason: string): SurfaceDistances {
  const none = { value: null, reason };
  return { hausdorff: none, hausdorff95: none, meanSurfaceDistance: none };
}

/** Voxels of the mask with a face on something else, or on the edge: what an erosion by faces takes away. */
function surfaceOf(mask: Uint8Array, shape: readonly number[]): Uint8Array {
  const surface = new Uint8Array(mask.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]) {
    const block = stride * shape[axis];
    for (let start = 0; start < mask.length; start += block) {
      for (let row = start; row < start + block; row += stride) {
        const isEdge = row === start || row === start + block - stride;
        for (let i = row; i < row + stride; i++)
          if (mask[i] && (isEdge || !mask[i - stride] || !mask[i + stride])) surface[i] = 1;
      }
    }
  }
  return surface;
}

/** The distances at the voxels of a surface, ascending. */
function distancesAt(surface: Uint8Array, squares: Float64Array): Float64Array {
  let count = 0;
  for (const one of surface) count += one;
  const distances = new Float64Array(count);
  for (let i = 0, at = 0; i < surface.length; i++) if (surface[i]) distances[at++] = Math.sqrt(squares[i]);
  return distances.sort();
}

function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
