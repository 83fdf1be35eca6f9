// The patches of a set as datasets themselves: drawn at random for training, or those of the covering grid.
import { stream } from "../random.ts";
import { checkIndex, checkRoom } from "./bounds.ts";
import type { Dataset } from "./dataset.ts";
import { imageDigest } from "./digest.ts";
import { hasColours, patchGeometry } from "./patches.ts";
import type { PatchGeometry, Patches } from "./patches.ts";

/** Patches drawn at random: image after image, `perImage` of each. */
export interface TrainingPatches extends Dataset {
  /** Draws all places anew: until it is called again, patch i is the same one. Epochs count from 1. */
  begin(epoch: number): void;
}

/**
 * Patches to train on, `perImage` of each image. Where one lies is a pure function of (seed, epoch, patch), and of the
 * mask where it goes by the foreground. Reading one allocates nothing. It begins with epoch 1.
 *
 * @throws RangeError when the patches do not fit the set's images.
 */
export function trainingPatches(set: Dataset, patches: Patches, seed: number): TrainingPatches {
  const { perImage, foreground } = patches;
  const geometry = patchGeometry(patches, set.shape, hasColours(patches, set));
  const { axes, shape } = geometry;
  const length = set.length * perImage;
  const { labels, weights } = set;
  const mask = new Uint8Array(foreground > 0 ? set.maskLength : 0);
  /** First voxels of the epoch's patches as far as they were asked for; -1 for those that were not. */
  const corners = new Int32Array(length).fill(-1);
  let draws = stream(seed, "patch", 1);

  /** The n-th foreground voxel of the image, n drawn; -1 where there is none. */
  function drawForeground(patch: number): number {
    set.readMask(Math.floor(patch / perImage), mask, 0);
    let count = 0;
    for (let voxel = 0; voxel < mask.length; voxel++) if (mask[voxel] > 0) count++;
    if (count === 0) return -1;
    let left = draws.integer(patch * axes.length, count);
    let voxel = 0;
    while (mask[voxel] === 0 || left-- > 0) voxel++;
    return voxel;
  }

  function drawCorner(patch: number): number {
    const isAimed = foreground > 0 && draws.uniform(patch) < foreground;
    let rest = isAimed ? drawForeground(patch) : -1;
    const isAnywhere = rest < 0;
    let corner = 0;
    let voxels = 1;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const room = axes[axis] - shape[axis];
      let start: number;
      if (isAnywhere) {
        start = draws.integer(patch * axes.length + axis, room + 1);
      } else {
        start = Math.min(Math.max((rest % axes[axis]) - Math.floor(shape[axis] / 2), 0), room);
        rest = Math.floor(rest / axes[axis]);
      }
      corner += start * voxels;
      voxels *= axes[axis];
    }
    return corner;
  }

  const view = patchView(set, geometry, perImage, (patch) => {
    if (corners[patch] < 0) corners[patch] = drawCorner(patch);
    return corners[patch];
  });
  return Object.freeze({
    ...view,
    labels: labels && Int32Array.from({ length }, (_, patch) => labels[Math.floor(patch / perImage)]),
    ...(weights ? { weights: Float32Array.from({ length }, (_, patch) => weights[Math.floor(patch / perImage)]) } : {}),
    begin(epoch: number) {
      draws = stream(seed, "patch", epoch);
      corners.fill(-1);
    },
  });
}

/**
 * The patches of the covering grid, image after image. They have no labels and no weights: one for each patch of a large
 * set would be as many numbers as patches, and patch i is of the image floor(i / geometry.corners.length).
 */
export function gridPatches(set: Dataset, geometry: PatchGeometry): Dataset {
  const { corners } = geometry;
  return Object.freeze(patchView(set, geometry, corners.length, (patch) => corners[patch % corners.length]));
}

/** @param cornerOf the first voxel of a patch, whose image is at hand. */
function patchView(
  set: Dataset,
  geometry: PatchGeometry,
  perImage: number,
  cornerOf: (patch: number) => number,
): Dataset {
  const { shape, colours, patchVoxels, run, rows } = geometry;
  const length = set.length * perImage;
  const size = patchVoxels * colours;
  const maskLength = set.maskLength > 0 ? patchVoxels : 0;
  const pixels = pixelRuns(set, geometry);
  const masks = maskRuns(set);
  const imageOf = (patch: number) => Math.floor(patch / perImage);
  const view: Dataset = {
    length,
    shape,
    classes: set.classes,
    labels: null,
    maskClasses: set.maskClasses,
    maskLength,
    groups: null,
    read(patch, into, offset) {
      checkIndex("patches", patch, length);
      checkRoom("patches", offset, size, into.length);
      const corner = cornerOf(patch);
      const count = run * colours;
      for (let row = 0; row < rows.length; row++) {
        pixels(imageOf(patch), (corner + rows[row]) * colours, count, into, offset + row * count);
      }
    },
    readMask(patch, into, offset) {
      checkIndex("patches", patch, length);
      checkRoom("patches", offset, maskLength, into.length);
      const corner = cornerOf(patch);
      for (let row = 0; row < rows.length; row++) {
        masks(imageOf(patch), corner + rows[row], run, into, offset + row * run);
      }
    },
    async digest(patch) {
      await view.prepare?.([patch]);
      const values = new Float32Array(size);
      view.read(patch, values, 0);
      const mask = maskLength > 0 ? new Uint8Array(maskLength) : null;
      if (mask) view.readMask(patch, mask, 0);
      return imageDigest(values, set.labels?.[imageOf(patch)] ?? null, mask);
    },
    ...(set.prepare ? { prepare: (indices) => set.prepare?.([...new Set(Array.from(indices, imageOf))]) } : {}),
  };
  return view;
}

type ReadRun<T> = (image: number, from: number, count: number, into: T, offset: number) => void;

/** Reads values of an image that lie in a row; where the set gives whole images only, the last one is kept. */
function pixelRuns(set: Dataset, { imageVoxels, colours }: PatchGeometry): ReadRun<Float32Array> {
  if (set.readRun) return (image, from, count, into, offset) => set.readRun?.(image, from, count, into, offset);
  const whole = new Float32Array(imageVoxels * colours);
  return fromWhole<Float32Array>(whole, (image) => set.read(image, whole, 0));
}

function maskRuns(set: Dataset): ReadRun<Uint8Array> {
  if (set.readMaskRun) return (image, from, count, into, offset) => set.readMaskRun?.(image, from, count, into, offset);
  const whole = new Uint8Array(set.maskLength);
  return fromWhole<Uint8Array>(whole, (image) => set.readMask(image, whole, 0));
}

function fromWhole<T extends Float32Array | Uint8Array>(whole: T, read: (image: number) => void): ReadRun<T> {
  let held = -1;
  return (image, from, count, into, offset) => {
    if (image !== held) read(image);
    held = image;
    for (let i = 0; i < count; i++) into[offset + i] = whole[from + i];
  };
}
