// What a network learns from: images of one shape, with labels or masks, read one at a time.
import { kindOf } from "../kind.ts";
import { ownArray } from "../own-bytes.ts";
import { checkIndex, checkRoom, checkRun } from "./bounds.ts";
import { byteReader } from "./byte-reader.ts";
import { imageDigest } from "./digest.ts";
import type { ImageGeometry } from "./image-geometry.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { classIndexes, groupNames, imageWeights, maskIndexes } from "./truth.ts";
import type { Values } from "./truth.ts";

/** Pixels as they come; they stay in their type and are converted when a batch is filled. */
export type Pixels =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

const pixelTypes = [
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
];

/** One piece of memory, by bytes and by words of four. */
export interface ByteRegion {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** A set of images. */
export interface Dataset {
  readonly length: number;
  /** The shape of one image, slowest index first: `[10, 10, 10]`, `[28, 28]`, or `[28, 28, 3]` with colours last. */
  readonly shape: readonly number[];
  /** The classes' names by index, the labels' values in sorted order; empty without labels. */
  readonly classes: readonly string[];
  /** Each image's class index; null without labels. */
  readonly labels: Int32Array | null;
  /** The foreground values of the masks in sorted order, `[1]` or `[1, 2]`; empty without masks. */
  readonly maskClasses: readonly number[];
  /** Elements of one mask: the voxels of an image, colours not counted; 0 without masks. */
  readonly maskLength: number;
  /** What belongs together, such as a patient's images: each image's group; null without. */
  readonly groups: readonly string[] | null;
  /** What each image counts in losses and figures, finite and at least 0; left out where all count the same. */
  readonly weights?: Float32Array;
  /** Writes the image's intensities, row-major, to `into` from `offset` on. Allocates nothing. */
  read(index: number, into: Float32Array, offset: number): void;
  /** Where pixels are unsigned bytes: writes them as they are stored, to `into` from byte `offset` on. Allocates nothing. */
  readonly readBytes?: (index: number, into: ByteRegion, offset: number) => void;
  /** Writes the mask's class indexes (0 = background, k = maskClasses[k - 1]). @throws TypeError without masks. */
  readMask(index: number, into: Uint8Array, offset: number): void;
  /** Where parts can be read alone: as `read`, but only `count` values, from the image's value `from` on. */
  readonly readRun?: (index: number, from: number, count: number, into: Float32Array, offset: number) => void;
  /** The same of `readMask`. */
  readonly readMaskRun?: (index: number, from: number, count: number, into: Uint8Array, offset: number) => void;
  /** SHA-256 in hex of the image's stored pixels, label and mask. */
  digest(index: number): Promise<string>;
  /**
   * Where not all images are in memory: has these at hand. Once it has resolved, or when it gives undefined, they are read
   * without waiting, until the second call after this one. Sets without it have all images at hand.
   */
  readonly prepare?: (indices: ArrayLike<number>) => Promise<void> | undefined;
  /** What was done to the images when they were read; left out where nobody knows. */
  readonly preprocessing?: readonly Preprocessing[];
  /** What each image is called, such as its file; left out where they have no names. */
  readonly names?: readonly string[];
  /** Where each image lies in the body, after preprocessing; left out where nobody knows. */
  readonly geometry?: readonly ImageGeometry[];
  /** What whoever trains on the set should know, a sentence each: spacings or orientations that differ. */
  readonly notes?: readonly string[];
  /** Images that were left out because they could not be read: paths and why. */
  readonly unreadable?: readonly { readonly path: string; readonly reason: string }[];
}

/** Three sets that were apart from the start. */
export interface DatasetSplit {
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

export interface ArrayDatasetOptions {
  /** All images' pixels, one image behind the other. */
  readonly images: Pixels;
  /** The shape of one image, slowest index first. */
  readonly shape: readonly number[];
  /** One whole number an image; values are mapped to classes in sorted order, so 1, 2, 3 are three classes. */
  readonly labels?: Values | null;
  /** All images' masks, 0 being background. */
  readonly masks?: Values | null;
  /** One name or number an image. */
  readonly groups?: readonly (string | number)[] | Values | null;
  /** What each image counts in losses and figures, at least 0 and not all 0: twice as much is as good as the image twice. */
  readonly weights?: ArrayLike<number> | null;
  /** Label values of all classes, when this set may lack some of them (one of several sets). */
  readonly labelValues?: readonly number[];
  /** Foreground values of all masks, when this set may lack some of them. */
  readonly maskValues?: readonly number[];
  /** Names of the classes in the order of the label values; the values as text otherwise. */
  readonly classes?: readonly string[];
  /** What was done to the images before; only kept. */
  readonly preprocessing?: readonly Preprocessing[];
  /** Stands in error messages: "train", "scans.npz". */
  readonly name?: string;
}

/**
 * A dataset over arrays that you have. The arrays are kept, not copied: do not change them afterwards.
 *
 * @throws RangeError when lengths disagree, a set is empty, a pixel is NaN or infinite (naming the image), a label is no
 * whole number, or a weight is NaN, infinite or below 0; TypeError when the images are no typed array of numbers.
 * @example
 * ```ts
 * import { arrayDataset } from "voxgrad";
 *
 * const images = new Uint8Array(3 * 2 * 2);
 * const set = arrayDataset({ images, shape: [2, 2], labels: [4, 7, 4] });
 * console.log(set.length, set.classes, set.labels); // 3 [ '4', '7' ] Int32Array(3) [ 0, 1, 0 ]
 * ```
 */
export function arrayDataset(options: ArrayDatasetOptions): Dataset {
  const { shape, name = "dataset" } = options;
  const images = ownArray(options.images);
  checkKind(name, images);
  const size = checkShape(name, shape);
  const length = checkLength(name, images, size, shape);
  checkFinite(name, images, size);
  const truth = options.labels ? classIndexes(name, options.labels, length, options.labelValues) : null;
  const maskLength = options.masks ? voxelsOf(shape, options.masks.length, length) : 0;
  const masked = options.masks
    ? maskIndexes(name, ownArray(options.masks), length * maskLength, options.maskValues)
    : null;
  const groups = options.groups ? groupNames(name, options.groups, length) : null;
  const weights = options.weights ? imageWeights(name, options.weights, length) : null;
  const classes = truth ? namesOf(name, truth.values, options.classes) : [];
  const labels = truth?.indexes ?? null;
  const masks = masked?.indexes ?? null;

  function readRun(index: number, from: number, count: number, into: Float32Array, offset: number): void {
    checkRun(name, index, length, from, count, size);
    checkRoom(name, offset, count, into.length);
    const first = index * size + from;
    for (let i = 0; i < count; i++) into[offset + i] = images[first + i];
  }

  function readMaskRun(index: number, from: number, count: number, into: Uint8Array, offset: number): void {
    if (!masks) throw new TypeError(`${name}: expected masks, got a set without`);
    checkRun(name, index, length, from, count, maskLength);
    checkRoom(name, offset, count, into.length);
    const first = index * maskLength + from;
    for (let i = 0; i < count; i++) into[offset + i] = masks[first + i];
  }

  return Object.freeze({
    length,
    shape: Object.freeze([...shape]),
    classes: Object.freeze(classes),
    labels,
    maskClasses: Object.freeze([...(masked?.values ?? [])]),
    maskLength,
    groups,
    ...(weights ? { weights } : {}),
    read: (index: number, into: Float32Array, offset: number) => readRun(index, 0, size, into, offset),
    readRun,
    ...(images instanceof Uint8Array || images instanceof Uint8ClampedArray ? byteReader(name, images, size) : {}),
    readMask: (index: number, into: Uint8Array, offset: number) => readMaskRun(index, 0, maskLength, into, offset),
    readMaskRun,
    digest(index: number) {
      checkIndex(name, index, length);
      const mask = masks?.subarray(index * maskLength, (index + 1) * maskLength) ?? null;
      return imageDigest(images.subarray(index * size, (index + 1) * size), labels?.[index] ?? null, mask);
    },
    ...(options.preprocessing ? { preprocessing: Object.freeze([...options.preprocessing]) } : {}),
  });
}

/** The images of a dataset at these indices, in this order; nothing is copied but labels and weights. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  for (let i = 0; i < indices.length; i++) checkIndex("subset", indices[i], dataset.length);
  const chosen = Int32Array.from(indices);
  const { labels, groups, names, weights, geometry, notes } = dataset;
  const at = (index: number) => {
    checkIndex("subset", index, chosen.length);
    return chosen[index];
  };
  return Object.freeze({
    length: chosen.length,
    shape: dataset.shape,
    classes: dataset.classes,
    labels: labels ? chosen.map((index) => labels[index]) : null,
    maskClasses: dataset.maskClasses,
    maskLength: dataset.maskLength,
    groups: groups ? Object.freeze(Array.from(chosen, (index) => groups[index])) : null,
    read: (index: number, into: Float32Array, offset: number) => dataset.read(at(index), into, offset),
    ...(dataset.readBytes
      ? { readBytes: (index: number, into: ByteRegion, offset: number) => dataset.readBytes?.(at(index), into, offset) }
      : {}),
    readMask: (index: number, into: Uint8Array, offset: number) => dataset.readMask(at(index), into, offset),
    ...(dataset.readRun
      ? {
          readRun: (index: number, from: number, count: number, into: Float32Array, offset: number) =>
            dataset.readRun?.(at(index), from, count, into, offset),
        }
      : {}),
    ...(dataset.readMaskRun
      ? {
          readMaskRun: (index: number, from: number, count: number, into: Uint8Array, offset: number) =>
            dataset.readMaskRun?.(at(index), from, count, into, offset),
        }
      : {}),
    digest: (index: number) => dataset.digest(at(index)),
    ...(dataset.prepare
      ? { prepare: (images: ArrayLike<number>) => dataset.prepare?.(Int32Array.from(images, at)) }
      : {}),
    ...(dataset.preprocessing ? { preprocessing: dataset.preprocessing } : {}),
    ...(weights ? { weights: Float32Array.from(chosen, (index) => weights[index]) } : {}),
    ...(names ? { names: Object.freeze(Array.from(chosen, (index) => names[index])) } : {}),
    ...(geometry ? { geometry: Object.freeze(Array.from(chosen, (index) => geometry[index])) } : {}),
    ...(notes ? { notes } : {}),
  });
}

/** Values of one image: its voxels times its colours. */
export function featuresOf(dataset: { readonly shape: readonly number[] }): number {
  return dataset.shape.reduce((product, size) => product * size, 1);
}

function checkKind(name: string, images: unknown): void {
  if (ArrayBuffer.isView(images) && pixelTypes.some((type) => images instanceof type)) return;
  throw new TypeError(
    `${name}: expected the images as a typed array such as Uint8Array or Float32Array, got ${kindOf(images)}`,
  );
}

export function checkShape(name: string, shape: readonly number[]): number {
  if (shape.length === 0 || !shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new RangeError(
      `${name}: expected the shape of one image in whole numbers of at least 1, got [${shape.join(", ")}]`,
    );
  }
  return featuresOf({ shape });
}

function checkLength(name: string, images: Pixels, size: number, shape: readonly number[]): number {
  if (images.length === 0) throw new RangeError(`${name}: expected at least one image, got an empty set`);
  if (images.length % size !== 0) {
    throw new RangeError(
      `${name}: expected whole images of ${shape.join("x")} = ${size} values, got ${images.length} values, ${images.length % size} too many`,
    );
  }
  return images.length / size;
}

function checkFinite(name: string, images: Pixels, size: number): void {
  if (!(images instanceof Float32Array || images instanceof Float64Array)) return;
  for (let i = 0; i < images.length; i++) {
    // float32 is what a network reads, so a double beyond its range is infinite too.
    if (Number.isFinite(Math.fround(images[i]))) continue;
    throw new RangeError(
      `${name}: expected finite pixels, got ${images[i]} in image ${Math.floor(i / size)}, value ${i % size}. ` +
        "Replace it, or leave the image out.",
    );
  }
}

/** Voxels of a mask: the image's shape, or the shape without its last axis where that holds colours. */
function voxelsOf(shape: readonly number[], maskValues: number, length: number): number {
  const all = featuresOf({ shape });
  const withoutColours = shape.length > 2 ? all / shape[shape.length - 1] : all;
  return maskValues === length * withoutColours && maskValues !== length * all ? withoutColours : all;
}

function namesOf(name: string, values: readonly number[], given: readonly string[] | undefined): string[] {
  if (!given) return values.map(String);
  if (given.length !== values.length) {
    throw new RangeError(
      `${name}: expected ${values.length} class names, one a label value (${values.join(", ")}), got ${given.length}`,
    );
  }
  return [...given];
}
