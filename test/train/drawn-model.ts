// Models with drawn weights and statistics, and their float64 twin: what they say of an image as a function of its pixels.
import { scalingOf, writePixelScaling } from "../../src/data/normalization.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import type { Layer } from "../../src/model/layers.ts";
import { softmaxCrossEntropy } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { initializeWeights, readWeights } from "../../src/model/weight-block.ts";
import { stream } from "../../src/random.ts";
import type { Model } from "../../src/train/model.ts";
import { outputsOracle } from "../oracle/network.ts";

/** Weights by their initializers; factors, shifts and running statistics drawn too, as of a network that was trained. */
export function drawnModel(layers: readonly Layer[], input: readonly number[], more: Partial<Model> = {}): Model {
  const net = network(layers, { input });
  const block = new Float32Array(net.plan().parameterFloats);
  initializeWeights(net, 3, block);
  const weights = readWeights(net, block);
  const draws = stream(5, "init");
  net.parameters.forEach(({ name, role }, t) => {
    const { data } = weights.get(name)!;
    for (let i = 0; i < data.length; i++) {
      const drawn = draws.normal(1000 * t + i);
      if (role === "gain") data[i] = 1 + 0.3 * drawn;
      if (role === "shift" || role === "mean") data[i] = 0.3 * drawn;
      if (role === "variance") data[i] = 0.5 + Math.abs(drawn);
    }
  });
  const { outputs } = net.placed[net.placed.length - 1];
  return {
    task: "classification", network: net, weights, maskClasses: [], loss: softmaxCrossEntropy(),
    classes: Array.from({ length: Math.max(2, outputs) }, (_, k) => `class ${k}`),
    normalization: { kind: "zScore", mean: 60, deviation: 40 }, ...more,
  }; // prettier-ignore
}

/** (pixel - shift) factor of every pixel. */
export function scaled(normalization: Normalization, pixels: ArrayLike<number>): Float64Array {
  const shifts = new Float64Array(pixels.length);
  const factors = new Float64Array(pixels.length);
  const whole = scalingOf(normalization);
  if (whole) {
    shifts.fill(whole.shift);
    factors.fill(whole.factor);
  } else {
    writePixelScaling(normalization, shifts, factors);
  }
  return Float64Array.from(pixels, (pixel, i) => (pixel - shifts[i]) * factors[i]);
}

/** The outputs for one image, of which the network sees what normalisation makes of it. */
export function outputsOf(
  { network: { layers, parameters }, weights, normalization }: Model,
  pixels: ArrayLike<number>,
) {
  const owners = [...new Set(parameters.map(({ placed }) => placed.index))];
  const find = (index: number, ...roles: string[]) => {
    const found = parameters.find(({ role, placed }) => placed.index === index && roles.includes(role));
    return found ? weights.get(found.name)!.data : [];
  };
  const tensors = owners.map((index) => ({
    weight: find(index, "weight", "gain"),
    bias: find(index, "bias", "shift"),
  }));
  const running = owners
    .filter((index) => layers[index].kind === "batchNorm")
    .map((index) => ({ means: find(index, "mean"), variances: find(index, "variance") }));
  return outputsOracle(layers, tensors, scaled(normalization, pixels), 1, [], running);
}

/** ln p / (1 - p) of class k where softmax makes the p. */
export function logOddsOf(z: Float64Array, k: number): number {
  const others = [...z].filter((_, j) => j !== k);
  return z[k] - Math.log(others.reduce((sum, value) => sum + Math.exp(value), 0));
}
