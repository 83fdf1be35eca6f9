// Gradient times input: how far each place of an image speaks for a class, as far as a small change can tell.
import { createBreathe } from "../breathe.ts";
import type { Dataset } from "../data/dataset.ts";
import { gridPatches } from "../data/patch-views.ts";
import type { PatchGeometry } from "../data/patches.ts";
import { readAhead } from "../data/read-ahead.ts";
import { exp, log } from "../elementary.ts";
import { bindInputGradient, planInputGradient } from "../model/input-gradient.ts";
import { bindPass } from "../model/pass.ts";
import { writeWeights } from "../model/weights.ts";
import { allocate } from "../wasm/memory.ts";
import { subjectOf } from "./explained.ts";
import type { ExplanationMaps, ExplanationOptions, Subject } from "./explained.ts";
import { bindFeed } from "./feed.ts";
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
  const view = model.patches ? gridPatches(set, geometry) : set;
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
    const differentiate = model.task === "classification" ? ofClass(model, subject) : ofMask(subject);
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
        scores[image] += differentiate(image, (first + row) % perImage, said.subarray(...own), seeds.subarray(...own));
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

/** Writes the gradient of a patch's part of the score with respect to its outputs, and gives that part. */
type Differentiate = (image: number, patch: number, outputs: Float32Array, gradient: Float32Array) => number;

function ofClass({ loss }: Model, { geometry, classIndexes }: Subject): Differentiate {
  const share = 1 / geometry.corners.length;
  return (image, _patch, outputs, gradient) => {
    const k = classIndexes[image];
    if (outputs.length > 1 && loss.kind === "softmaxCrossEntropy") return logOddsOfSoftmax(outputs, k, share, gradient);
    gradient.fill(0);
    if (outputs.length > 1) {
      gradient[k] = share;
      return share * outputs[k];
    }
    // One output speaks for the second of two classes.
    gradient[0] = k === 1 ? share : -share;
    return gradient[0] * outputs[0];
  };
}

/** s = z_k - ln sum e^z_j over j other than k;  ds/dz_k = 1,  ds/dz_j = -e^z_j / sum e^z_i over i other than k */
function logOddsOfSoftmax(z: Float32Array, k: number, share: number, gradient: Float32Array): number {
  let largest = -Infinity;
  for (let j = 0; j < z.length; j++) if (j !== k) largest = Math.max(largest, z[j]);
  let sum = 0;
  for (let j = 0; j < z.length; j++) if (j !== k) sum += exp(z[j] - largest);
  for (let j = 0; j < z.length; j++) gradient[j] = j === k ? share : (-share * exp(z[j] - largest)) / sum;
  return share * (z[k] - largest - log(sum));
}

/** The mean over the wanted voxels of the mean over the patches that cover them. */
function ofMask({ geometry, classIndexes, voxelsOf, set }: Subject): Differentiate {
  const { corners, rows, run, imageVoxels, patchVoxels } = geometry;
  const coverage = new Uint32Array(imageVoxels);
  for (const corner of corners) for (const line of rows) for (let i = 0; i < run; i++) coverage[corner + line + i]++;
  const wanted = Array.from({ length: set.length }, (_, image) => {
    const voxels = voxelsOf?.(image) ?? new Int32Array();
    const shares = new Float64Array(imageVoxels);
    for (const voxel of voxels) shares[voxel] = 1 / (voxels.length * coverage[voxel]);
    return shares;
  });
  return (image, patch, outputs, gradient) => {
    gradient.fill(0);
    let score = 0;
    let place = classIndexes[image] * patchVoxels;
    for (const line of rows) {
      for (let i = 0; i < run; i++, place++) {
        gradient[place] = wanted[image][corners[patch] + line + i];
        score += gradient[place] * outputs[place];
      }
    }
    return score;
  };
}
