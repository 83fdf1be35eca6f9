// Takes thumbnails of images: area averages of mean 0 and length 1, so that a product of two is their correlation.
import { featuresOf } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";
import type { ThumbnailPlan } from "./thumbnail.ts";

/** Reads an image's thumbnail: area averages, mean 0, length 1; all 0 where the image is of one intensity. */
export function createPhotographer(plan: ThumbnailPlan) {
  const { sizes, grid, cells } = plan;
  const steps = sizes.map((size, axis) => (size === grid[axis] ? null : averages(size, grid[axis])));
  const image = new Float32Array(featuresOf({ shape: sizes }));
  const pieces = [new Float64Array(image.length), new Float64Array(image.length)];

  return function photograph(dataset: Dataset, index: number, into: Float32Array, offset: number): void {
    dataset.read(index, image, 0);
    let from = pieces[0];
    let to = pieces[1];
    from.set(image);
    let outer = 1;
    let inner = image.length;
    steps.forEach((step, axis) => {
      inner /= sizes[axis];
      if (step) {
        averageAxis(to, from, step, outer, sizes[axis], grid[axis], inner);
        [from, to] = [to, from];
      }
      outer *= grid[axis];
    });
    normalise(from, cells, into, offset);
  };
}

/** What each cell of an axis covers: from which element on, and each element's share. */
interface Averages {
  readonly first: Int32Array;
  readonly shares: readonly Float64Array[];
}

function averages(size: number, cells: number): Averages {
  const first = Int32Array.from({ length: cells }, (_, cell) => Math.floor((cell * size) / cells));
  const shares = Array.from({ length: cells }, (_, cell) => {
    const [begin, end] = [(cell * size) / cells, ((cell + 1) * size) / cells];
    const covered = Math.min(size, Math.ceil(end - 1e-9)) - first[cell];
    return Float64Array.from({ length: covered }, (_, i) => {
      const element = first[cell] + i;
      return (Math.min(end, element + 1) - Math.max(begin, element)) / (end - begin);
    });
  });
  return { first, shares };
}

/** to (outer, cells, inner) from (outer, size, inner). */
function averageAxis(
  to: Float64Array,
  from: Float64Array,
  { first, shares }: Averages,
  outer: number,
  size: number,
  cells: number,
  inner: number,
): void {
  for (let o = 0; o < outer; o++) {
    for (let cell = 0; cell < cells; cell++) {
      const target = (o * cells + cell) * inner;
      const source = (o * size + first[cell]) * inner;
      const own = shares[cell];
      for (let i = 0; i < inner; i++) to[target + i] = own[0] * from[source + i];
      for (let element = 1; element < own.length; element++) {
        const share = own[element];
        const row = source + element * inner;
        for (let i = 0; i < inner; i++) to[target + i] += share * from[row + i];
      }
    }
  }
}

function normalise(values: Float64Array, cells: number, into: Float32Array, offset: number): void {
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < cells; i++) {
    sum += values[i];
    largest = Math.max(largest, Math.abs(values[i]));
  }
  const mean = sum / cells;
  let squares = 0;
  for (let i = 0; i < cells; i++) squares += (values[i] - mean) * (values[i] - mean);
  // Rounding alone leaves something of an image that is all alike.
  const length = Math.sqrt(squares);
  const factor = length > 1e-6 * largest * Math.sqrt(cells) ? 1 / length : 0;
  for (let i = 0; i < cells; i++) into[offset + i] = (values[i] - mean) * factor;
}

/** The coarse picture of a thumbnail: sums of blocks over the root of their size, so that no distance grows. */
export function coarsen(plan: ThumbnailPlan, thumbnail: Float32Array, offset: number, into: Float32Array, at: number) {
  const { cells, coarseCells, coarseOf } = plan;
  into.fill(0, at, at + coarseCells);
  for (let i = 0; i < cells; i++) into[at + coarseOf[i]] += thumbnail[offset + i];
  const factor = 1 / Math.sqrt(cells / coarseCells);
  for (let i = 0; i < coarseCells; i++) into[at + i] *= factor;
}
