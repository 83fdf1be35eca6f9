// Models with drawn weights of every layer and every loss there is, and images for them.
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import * as layers from "../../src/model/layers.ts";
import type { Layer } from "../../src/model/layers.ts";
import * as losses from "../../src/model/loss.ts";
import type { Loss } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import type { Decision } from "../../src/train/decision.ts";
import type { Model } from "../../src/train/model.ts";

/** Numbers in [-1, 1) that are the same every time. */
export function numbers(seed: number): () => number {
  let state = (seed * 7919 + 1) >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
}

const { dense, relu } = layers;

/** Each layer between two dense ones, by its kind. */
export const layersByKind: Readonly<Record<Layer["kind"], Layer>> = {
  dense: dense(7, { bias: false }),
  relu: relu(),
  leakyRelu: layers.leakyRelu(0.2),
  elu: layers.elu(1.3),
  selu: layers.selu(),
  gelu: layers.gelu(),
  geluTanh: layers.geluTanh(),
  sigmoid: layers.sigmoid(),
  tanh: layers.tanh(),
  softplus: layers.softplus(),
  silu: layers.silu(),
  softmax: layers.softmax(),
  dropout: layers.dropout(0.4),
  spatialDropout: layers.spatialDropout(0.4),
  gaussianDropout: layers.gaussianDropout(0.4),
  batchNorm: batchNorm({ epsilon: 1e-3, momentum: 0.2 }),
  layerNorm: layerNorm({ epsilon: 1e-4 }),
};

export const allLosses: readonly Loss[] = [
  losses.softmaxCrossEntropy(),
  losses.sigmoidCrossEntropy(),
  losses.sigmoidDice(),
  losses.sigmoidFocal(),
  losses.meanSquaredError(),
  losses.meanAbsoluteError(),
  losses.huber(),
];

const zScore: Normalization = { kind: "zScore", mean: 120.3, deviation: 61.7 };

export interface ModelFacts {
  readonly input?: readonly number[];
  readonly outputs?: number;
  readonly classes?: readonly string[];
  readonly loss?: Loss;
  readonly normalization?: Normalization;
  readonly decision?: Decision;
  /** Masks of one foreground value a voxel, in the stead of classes. */
  readonly maskClasses?: readonly number[];
}

/** A network of the layers, closed by a dense layer, with drawn weights and running statistics. */
export function modelOf(own: readonly Layer[], facts: ModelFacts = {}): Model {
  const { input = [3, 4], outputs = 3, loss = losses.softmaxCrossEntropy(), normalization = zScore } = facts;
  const built = network([...own, dense(outputs)], { input });
  const next = numbers(5);
  const weights = new Map(
    built.parameters.map(({ name, role, shape, length }) => {
      const value = { weight: 0.6, bias: 0.3, gain: 0.5, shift: 0.4, mean: 0.5, variance: 0.4, batches: 0 }[role];
      const centre = { weight: 0, bias: 0, gain: 1, shift: 0, mean: 0, variance: 0.7, batches: 0 }[role];
      return [name, { shape, data: Float32Array.from({ length }, () => centre + value * next()) }] as const;
    }),
  );
  const { maskClasses = [], decision } = facts;
  const names = Array.from({ length: Math.max(2, outputs) }, (_, k) => `class ${k}`);
  const task = maskClasses.length > 0 ? ("segmentation" as const) : ("classification" as const);
  const classes = task === "segmentation" ? [] : (facts.classes ?? names);
  const model = { task, network: built, weights, classes, maskClasses, normalization, loss };
  return decision ? { ...model, decision } : model;
}

/** The layer between two dense ones with a relu: dense(9), layer, dense(outputs). */
export const around = (layer: Layer): Layer[] => [dense(9), relu(), dense(8), layer];

/** Images of 8-bit pixels. */
export function imagesFor({ network: { placed } }: Model, count = 5): Dataset {
  const next = numbers(9);
  const images = Uint8Array.from({ length: count * placed[0].inputs }, () => 127.5 * (1 + next()));
  return arrayDataset({ images, shape: placed[0].shape, labels: new Int32Array(count).map((_, i) => i % 2) });
}

/** All pixels as float32, image after image. */
export function pixelsOf(set: Dataset): Float32Array {
  const size = set.shape.reduce((product, length) => product * length, 1);
  const pixels = new Float32Array(set.length * size);
  for (let i = 0; i < set.length; i++) set.read(i, pixels, i * size);
  return pixels;
}

/** The largest difference between two lists of numbers of the same length. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return Number.isNaN(most) ? Infinity : most;
}
