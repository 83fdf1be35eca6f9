// The way through a network and back: every layer's kernels bound to their addresses once, so that a step only calls.
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
import type { Block } from "../wasm/memory.ts";
import { activate, differentiate } from "./activation.ts";
import type { DenseLayer } from "./layers.ts";
import { parameterPlaces, regionOf } from "./plan.ts";
import type { Network } from "./network.ts";
import type { Parameter, PlacedLayer } from "./shapes.ts";

/** Draws the mask of a dropout layer into its region: where it lies, rows x width, and which dropout layer this is. */
export type DrawMask = (mask: Address, rows: number, width: number, rate: number, ordinal: number) => void;

/** Forward and backward through a network whose regions a block holds. Nothing here allocates once it is made. */
export interface Pass {
  /** From the region "input" to `output`, for the first `rows` images. Dropout is off unless masks are drawn. */
  forward(rows: number, drawMask: DrawMask | null): void;
  /**
   * From the gradient in the region "upstream a" back to every parameter's gradient.
   * @param add whether to add to the gradients (accumulation) or to overwrite them.
   */
  backward(rows: number, add: boolean): void;
  /** Where the last layer's output lies. */
  readonly output: Address;
}

interface BoundLayer {
  readonly placed: PlacedLayer;
  readonly x: Address;
  readonly y: Address;
  /** Dropout's mask; 0 for other layers. */
  readonly mask: Address;
  /** Which of the dropout layers, from 0. */
  readonly ordinal: number;
  readonly tensors: { weight: Address; bias: Address; weightGradient: Address; biasGradient: Address };
}

const none = { weight: 0, bias: 0, weightGradient: 0, biasGradient: 0 };

/**
 * Binds a network to a block that was allocated for its plan.
 * @param kernels what to call in the block's kernels' stead: the recorder of a list of calls.
 */
export function bindPass(
  network: Network,
  block: Block,
  training: boolean,
  kernels: CallableKernels = block.kernels,
): Pass {
  const scratch = block.address("scratch");
  const layers = bindLayers(network, block, training);
  const first = layers.findIndex(({ placed }) => placed.layer.kind === "dense");
  const upstream = training ? [block.address("upstream a"), block.address("upstream b")] : [];

  return {
    output: layers[layers.length - 1].y,
    forward(rows, drawMask) {
      for (let i = 0; i < layers.length; i++) forwardLayer(kernels, layers[i], scratch, rows, drawMask);
    },
    backward(rows, add) {
      let dy = upstream[0];
      let dx = upstream[1];
      for (let i = layers.length - 1; i >= first; i--) {
        backwardLayer(kernels, layers[i], scratch, rows, add, dy, dx, i > first);
        const swap = dy;
        dy = dx;
        dx = swap;
      }
    },
  };
}

function bindLayers(network: Network, block: Block, training: boolean): BoundLayer[] {
  const { offsets } = parameterPlaces(network.parameters);
  const parametersAt = block.address("parameters");
  const gradientsAt = training ? block.address("gradients") : 0;
  const offsetOf = (index: number, role: Parameter["role"]) => {
    const at = network.parameters.findIndex((p) => p.placed.index === index && p.role === role);
    return at < 0 ? -1 : 4 * offsets[at];
  };
  let x = block.address("input");
  let dropouts = 0;
  return network.placed.map((placed) => {
    const y = block.address(regionOf.output(placed));
    const isDropout = placed.layer.kind === "dropout";
    const mask = isDropout && training ? block.address(regionOf.mask(placed)) : 0;
    let tensors = none;
    if (placed.layer.kind === "dense") {
      const weight = offsetOf(placed.index, "weight");
      const bias = offsetOf(placed.index, "bias");
      tensors = {
        weight: parametersAt + weight,
        bias: bias < 0 ? 0 : parametersAt + bias,
        weightGradient: gradientsAt + weight,
        biasGradient: bias < 0 ? 0 : gradientsAt + bias,
      };
    }
    const bound = { placed, x, y, mask, ordinal: isDropout ? dropouts++ : -1, tensors };
    x = y;
    return bound;
  });
}

function forwardLayer(
  kernels: CallableKernels,
  { placed: { layer, inputs, outputs }, x, y, mask, ordinal, tensors }: BoundLayer,
  scratch: Address,
  rows: number,
  drawMask: DrawMask | null,
): void {
  switch (layer.kind) {
    case "dense":
      kernels.denseForward(y, x, tensors.weight, tensors.bias, scratch, rows, inputs, outputs);
      return;
    case "dropout":
      if (drawMask) {
        drawMask(mask, rows, outputs, layer.rate, ordinal);
        kernels.dropoutApply(y, x, mask, rows * outputs);
      } else {
        kernels.scale(y, x, rows * outputs, 1);
      }
      return;
    default:
      activate(kernels, layer, y, x, rows, outputs);
  }
}

function backwardLayer(
  kernels: CallableKernels,
  { placed: { layer, inputs, outputs }, x, y, mask, tensors }: BoundLayer,
  scratch: Address,
  rows: number,
  add: boolean,
  dy: Address,
  dx: Address,
  wantInput: boolean,
): void {
  switch (layer.kind) {
    case "dense":
      denseGradients(kernels, layer, x, tensors, scratch, rows, add, dy, inputs, outputs);
      if (wantInput) kernels.denseBackwardInput(dx, dy, tensors.weight, scratch, rows, inputs, outputs);
      return;
    case "dropout":
      kernels.dropoutApply(dx, dy, mask, rows * outputs);
      return;
    default:
      differentiate(kernels, layer, dx, dy, x, y, rows, outputs);
  }
}

function denseGradients(
  kernels: CallableKernels,
  layer: DenseLayer,
  x: Address,
  tensors: BoundLayer["tensors"],
  scratch: Address,
  rows: number,
  add: boolean,
  dy: Address,
  inputs: number,
  outputs: number,
): void {
  const weightGradient = add ? kernels.denseBackwardWeightAdd : kernels.denseBackwardWeight;
  const biasGradient = add ? kernels.denseBackwardBiasAdd : kernels.denseBackwardBias;
  weightGradient(tensors.weightGradient, dy, x, scratch, rows, inputs, outputs);
  if (layer.bias) biasGradient(tensors.biasGradient, dy, rows, outputs);
}
