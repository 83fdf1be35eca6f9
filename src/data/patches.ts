// Parts of images, as a plain value: how large they are, how far apart, how many of each image an epoch takes.
import type { Dataset } from "./dataset.ts";
import { featuresOf } from "./dataset.ts";
import { isColoured } from "./coloured.ts";

export interface PatchOptions {
  /** Voxels along each axis of space, slowest first: `[16, 32, 32]`; one number for all. Colours are kept whole. */
  readonly size: number | readonly number[];
  /** Voxels from one patch of the covering grid to the next, at most the size; half of it, rounded up, by default. */
  readonly stride?: number | readonly number[];
  /** Patches that an epoch of training draws of each image; 1 by default. */
  readonly perImage?: number;
  /**
   * The part of the training patches that have a random foreground voxel in their middle, as far as the image's edges
   * allow; the others lie anywhere. 0 by default. Only for sets with masks.
   */
  readonly foreground?: number;
}

/** PatchOptions with nothing left open. Plain: JSON keeps it. */
export type Patches = Required<PatchOptions>;

/**
 * Lets a network see parts of images instead of whole ones. Training draws patches at random, anew in every epoch;
 * validation, test and prediction lay a grid over each image that covers it, and average: the probabilities of all
 * patches for a class, those of the patches that cover a voxel for a mask. So figures are of images, never of patches.
 *
 * @throws RangeError when a size is no whole number of at least 1, a stride is not from 1 to the size, or the foreground
 * not from 0 to 1; in training, when the images are smaller than a patch or have other axes.
 * @example
 * ```ts
 * import { dense, network, patches, phantoms, predict, relu, study } from "voxgrad";
 *
 * const data = phantoms({ count: 60, seed: 7 }); // 10x10x10 voxels
 * const run = study({ data, seed: 7, task: "segmentation" });
 * const options = { patches: patches({ size: 6, perImage: 4, foreground: 0.5 }), epochs: 2 };
 * for await (const epoch of run.train(options)) console.log(epoch.validation.dice);
 * const said = await predict(await run.model(), data);
 * if (said.task === "segmentation") console.log(said.shape); // [ 10, 10, 10 ]: whole images
 * ```
 */
export function patches({ size, stride, perImage = 1, foreground = 0 }: PatchOptions): Patches {
  const checked = lengthsOf("size", size);
  const half = (length: number) => Math.ceil(length / 2);
  const step = stride === undefined ? each(checked, half) : lengthsOf("stride", stride);
  const [sizes, strides] = [checked, step].map((value) => (typeof value === "number" ? [value] : value));
  if (typeof checked !== "number" && typeof step !== "number" && checked.length !== step.length) {
    throw new RangeError(
      `patches: expected a stride for each of ${checked.length} axes, got ${step.length}. Give one number for all.`,
    );
  }
  const most = Math.max(sizes.length, strides.length);
  const at = (list: readonly number[], axis: number) => list[list.length === 1 ? 0 : axis];
  for (let axis = 0; axis < most; axis++) {
    if (at(strides, axis) <= at(sizes, axis)) continue;
    throw new RangeError(
      `patches: expected a stride of at most the size, got ${at(strides, axis)} for ${at(sizes, axis)}: ` +
        "what lies between two patches would never be seen. Lower the stride.",
    );
  }
  if (!Number.isSafeInteger(perImage) || perImage < 1) {
    throw new RangeError(`patches: expected perImage to be a whole number of at least 1, got ${perImage}`);
  }
  if (!(foreground >= 0 && foreground <= 1)) {
    throw new RangeError(`patches: expected foreground to be a part from 0 to 1, got ${foreground}`);
  }
  return Object.freeze({ size: checked, stride: step, perImage, foreground });
}

/** Patches as they lie in images of one shape. Voxels are numbered row-major, colours not counted. */
export interface PatchGeometry {
  /** The shape of one patch: its sizes, and the colours if there are any. */
  readonly shape: readonly number[];
  /** The image's sizes along the axes of space. */
  readonly axes: readonly number[];
  /** Values of a voxel: 1 without colours. */
  readonly colours: number;
  readonly imageVoxels: number;
  readonly patchVoxels: number;
  /** Voxels of a patch that lie one behind the other in the image as well: its rows. */
  readonly run: number;
  /** By row, how many voxels of the image lie between the patch's first and the row's. */
  readonly rows: Int32Array;
  /** The first voxel of each patch of the covering grid: from stride to stride, and the last one at the image's edge. */
  readonly corners: Int32Array;
}

/**
 * @param coloured whether the last axis holds colours.
 * @throws RangeError when the patches have other axes than the images, or are larger.
 */
export function patchGeometry(
  { size, stride }: Pick<Patches, "size" | "stride">,
  shape: readonly number[],
  coloured: boolean,
): PatchGeometry {
  const axes = coloured ? shape.slice(0, -1) : shape;
  const sizes = onAxes("size", size, axes, coloured);
  const strides = onAxes("stride", stride, axes, coloured);
  if (sizes.some((length, axis) => length > axes[axis])) {
    throw new RangeError(
      `patches: expected images of at least ${sizes.join("x")}, got ${axes.join("x")}. Take smaller patches, or fill the ` +
        "images up when they are read: centreCropOrPad({ size }).",
    );
  }
  const starts = sizes.map((length, axis) => {
    const last = axes[axis] - length;
    const count = Math.ceil(last / strides[axis]) + 1;
    return Array.from({ length: count }, (_, i) => Math.min(i * strides[axis], last));
  });
  const ranges = sizes.slice(0, -1).map((length) => Array.from({ length }, (_, i) => i));
  const colours = coloured ? shape[shape.length - 1] : 1;
  return {
    shape: Object.freeze(coloured ? [...sizes, colours] : [...sizes]),
    axes: Object.freeze([...axes]),
    colours,
    imageVoxels: axes.reduce((product, length) => product * length, 1),
    patchVoxels: sizes.reduce((product, length) => product * length, 1),
    run: sizes[sizes.length - 1],
    rows: voxelsAt([...ranges, [0]], axes),
    corners: voxelsAt(starts, axes),
  };
}

/** The voxels at all combinations of these places along the axes, the last axis fastest. */
function voxelsAt(places: readonly (readonly number[])[], axes: readonly number[]): Int32Array {
  let voxels = [0];
  for (let axis = 0; axis < axes.length; axis++) {
    voxels = voxels.flatMap((voxel) => places[axis].map((place) => voxel * axes[axis] + place));
  }
  return Int32Array.from(voxels);
}

/** Whether a set's last axis holds colours, for these patches: masks tell, else the number of sizes, else its length. */
export function hasColours({ size }: Pick<Patches, "size">, set: Pick<Dataset, "shape" | "maskLength">): boolean {
  const { shape, maskLength } = set;
  // A last axis of one value may be either.
  if (maskLength > 0 && shape[shape.length - 1] > 1) return maskLength < featuresOf(set);
  if (typeof size !== "number" && size.length === shape.length) return false;
  return isColoured(shape);
}

/** Patches for a training set. */
export interface FittedPatches {
  /** With a size and a stride for each axis. */
  readonly patches: Patches;
  /** The shape that a network sees, and its voxels, colours not counted. */
  readonly shape: readonly number[];
  readonly voxels: number;
}

/** @throws RangeError when the patches do not fit the set's images. */
export function fitPatches(value: Patches, set: Dataset): FittedPatches {
  const coloured = hasColours(value, set);
  const { shape, axes, patchVoxels } = patchGeometry(value, set.shape, coloured);
  if (value.foreground > 0 && set.maskLength === 0) {
    throw new RangeError(
      `patches: expected a set with masks for foreground ${value.foreground}, got one without. Leave foreground out.`,
    );
  }
  const size = Object.freeze(onAxes("size", value.size, axes, coloured));
  const stride = Object.freeze(onAxes("stride", value.stride, axes, coloured));
  return { patches: Object.freeze({ ...value, size, stride }), shape, voxels: patchVoxels };
}

function onAxes(
  name: string,
  value: number | readonly number[],
  axes: readonly number[],
  coloured: boolean,
): readonly number[] {
  if (typeof value === "number") return axes.map(() => value);
  if (value.length === axes.length) return value;
  throw new RangeError(
    `patches: expected a ${name} for each of the ${axes.length} axes of images of ${axes.join("x")}` +
      `${coloured ? ", colours left out" : ""}, got ${value.length}: ${value.join("x")}`,
  );
}

function lengthsOf(name: string, value: number | readonly number[]): number | readonly number[] {
  const list = typeof value === "number" ? [value] : value;
  if (list.length > 0 && list.every((length) => Number.isSafeInteger(length) && length >= 1)) {
    return typeof value === "number" ? value : Object.freeze([...value]);
  }
  throw new RangeError(
    `patches: expected a ${name} in whole numbers of at least 1, got ${list.length > 0 ? list.join("x") : "none"}`,
  );
}

function each(value: number | readonly number[], change: (length: number) => number): number | readonly number[] {
  return typeof value === "number" ? change(value) : Object.freeze(value.map(change));
}
