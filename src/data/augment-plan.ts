// What augmenting images of one shape takes: their axes, the deformation's grid, and memory by regions, known beforehand.
import { layOut } from "../wasm/layout.ts";
import type { Layout } from "../wasm/layout.ts";
import { fitAugmentations } from "./augment-fit.ts";
import type { AugmentFit } from "./augment-fit.ts";
import type { ImageAugmentation, ResamplingChoice } from "./augment.ts";
import { resampling } from "./augment.ts";

/** A smooth field's control points along x, y, z: cells + 3, or 1 where an image has one voxel. */
export interface ControlGrid {
  readonly cells: readonly number[];
  readonly points: readonly number[];
  /** Points along x, whole vectors. */
  readonly columns: number;
  /** Largest displacement along x, y, z in voxels. */
  readonly amplitude: readonly number[];
}

export interface AugmentPlan {
  readonly list: readonly ImageAugmentation[];
  readonly choice: ResamplingChoice;
  /** Along x, y, z. */
  readonly sizes: readonly number[];
  /** Millimetres along x, y, z; 1 where it is not known. */
  readonly spacing: readonly number[];
  /** 1 for rows, 2 for pictures, 3 for volumes. */
  readonly axes: number;
  readonly colours: number;
  /** Null when the list has no deformation; its place in the list otherwise. */
  readonly grid: ControlGrid | null;
  readonly deformPlace: number;
  /** Rows that are resampled at a time, so that their points stay in the cache. */
  readonly rowsAtOnce: number;
  /** Bytes of one colour's pairs. */
  readonly pairBytes: number;
  readonly layout: Layout;
}

/** Displacements so far below the bounds of Choi & Lee (2000), 1 / 2.046 and 1 / 2.479, that float32 does not reach them. */
const mostInPictures = 0.48;
const mostInVolumes = 0.4;

/** Vectors of points resampled at a time. */
const vectorsAtOnce = 320;

/**
 * @param shape of one image, slowest index first, colours last.
 * @param spacing millimetres along x, y, z (or x, y); null where it is not known.
 * @param coloured whether the last axis holds colours; by its length when left out.
 * @throws RangeError for a list that images of this shape cannot have.
 */
export function planAugmentation(
  list: readonly ImageAugmentation[],
  shape: readonly number[],
  spacing: readonly number[] | null = null,
  coloured?: boolean,
): AugmentPlan {
  return planFitted(fitAugmentations(list, shape, spacing, coloured));
}

/** The same for a list that images can have. */
export function planFitted({ list, spacing, sizes, axes, colours, slices }: AugmentFit): AugmentPlan {
  const [width, height, depth] = sizes;
  const vectors = Math.ceil(width / 4);
  const padded = (slices * (height + 1) + 1) * (width + 1) + 1;
  const pairBytes = 16 * Math.ceil(padded / 2);
  const rowsAtOnce = Math.min(depth * height, Math.max(1, Math.floor(vectorsAtOnce / vectors)));
  const deformPlace = list.findIndex(({ kind }) => kind === "deform");
  const grid = deformPlace < 0 ? null : gridOf(list[deformPlace], sizes, axes);
  const radius = list.reduce((most, one) => (one.kind === "blur" ? Math.max(most, radiusOf(one.sigma, one.millimetres ? spacing : null)) : most), 0); // prettier-ignore
  const features = width * height * depth * colours;
  // Blurring along an axis puts its margin before and behind every line.
  const blurred = sizes.map(
    (size, axis) => (size + 2 * radius) * sizes.slice(0, axis).reduce((a, b) => a * b, colours) + 3,
  );
  const layout = layOut([
    ["map", 96],
    ["matrix", 72],
    ["coefficients", 160],
    ["range", 16],
    ["noise", 64],
    ["weights", 4 * (2 * radius + 1)],
    ["spare", 4 * Math.max(features, radius > 0 ? Math.max(...blurred) : 0)],
    ["pairs", pairBytes * colours],
    ["points", 64 * rowsAtOnce * vectors],
    ["labels", width * height * depth],
    ["padded labels", padded],
    ["moved labels", width * height * depth],
    ["field", grid ? 48 * rowsAtOnce * vectors : 0],
    ["control draws", grid ? 6 * grid.columns * grid.points[1] * grid.points[2] : 0],
    ["control", grid ? 12 * grid.columns * grid.points[1] * grid.points[2] : 0],
    ["depth table", grid ? 32 * depth : 0],
    ["height table", grid ? 32 * height : 0],
    ["width table", grid ? 128 * vectors : 0],
    ["spline rows", grid ? 12 * grid.columns * (grid.points[1] + 1) : 0],
  ]);
  const choice = list.find((one): one is ResamplingChoice => one.kind === "resampling") ?? resampling();
  const known = [0, 1, 2].map((axis) => spacing?.[axis] ?? 1);
  return { list, choice, sizes, spacing: known, axes, colours, grid, deformPlace, rowsAtOnce, pairBytes, layout };
}

/** Voxels that a Gaussian of this deviation reaches: 4 deviations, as SciPy has it. */
export function radiusOf(sigma: number, spacing: readonly number[] | null): number {
  const finest = spacing ? Math.min(...spacing) : 1;
  return Math.floor((4 * sigma) / finest + 0.5);
}

function gridOf(deform: ImageAugmentation, sizes: readonly number[], axes: number): ControlGrid | null {
  if (deform.kind !== "deform") return null;
  // A cell spans at least three voxels, so that voxels see its bends; one voxel cannot be bent.
  const cells = sizes.map((size) => Math.min(deform.cells, size - 1, Math.max(1, Math.floor((size - 1) / 3))));
  const points = cells.map((count) => (count > 0 ? count + 3 : 1));
  const magnitude = Math.min(deform.magnitude, axes > 2 ? mostInVolumes : mostInPictures);
  const amplitude = cells.map((count, axis) => (count > 0 ? (magnitude * (sizes[axis] - 1)) / count : 0));
  return { cells, points, columns: 4 * Math.ceil(points[0] / 4), amplitude };
}
