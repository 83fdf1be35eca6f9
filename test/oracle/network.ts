// Naive float64 twin of a whole network: layer by layer from the definitions, its total error at the end.
import type { Layer } from "../../src/model/layers.ts";
import type { Loss } from "../../src/model/loss.ts";
import { activations, softmaxOracle } from "./activation.ts";
import { lossOracle } from "./loss.ts";
import { normalizeOracle } from "./normalization.ts";

/** Weight and bias of each dense layer, factors and shifts of each that normalises, in order. */
export type Tensors = readonly { readonly weight: ArrayLike<number>; readonly bias: ArrayLike<number> }[];

/** Means and variances by which batch normalisation goes, one of each layer in order; the batch's own without. */
export type RunningStatistics = readonly {
  readonly means: ArrayLike<number>;
  readonly variances: ArrayLike<number>;
}[];

/** The network's outputs (rows, outputs); a noise layer multiplies by the next of `masks`, as wide as its inputs. */
export function outputsOracle(
  layers: readonly Layer[],
  tensors: Tensors,
  x: ArrayLike<number>,
  rows: number,
  masks: readonly ArrayLike<number>[] = [],
  running: RunningStatistics = [],
): Float64Array {
  let values: Float64Array = Float64Array.from(x);
  let [owners, dropouts, norms] = [0, 0, 0];
  for (const layer of layers) {
    if (layer.kind === "dense") values = denseOracle(values, tensors[owners++], rows, layer.outputs);
    else if (layer.kind === "batchNorm" || layer.kind === "layerNorm") {
      const { weight, bias } = tensors[owners++];
      const by = layer.kind === "batchNorm" ? "column" : "row";
      const given = layer.kind === "batchNorm" ? running.at(norms++) : undefined;
      values = normalizeOracle(by, values, weight, bias, layer.epsilon, given).y;
    } else if (layer.kind === "dropout" || layer.kind === "gaussianDropout" || layer.kind === "spatialDropout") {
      const mask = masks.length > 0 ? masks[dropouts++] : null;
      if (mask) values = values.map((value, i) => value * mask[i]);
    } else if (layer.kind === "softmax") values = softmaxOracle(values, rows, values.length / rows);
    else values = values.map(activationOf(layer));
  }
  return values;
}

/** The sum of the images' losses. */
export function totalErrorOracle(
  layers: readonly Layer[],
  tensors: Tensors,
  x: ArrayLike<number>,
  truth: ArrayLike<number>,
  rows: number,
  loss: Loss,
  masks: readonly ArrayLike<number>[] = [],
): number {
  const outputs = outputsOracle(layers, tensors, x, rows, masks);
  return lossOracle(loss, outputs, truth, rows, outputs.length / rows);
}

function denseOracle(x: Float64Array, { weight, bias }: Tensors[number], rows: number, outputs: number): Float64Array {
  const inputs = x.length / rows;
  return Float64Array.from({ length: rows * outputs }, (_, at) => {
    const [row, output] = [Math.floor(at / outputs), at % outputs];
    let sum = bias.length > 0 ? bias[output] : 0;
    for (let i = 0; i < inputs; i++) sum += x[row * inputs + i] * weight[output * inputs + i];
    return sum;
  });
}

function activationOf(layer: Layer): (x: number) => number {
  const parameter = layer.kind === "leakyRelu" ? layer.slope : layer.kind === "elu" ? layer.alpha : undefined;
  const found = activations.find((one) => one.name === layer.kind && one.parameter === parameter);
  if (!found) throw new RangeError(`oracle: no twin of ${layer.kind} with ${parameter}`);
  return (x) => found.value(x);
}
