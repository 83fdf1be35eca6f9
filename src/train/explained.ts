// What an explanation of images is about: which images, which class, which voxels; shared by saliency and occlusion.
import { checkIndex } from "../data/bounds.ts";
import { featuresOf, subset } from "../data/dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { hasColours, patchGeometry } from "../data/patches.ts";
import type { PatchGeometry } from "../data/patches.ts";
import { maskClassAt } from "./figures.ts";
import type { Model } from "./model.ts";
import { predict } from "./predict.ts";

/** Maps of images: how far each place speaks for a class (above 0) or against it (below). */
export interface ExplanationMaps {
  /** The shape of one map: the image's, colours summed up. */
  readonly shape: readonly number[];
  /** (images, voxels), row-major. */
  readonly maps: Float32Array;
  /** The class that each image's map is of: an index into `classes`, for masks into `maskClasses`. */
  readonly classIndexes: Int32Array;
  /** What is explained, an image each: the class's log-odds, or for occlusion its probability. */
  readonly scores: Float64Array;
}

export interface ExplanationOptions {
  /**
   * The class to explain: an index into the model's `classes`, for masks into `maskClasses`. By default the likeliest class
   * of each image; for masks the one that most voxels are called, the first where none is called any.
   */
  readonly classIndex?: number;
}

/** Images, and what of the model's answer about each is explained. */
export interface Subject {
  /** The images to explain, in the order they were asked for. */
  readonly set: Dataset;
  /** How the network sees them: one patch as large as the image where it sees whole ones. */
  readonly geometry: PatchGeometry;
  readonly classIndexes: Int32Array;
  /** p(class) of each image; for masks its mean over the voxels of `voxelsOf`. */
  readonly probabilities: Float64Array;
  /** For masks, the voxels whose mean is explained: those called the class, or all where none is. null for labels. */
  readonly voxelsOf: ((image: number) => Int32Array) | null;
}

/**
 * @param call what was called, for error messages.
 * @param classOf the class of each image, by its place among `images`; null for the default.
 * @throws RangeError for images or classes that are not there, or images that the model was not made for.
 */
export async function subjectOf(
  call: string,
  model: Model,
  set: Dataset,
  images: number | ArrayLike<number>,
  classOf: ((place: number) => number) | null,
): Promise<Subject> {
  const indexes = typeof images === "number" ? [images] : Array.from(images);
  if (indexes.length === 0) throw new RangeError(`${call}: expected the index of an image at least, got none`);
  for (const index of indexes) checkIndex(call, index, set.length);
  const names = model.task === "classification" ? model.classes : model.maskClasses;
  const wanted = classOf
    ? Int32Array.from(indexes, (_, place) => checkClass(call, classOf(place), names.length))
    : null;
  const chosen = subset(set, indexes);
  const said = await predict(model, chosen);
  const geometry = geometryOf(model, chosen);
  if (said.task === "classification") {
    const classIndexes = wanted ?? said.predicted;
    const probabilities = Float64Array.from(classIndexes, (k, i) => said.probabilities[i * names.length + k]);
    return { set: chosen, geometry, classIndexes, probabilities, voxelsOf: null };
  }
  const { imageVoxels: voxels } = geometry;
  const channels = names.length;
  const classIndexes =
    wanted ?? Int32Array.from(indexes, (_, i) => commonestClass(said.probabilities, i, channels, voxels));
  const selected = indexes.map((_, i) => voxelsCalled(said.probabilities, i, classIndexes[i], channels, voxels));
  const probabilities = Float64Array.from(selected, (list, i) =>
    meanAt(said.probabilities, (i * channels + classIndexes[i]) * voxels, list),
  );
  return { set: chosen, geometry, classIndexes, probabilities, voxelsOf: (image) => selected[image] };
}

function checkClass(call: string, k: number, count: number): number {
  if (Number.isInteger(k) && k >= 0 && k < count) return k;
  throw new RangeError(`${call}: expected classIndex from 0 to ${count - 1}, got ${k}`);
}

function geometryOf({ network, patches, task, maskClasses }: Model, set: Dataset): PatchGeometry {
  const { shape } = set;
  if (patches) return patchGeometry(patches, shape, network.input?.length !== [patches.size].flat().length);
  // Of masks the outputs tell whether the last axis is colours, as no set of images alone can.
  const outputs = network.placed[network.placed.length - 1].outputs;
  const coloured =
    task === "segmentation"
      ? outputs < featuresOf(set) * maskClasses.length && shape.length > 1
      : hasColours({ size: 1 }, set);
  const whole = coloured ? shape.slice(0, -1) : shape;
  return patchGeometry({ size: whole, stride: whole }, shape, coloured);
}

/** The mean of values[from + voxel] over voxels. */
export function meanAt(values: ArrayLike<number>, from: number, voxels: Int32Array): number {
  let sum = 0;
  for (const voxel of voxels) sum += values[from + voxel];
  return sum / voxels.length;
}

function commonestClass(probabilities: Float32Array, image: number, channels: number, voxels: number): number {
  const counts = new Array<number>(channels).fill(0);
  for (let voxel = 0; voxel < voxels; voxel++) {
    const k = maskClassAt(probabilities, image, voxel, channels, voxels);
    if (k > 0) counts[k - 1]++;
  }
  return counts.indexOf(Math.max(...counts));
}

function voxelsCalled(
  probabilities: Float32Array,
  image: number,
  k: number,
  channels: number,
  voxels: number,
): Int32Array {
  const all = Int32Array.from({ length: voxels }, (_, voxel) => voxel);
  const called = all.filter((voxel) => maskClassAt(probabilities, image, voxel, channels, voxels) === k + 1);
  return called.length > 0 ? called : all;
}
