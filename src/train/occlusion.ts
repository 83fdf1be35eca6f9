// Occlusion: how much of a class's probability is lost when a patch of the image is painted over.
import { createBreathe } from "../breathe.ts";
import type { Breathe } from "../breathe.ts";
import { checkRoom } from "../data/bounds.ts";
import type { Dataset } from "../data/dataset.ts";
import { featuresOf } from "../data/dataset.ts";
import { patchGeometry } from "../data/patches.ts";
import type { PatchGeometry } from "../data/patches.ts";
import { bringToHand } from "../data/read-ahead.ts";
import { forwardAll } from "./evaluate.ts";
import { meanAt, subjectOf } from "./explained.ts";
import type { ExplanationMaps, ExplanationOptions, Subject } from "./explained.ts";
import { probabilityOf } from "./figures.ts";
import { logOddsOf } from "./log-odds.ts";
import type { Model } from "./model.ts";
import { openModel } from "./predict.ts";
import type { OpenModel } from "./predict.ts";
import { coverageOf } from "./recombine.ts";

export interface OcclusionOptions extends ExplanationOptions {
  /**
   * Voxels of a patch along each axis, slowest first; one number for all. By default an eighth of each axis, of volumes a
   * quarter, rounded up.
   */
  readonly size?: number | readonly number[];
  /** Voxels from one patch to the next, at most the size; half of it, rounded up, by default. */
  readonly stride?: number | readonly number[];
  /**
   * The intensity that patches are painted with. By default the training set's mean, pixel by pixel where normalisation is
   * `pixelZScore`; the image's own mean where the model knows of no other (`unit`, `none`).
   */
  readonly fill?: number;
  /**
   * What the drop is of: the class's probability, the default, or its log-odds as for saliency, which tell apart what leaves
   * a probability at 1.000.
   */
  readonly measure?: "probability" | "logOdds";
}

/**
 * Occlusion maps (Zeiler & Fergus 2014): patches on a grid that covers the image are painted over, one at a time, and each
 * voxel gets the mean drop of the class's probability over the patches that cover it. Above 0: without this place the
 * class is less likely. For masks it is the drop of the mean probability over the voxels called the class (over all where
 * none is). Each patch is a way forward more: 169 for an image of 28x28 and 343 for a volume of 64x64x64, by default. The
 * network's own probability, without temperature.
 *
 * @param set images; labels and masks are not looked at.
 * @param images the index of one, or of several.
 * @throws RangeError when there is no such image or class, or patches are larger than the image or leave gaps.
 * @example
 * ```ts
 * import { occlusion, phantoms, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const { maps } = await occlusion(await run.model(), phantoms({ count: 5, seed: 8 }), 0, { size: 3 });
 * console.log(Math.max(...maps)); // the most that painting a place over costs
 * ```
 */
export async function occlusion(
  model: Model,
  set: Dataset,
  images: number | ArrayLike<number>,
  options: OcclusionOptions = {},
): Promise<ExplanationMaps> {
  const { classIndex } = options;
  const classOf = classIndex === undefined ? null : () => classIndex;
  return occlusionOf(model, await subjectOf("occlusion", model, set, images, classOf), options);
}

/** The maps of images whose classes are settled. */
export async function occlusionOf(
  model: Model,
  subject: Subject,
  options: Omit<OcclusionOptions, "classIndex"> = {},
): Promise<ExplanationMaps> {
  const { set, geometry: seen, classIndexes } = subject;
  const grid = occlusionGrid(seen, set.shape, options);
  const { corners, rows, run, imageVoxels } = grid;
  const { measure = "probability" } = options;
  if (measure !== "probability" && measure !== "logOdds")
    throw new TypeError(`occlusion: expected measure "probability" or "logOdds", got "${String(measure)}"`);
  const maps = new Float32Array(set.length * imageVoxels);
  const scores = new Float64Array(set.length);
  const coverage = coverageOf(grid);
  const pixels = new Float32Array(featuresOf(set));
  const breathe = createBreathe();
  const opened = await openModel(model, corners.length + 1);
  try {
    const read =
      measure === "logOdds" ? logOddsReader(model, opened, subject) : probabilityReader(model, opened, subject);
    for (let image = 0; image < set.length; image++) {
      await bringToHand(set, image);
      set.read(image, pixels, 0);
      const painted = paintedImages(set, pixels, grid, fillOf(model, options, pixels, grid.colours));
      const said = await read(image, painted, breathe);
      scores[image] = said[corners.length];
      const sums = new Float64Array(imageVoxels);
      corners.forEach((corner, position) => {
        const drop = scores[image] - said[position];
        for (const line of rows) for (let i = 0; i < run; i++) sums[corner + line + i] += drop;
      });
      for (let v = 0; v < imageVoxels; v++) maps[image * imageVoxels + v] = sums[v] / coverage[v];
    }
  } finally {
    opened.free();
  }
  return { shape: seen.axes, maps, classIndexes, scores };
}

/** What an image's class gets in each of its painted copies. */
type Reader = (image: number, painted: Dataset, breathe: Breathe) => Promise<Float64Array>;

/** p(class), for masks its mean over voxels. */
function probabilityReader(model: Model, opened: OpenModel, { classIndexes, voxelsOf, geometry }: Subject): Reader {
  const { outputs } = opened.settings.network.placed.at(-1) ?? { outputs: 0 };
  const width = model.maskClasses.length * geometry.imageVoxels;
  return async (image, painted, breathe) => {
    const k = classIndexes[image];
    const voxels = voxelsOf?.(image) ?? null;
    const said = new Float64Array(painted.length);
    await forwardAll(opened, painted, breathe, (first, count, batch) => {
      for (let row = 0; row < count; row++) {
        said[first + row] = voxels
          ? meanAt(batch, row * width + k * geometry.imageVoxels, voxels)
          : probabilityOf(batch, row, k, outputs);
      }
    });
    return said;
  };
}

/** The log-odds, from the outputs as they are before they become probabilities. */
function logOddsReader(model: Model, opened: OpenModel, subject: Subject): Reader {
  const { block, pass, settings } = opened;
  const { outputs } = settings.network.placed.at(-1) ?? { outputs: 0 };
  const logOdds = logOddsOf(model, subject);
  const batch = new Float32Array(block.floats("input").buffer, pass.output, settings.batchSize * outputs);
  const gradient = new Float32Array(outputs);
  return async (image, painted, breathe) => {
    const said = new Float64Array(painted.length);
    const see = (_: Dataset, first: number, count: number, perImage: number) => {
      for (let row = 0; row < count; row++) {
        const own = batch.subarray(row * outputs, (row + 1) * outputs);
        said[Math.floor((first + row) / perImage)] += logOdds(image, (first + row) % perImage, own, gradient);
      }
    };
    await forwardAll(opened, painted, breathe, () => undefined, see);
    return said;
  };
}

/** One image with another patch painted over each time, as a set; the last one as it is. */
function paintedImages(
  set: Dataset,
  pixels: Float32Array,
  { corners, rows, run, colours }: PatchGeometry,
  fill: (value: number) => number,
): Dataset {
  return {
    length: corners.length + 1,
    shape: set.shape,
    classes: set.classes,
    labels: null,
    maskClasses: set.maskClasses,
    maskLength: 0,
    groups: null,
    read(index, into, offset) {
      checkRoom("occlusion", offset, pixels.length, into.length);
      into.set(pixels, offset);
      if (index === corners.length) return;
      for (const line of rows) {
        const from = (corners[index] + line) * colours;
        for (let i = from; i < from + run * colours; i++) into[offset + i] = fill(i);
      }
    },
    readMask() {
      throw new TypeError("occlusion: expected no mask to be read, images that are painted over have none");
    },
    digest: () => Promise.reject(new TypeError("occlusion: expected no digest to be asked for")),
  };
}

/** The intensity that each value of an image is painted with. */
function fillOf(
  { normalization, patches }: Model,
  { fill }: OcclusionOptions,
  pixels: Float32Array,
  colours: number,
): (value: number) => number {
  if (fill !== undefined) {
    if (!Number.isFinite(fill)) throw new RangeError(`occlusion: expected a finite intensity as fill, got ${fill}`);
    return () => fill;
  }
  if (normalization.kind === "zScore") return () => normalization.mean;
  if (normalization.kind === "pixelZScore" && !patches) return (value) => normalization.means[value];
  const sums = new Float64Array(colours);
  for (let i = 0; i < pixels.length; i++) sums[i % colours] += pixels[i];
  return (value) => (sums[value % colours] * colours) / pixels.length;
}

/** The grid of patches, whose first voxels are its corners. */
export function occlusionGrid(
  { axes, colours }: PatchGeometry,
  shape: readonly number[],
  { size, stride }: Omit<OcclusionOptions, "classIndex"> = {},
): PatchGeometry {
  const part = axes.length > 2 ? 4 : 8;
  const sizes = onAxes("size", size ?? axes.map((length) => Math.ceil(length / part)), axes);
  const strides = onAxes("stride", stride ?? sizes.map((length) => Math.ceil(length / 2)), axes);
  axes.forEach((length, axis) => {
    if (sizes[axis] <= length && strides[axis] <= sizes[axis]) return;
    throw new RangeError(
      `occlusion: expected patches within ${axes.join("x")}, and a stride of at most their size, got ${sizes.join("x")} ` +
        `every ${strides.join("x")}. Choose a smaller size, or a smaller stride.`,
    );
  });
  return patchGeometry({ size: sizes, stride: strides }, shape, colours > 1 || shape.length > axes.length);
}

function onAxes(name: string, value: number | readonly number[], axes: readonly number[]): readonly number[] {
  const list = typeof value === "number" ? axes.map(() => value) : value;
  if (list.length === axes.length && list.every((length) => Number.isSafeInteger(length) && length >= 1)) return list;
  throw new RangeError(
    `occlusion: expected a ${name} of whole numbers of at least 1 for the ${axes.length} axes of ${axes.join("x")}, ` +
      `got ${list.join("x")}`,
  );
}
