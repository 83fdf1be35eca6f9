// Small sets and runs for the tests of training.
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { weightBytes } from "../../src/model/weights.ts";
import { startFit } from "../../src/train/fit.ts";
import type { Beginning, Fit } from "../../src/train/fit.ts";
import type { Epoch } from "../../src/train/progress.ts";
import { outputsFor, resolveTraining } from "../../src/train/settings.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { readBuild } from "../assembly/workbench.ts";
import type { Build } from "../assembly/workbench.ts";

export interface ToyOptions {
  readonly classes?: number;
  /** The shape of an image; 3x3 by default. */
  readonly shape?: readonly number[];
  /** What each image counts; no weights when left out. */
  readonly weights?: (index: number) => number;
}

/** Noisy images that are brighter at some pixels by class, with the brighter pixels as masks. */
export function toySet(
  count: number,
  seed: number,
  { classes = 2, shape = [3, 3], weights }: ToyOptions = {},
): Dataset {
  let state = (seed * 7919 + 1) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const size = shape.reduce((product, length) => product * length, 1);
  const images = new Uint8Array(count * size);
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const masks = images.map((_, i) => ((i % size) % 2) & labels[Math.floor(i / size)]);
  for (let i = 0; i < images.length; i++) images[i] = 50 * masks[i] + 20 * labels[Math.floor(i / size)] + 90 * next();
  return arrayDataset({
    images,
    shape,
    labels,
    masks,
    weights: weights ? Array.from({ length: count }, (_, i) => weights(i)) : null,
  });
}

export interface ToyRun {
  readonly count?: number;
  readonly task?: Task;
  readonly build?: Build;
  readonly beginning?: Beginning;
  readonly set?: ToyOptions;
}

/** Starts a run on a toy set of 30 images, another of 12 for validation; without dropout unless a network is given. */
export function start(options: TrainOptions, run: ToyRun = {}): Promise<Fit> {
  const { count = 30, task = "classification", build = "reproducible.release", beginning, set } = run;
  const train = toySet(count, 1, set);
  const plain = network([dense(24), relu(), dense(10), relu(), dense(outputsFor(task, train))]);
  const given = { network: plain, epochs: 3, batchSize: 8, patience: null, ...options };
  const settings = resolveTraining(given, train, task, 5);
  return startFit({ train, validation: toySet(12, 2, set) }, settings, beginning, readBuild(build));
}

/** Runs to the end. */
export async function finish(fit: Fit): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  while (!fit.finished) epochs.push(await fit.epoch());
  return epochs;
}

/** Starts, runs to the end, lets go; the weights as they are at the end, padded, and the epochs. */
export async function train(options: TrainOptions, run: ToyRun = {}) {
  const fit = await start(options, run);
  const epochs = await finish(fit);
  const parameters = fit.state().tensors.get("parameters")!;
  const best = weightBytes(fit.bestWeights());
  fit.free();
  return { epochs, parameters, best };
}

/** The bits of floats, for comparisons that tell -0 from 0. */
export function bitsOf(floats: Float32Array): Uint32Array {
  return new Uint32Array(floats.slice().buffer);
}
