// The way through a network and back: every layer's kernels bound to their addresses once, so that a step only calls.
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
import type { Block } from "../wasm/memory.ts";
import { activate, differentiate } from "./activation.ts";
import { bindLayers } from "./bind.ts";
import type { BoundLayer } from "./bind.ts";
import { layerNormGradients, normalize, normalizeGradients, normalizeRows } from "./normalize.ts";
import type { Network } from "./network.ts";
import { regionOf } from "./plan.ts";
import { groupsOf, learns } from "./shapes.ts";
import type { PlacedLayer } from "./shapes.ts";

/** Draws the mask of a dropout layer into its region: where it lies, rows, the layer, and which dropout layer this is. */
export type DrawMask = (mask: Address, rows: number, placed: PlacedLayer, ordinal: number) => void;

/** Forward and backward through a network whose regions a block holds. Nothing here allocates once it is made. */
export interface Pass {
  /**
   * From the region "input" to `output`, for the first `rows` images. Dropout is off unless masks are drawn.
   * @param statistics by which batch normalisation goes: the running ones, or the batch's, which move the running ones.
   * @param momentum how far they move them; null for each layer's own.
   */
  forward(rows: number, drawMask: DrawMask | null, statistics?: "running" | "batch", momentum?: number | null): void;
  /**
   * From the gradient at `gradient` back to every parameter's gradient; of the batch that went forward last.
   * @param add whether to add to the gradients (accumulation) or to overwrite them.
   */
  backward(rows: number, add: boolean): void;
  /** Where the last layer's output lies, and the gradient of it; 0 where none are taken. */
  readonly output: Address;
  readonly gradient: Address;
}

export interface PassOptions {
  /** What to call in the block's kernels' stead: the recorder of a list of calls. */
  readonly kernels?: CallableKernels;
  /** Indexes of layers that are not to be changed: no gradients of theirs are taken, no statistics moved. */
  readonly frozen?: ReadonlySet<number>;
}

/**
 * Binds a network to a block that was allocated for its plan.
 * @param training whether gradients are taken.
 */
export function bindPass(network: Network, block: Block, training: boolean, options: PassOptions = {}): Pass {
  const { kernels = block.kernels, frozen = new Set<number>() } = options;
  const scratch = block.address("scratch");
  const layers = bindLayers(network, block, training, frozen);
  const first = layers.findIndex(({ placed, isFrozen }) => learns(placed.layer) && !isFrozen);
  const upstream = training ? upstreamOf(network, block) : [];
  let ofBatch = false;

  return {
    output: layers[layers.length - 1].y,
    gradient: training ? upstream[layers.length - 1] : 0,
    forward(rows, drawMask, statistics = "running", momentum = null) {
      // A single image has no variance: it goes by the running statistics, and does not move them.
      ofBatch = statistics === "batch" && rows > 1;
      for (let i = 0; i < layers.length; i++) {
        forwardLayer(kernels, layers[i], scratch, rows, drawMask, ofBatch, momentum);
      }
    },
    backward(rows, add) {
      for (let i = layers.length - 1; i >= first; i--) {
        const dx = i > first ? upstream[i - 1] : 0;
        backwardLayer(kernels, layers[i], scratch, rows, add, upstream[i], dx, i > first, ofBatch);
      }
    },
  };
}

/** Where the gradient of each layer's output lies: two regions in turn, or one for each layer. */
function upstreamOf({ placed }: Network, block: Block): readonly Address[] {
  const last = placed.length - 1;
  return placed.map((place, i) => {
    const own = regionOf.upstream(place);
    return block.address(block.has(own) ? own : (last - i) % 2 === 0 ? "upstream a" : "upstream b");
  });
}

function forwardLayer(
  kernels: CallableKernels,
  bound: BoundLayer,
  scratch: Address,
  rows: number,
  drawMask: DrawMask | null,
  ofBatch: boolean,
  momentum: number | null,
): void {
  const { placed, x, y, mask, ordinal, tensors } = bound;
  const { layer, inputs, outputs } = placed;
  switch (layer.kind) {
    case "dense":
      kernels.denseForward(y, x, tensors.weight, tensors.bias, scratch, rows, inputs, outputs);
      return;
    case "dropout":
    case "gaussianDropout":
    case "spatialDropout":
      if (drawMask) {
        drawMask(mask, rows, placed, ordinal);
        applyMask(kernels, placed, y, x, mask, rows);
      } else {
        kernels.scale(y, x, rows * outputs, 1);
      }
      return;
    case "batchNorm":
      normalize(kernels, bound, rows, ofBatch, momentum ?? layer.momentum, layer.epsilon);
      return;
    case "layerNorm":
      normalizeRows(kernels, layer, bound, rows);
      return;
    default:
      activate(kernels, layer, y, x, rows, outputs);
  }
}

/** One layer of the way back: its gradients unless it is frozen, and that of its input where `wantInput`. */
export function backwardLayer(
  kernels: CallableKernels,
  bound: BoundLayer,
  scratch: Address,
  rows: number,
  add: boolean,
  dy: Address,
  dx: Address,
  wantInput: boolean,
  ofBatch: boolean,
): void {
  const { placed, x, y, mask, tensors } = bound;
  const { layer, inputs, outputs } = placed;
  switch (layer.kind) {
    case "dense":
      if (!bound.isFrozen) denseGradients(kernels, bound, scratch, rows, add, dy);
      if (wantInput) kernels.denseBackwardInput(dx, dy, tensors.weight, scratch, rows, inputs, outputs);
      return;
    case "dropout":
    case "gaussianDropout":
    case "spatialDropout":
      applyMask(kernels, placed, dx, dy, mask, rows);
      return;
    case "batchNorm":
      normalizeGradients(kernels, bound, rows, add, dy, wantInput ? dx : 0, ofBatch);
      return;
    case "layerNorm":
      layerNormGradients(kernels, bound, rows, add, dy, wantInput ? dx : 0);
      return;
    default:
      differentiate(kernels, layer, dx, dy, x, y, rows, outputs);
  }
}

/** to = from times the mask */
function applyMask(
  kernels: CallableKernels,
  { layer, shape, outputs }: PlacedLayer,
  to: Address,
  from: Address,
  mask: Address,
  rows: number,
): void {
  if (layer.kind === "spatialDropout") {
    const { before, size, after } = groupsOf(shape, layer.axis);
    kernels.spatialDropoutApply(to, from, mask, rows, before, size, after);
  } else {
    kernels.dropoutApply(to, from, mask, rows * outputs);
  }
}

function denseGradients(
  kernels: CallableKernels,
  { placed: { layer, inputs, outputs }, x, tensors }: BoundLayer,
  scratch: Address,
  rows: number,
  add: boolean,
  dy: Address,
): void {
  const weightGradient = add ? kernels.denseBackwardWeightAdd : kernels.denseBackwardWeight;
  const biasGradient = add ? kernels.denseBackwardBiasAdd : kernels.denseBackwardBias;
  weightGradient(tensors.weightGradient, dy, x, scratch, rows, inputs, outputs);
  if (layer.kind === "dense" && layer.bias) biasGradient(tensors.biasGradient, dy, rows, outputs);
}
