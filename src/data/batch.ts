// Fills the regions of a batch: images scaled to float32, and what is true of them. Nothing here allocates.
import type { Address, Kernels } from "../wasm/kernels.ts";
import type { ByteRegion, Dataset } from "./dataset.ts";
import { scalingOf } from "./normalization.ts";
import type { Normalization } from "./normalization.ts";

/** Images order[first .. first + rows], or first .. first + rows where there is no order. */
export function indexAt(order: Int32Array | null, first: number, row: number): number {
  return order ? order[first + row] : first + row;
}

/** What moves and changes the images of an epoch, and their masks with them. */
export interface Augmenting {
  /**
   * Draws from now on for this epoch.
   * @param draws by place in the epoch's order, which draw is taken: an image's index, for its second time in an epoch
   * another one; null where all are indexes.
   */
  begin(epoch: number, draws: Int32Array | null): void;
  /** Augments the batch, which holds the images order[first .. first + rows]. A promise where other threads are waited for. */
  images(set: Dataset, order: Int32Array | null, first: number, rows: number): Promise<void> | undefined;
  /** Writes the mask of the batch's image `row`, moved as the image was; right after images(). */
  mask(row: number, into: Uint8Array): void;
}

/** Where images are put together. */
export interface ImageRegions {
  /** (batch, features) */
  readonly input: Address;
  readonly inputFloats: Float32Array;
  /** (batch, features) as they are stored, of sets of bytes. */
  readonly pixels: Address;
  readonly pixelBytes: ByteRegion;
  /** Each (features) of float64, room for whole vectors: what pixelZScore does to each pixel. */
  readonly shifts: Address;
  readonly factors: Address;
}

/** input: (rows, features), as the set has them. */
export function readImages(
  kernels: Kernels,
  at: ImageRegions,
  dataset: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  features: number,
): void {
  if (dataset.readBytes) {
    for (let row = 0; row < rows; row++) dataset.readBytes(indexAt(order, first, row), at.pixelBytes, row * features);
    kernels.bytesToFloats(at.input, at.pixels, rows * features);
  } else {
    for (let row = 0; row < rows; row++) dataset.read(indexAt(order, first, row), at.inputFloats, row * features);
  }
}

/** input: (rows, features), normalized in place. */
export function normalizeImages(
  kernels: Kernels,
  at: ImageRegions,
  rows: number,
  normalization: Normalization,
  features: number,
): void {
  if (normalization.kind === "none") return;
  const scaling = scalingOf(normalization);
  if (scaling) kernels.shiftScale(at.input, at.input, rows * features, scaling.shift, scaling.factor);
  else kernels.shiftScaleColumns(at.input, at.input, at.shifts, at.factors, rows, features);
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
  augmenting: Augmenting | null = null,
): void {
  const channels = dataset.maskClasses.length;
  const voxels = dataset.maskLength;
  into.fill(0, 0, rows * channels * voxels);
  for (let row = 0; row < rows; row++) {
    if (augmenting) augmenting.mask(row, mask);
    else dataset.readMask(indexAt(order, first, row), mask, 0);
    for (let voxel = 0; voxel < voxels; voxel++) {
      const actual = mask[voxel];
      if (actual > 0) into[(row * channels + actual - 1) * voxels + voxel] = 1;
    }
  }
}

/** into: (rows), what each image counts; 1 where the set has no weights. */
export function fillWeights(
  dataset: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  into: Float32Array,
): void {
  const { weights } = dataset;
  for (let row = 0; row < rows; row++) into[row] = weights ? weights[indexAt(order, first, row)] : 1;
}
