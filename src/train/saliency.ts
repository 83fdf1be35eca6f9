// Gradient times input: how far each place of an image speaks for a class, as far as a small change can tell.
import { createBreathe } from "../breathe.ts";
import type { Dataset } from "../data/dataset.ts";
import type { PatchGeometry } from "../data/patches.ts";
import { readAhead } from "../data/read-ahead.ts";
import { bindInputGradient, planInputGradient } from "../model/input-gradient.ts";
import { bindPass } from "../model/pass.ts";
import { writeWeights } from "../model/weight-block.ts";
import { allocate } from "../wasm/memory.ts";
import { subjectOf } from "./explained.ts";
import type { ExplanationMaps, ExplanationOptions, Subject } from "./explained.ts";
import { bindFeed } from "./feed.ts";
import { logOddsOf } from "./log-odds.ts";
import type { Model } from "./model.ts";

/** Images that go through the network together: two regions of the plan are as wide as an image for each. */
const mostRows = 16;

/**
 * Saliency maps, gradient times input (Shrikumar et al. 2016): at each voxel d s / d x (x - b), colours summed up, where s
 * is the log-odds of the class, ln p / (1 - p), and b what normalisation makes 0: the training set's mean, or its minimum
 * for `unit`. So a map is in the image's own grid, whatever scaled its pixels, and a network without hidden layers' map
 * adds up to the log-odds, less what it says of b.
 *
 * Networks that end in softmax have s = z_k - ln sum over the others of e^z_j; those trained with a sigmoid loss the output
 * itself, turned round for the first of two classes; those trained on plain differences the output, which is no log-odds.
 * For masks s is the mean over the voxels that are called the class (over all where none is). A network of patches has the
 * mean over its covering grid. Dropout is off.
 *
 * @param set images; labels and masks are not looked at.
 * @param images the index of one, or of several.
 * @throws RangeError when there is no such image or class, or the model was made for other images.
 * @example
 * ```ts
 * import { phantoms, saliency, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const { shape, maps, scores } = await saliency(await run.model(), phantoms({ count: 5, seed: 8 }), [0, 3]);
 * console.log(shape, maps.length, scores.length); // [ 10, 10, 10 ] 2000 2
 * ```
 */
export async function saliency(
  model: Model,
  set: Dataset,
  images: number | ArrayLike<number>,
  { classIndex }: ExplanationOptions = {},
): Promise<ExplanationMaps> {
  const classOf = classIndex === undefined ? null : () => classIndex;
  return saliencyOf(model, await subjectOf("saliency", model, set, images, classOf));
}

/** The maps of images whose classes are settled. */
export async function saliencyOf(model: Model, subject: Subject): Promise<ExplanationMaps> {
  const { network } = model;
  const { set, geometry, classIndexes } = subject;
  const perImage = geometry.corners.length;
  const view = model.patches ? (await import("../data/patch-views.ts")).gridPatches(set, geometry) : set;
  const batchSize = Math.min(mostRows, view.length);
  const block = await allocate(planInputGradient(network, batchSize));
  try {
    writeWeights(network, model.weights, block.floats("parameters"));
    const pass = bindPass(network, block, false);
    const feed = bindFeed(block, model, pass.output);
    const back = bindInputGradient(network, block);
    const { inputs } = network.placed[0];
    const { outputs } = network.placed[network.placed.length - 1];
    const floatsAt = (address: number, length: number) =>
      new Float32Array(block.floats("input").buffer, address, length);
    const said = floatsAt(pass.output, batchSize * outputs);
    const seeds = floatsAt(back.seed, batchSize * outputs);
    const logOdds = logOddsOf(model, subject);
    const sums = new Float64Array(set.length * geometry.imageVoxels);
    const scores = new Float64Array(set.length);
    const breathe = createBreathe();
    const ahead = readAhead(view);
    for (let first = 0; first < view.length; first += batchSize) {
      const rows = Math.min(batchSize, view.length - first);
      const pending = ahead(null, first, rows, Math.min(batchSize, view.length - first - rows));
      if (pending) await pending;
      feed.images(view, null, first, rows);
      pass.forward(rows, null);
      for (let row = 0; row < rows; row++) {
        const image = Math.floor((first + row) / perImage);
        const own = [row * outputs, (row + 1) * outputs] as const;
        scores[image] += logOdds(image, (first + row) % perImage, said.subarray(...own), seeds.subarray(...own));
      }
      const gradient = floatsAt(back.backward(rows), rows * inputs);
      const input = block.floats("input");
      for (let row = 0; row < rows; row++) {
        const image = Math.floor((first + row) / perImage);
        const patch = (first + row) % perImage;
        addProducts(sums, image * geometry.imageVoxels, geometry, patch, gradient, input, row * inputs);
      }
      const pause = breathe();
      if (pause) await pause;
    }
    return { shape: geometry.axes, maps: Float32Array.from(sums), classIndexes, scores };
  } finally {
    block.free();
  }
}

/** Adds gradient times input of one patch where it lies in its image. */
function addProducts(
  sums: Float64Array,
  from: number,
  { corners, rows, run, colours }: PatchGeometry,
  patch: number,
  gradient: Float32Array,
  input: Float32Array,
  at: number,
): void {
  let value = at;
  for (const line of rows) {
    for (let i = 0; i < run; i++) {
      let sum = 0;
      for (let colour = 0; colour < colours; colour++, value++) sum += gradient[value] * input[value];
      sums[from + corners[patch] + line + i] += sum;
    }
  }
}
