// Fills the regions of a batch: images scaled to float32, and what is true of them. Nothing here allocates.
import type { Dataset } from "./dataset.ts";
import { normalize } from "./normalization.ts";
import type { Normalization } from "./normalization.ts";

/** Images order[first .. first + rows], or first .. first + rows where there is no order. */
function indexAt(order: Int32Array | null, first: number, row: number): number {
  return order ? order[first + row] : first + row;
}

/** into: (rows, features) */
export function fillImages(
  dataset: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  normalization: Normalization,
  into: Float32Array,
  features: number,
): void {
  for (let row = 0; row < rows; row++) dataset.read(indexAt(order, first, row), into, row * features);
  normalize(normalization, into, 0, rows * features);
}

/** into: (rows) class indexes. @throws TypeError without labels. */
export function fillLabels(
  dataset: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  into: Int32Array,
): void {
  const { labels } = dataset;
  if (!labels) throw new TypeError("batch: expected a set with labels, got one without");
  for (let row = 0; row < rows; row++) into[row] = labels[indexAt(order, first, row)];
}

/** into: (rows, outputs), 1 at the label and 0 elsewhere; a single output is 1 for the second of two classes. */
export function fillOneHot(
  dataset: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  into: Float32Array,
  outputs: number,
): void {
  const { labels } = dataset;
  if (!labels) throw new TypeError("batch: expected a set with labels, got one without");
  into.fill(0, 0, rows * outputs);
  for (let row = 0; row < rows; row++) {
    const label = labels[indexAt(order, first, row)];
    if (outputs > 1) into[row * outputs + label] = 1;
    else into[row] = label;
  }
}

/** into: (rows, foreground classes, voxels), 1 where the voxel is of the class. `mask` holds one mask meanwhile. */
export function fillMasks(
  dataset: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  into: Float32Array,
  mask: Uint8Array,
): void {
  const channels = dataset.maskClasses.length;
  const voxels = dataset.maskLength;
  into.fill(0, 0, rows * channels * voxels);
  for (let row = 0; row < rows; row++) {
    dataset.readMask(indexAt(order, first, row), mask, 0);
    for (let voxel = 0; voxel < voxels; voxel++) {
      const actual = mask[voxel];
      if (actual > 0) into[(row * channels + actual - 1) * voxels + voxel] = 1;
    }
  }
}
