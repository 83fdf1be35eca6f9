// Where every layer's input, output and tensors lie in a block.
import type { Address } from "../wasm/kernels.ts";
import type { Block } from "../wasm/memory.ts";
import { maskWidth } from "./mask-width.ts";
import type { Network } from "./network.ts";
import { parameterPlaces, regionOf } from "./plan.ts";
import type { ParameterRole, PlacedLayer } from "./shapes.ts";

export interface BoundLayer {
  readonly placed: PlacedLayer;
  readonly x: Address;
  readonly y: Address;
  /** Dropout's mask; 0 for other layers, and where nothing was planned for masks. */
  readonly mask: Address;
  /** Which of the dropout layers, from 0. */
  readonly ordinal: number;
  /** What normalisation keeps from forward to backward; 0 for other layers. */
  readonly statistics: Address;
  /** Whether its tensors are to stay as they are. */
  readonly isFrozen: boolean;
  /** 0 where there is none. A normalisation's factors are its weight, its shifts its bias, as in PyTorch. */
  readonly tensors: {
    readonly weight: Address;
    readonly bias: Address;
    readonly weightGradient: Address;
    readonly biasGradient: Address;
    readonly mean: Address;
    readonly variance: Address;
    readonly batches: Address;
  };
}

/** @param training whether the block has gradients. */
export function bindLayers(
  network: Network,
  block: Block,
  training: boolean,
  frozen: ReadonlySet<number>,
): readonly BoundLayer[] {
  const { offsets } = parameterPlaces(network.parameters);
  const parametersAt = block.address("parameters");
  const gradientsAt = training ? block.address("gradients") : 0;
  const addressIn = (base: Address, index: number, ...roles: readonly ParameterRole[]) => {
    const at = network.parameters.findIndex((p) => p.placed.index === index && roles.includes(p.role));
    return at < 0 || base === 0 ? 0 : base + 4 * offsets[at];
  };
  let x = block.address("input");
  let dropouts = 0;
  return network.placed.map((placed) => {
    const { index, layer } = placed;
    const y = block.address(regionOf.output(placed));
    const hasMask = maskWidth(placed) > 0;
    const hasStatistics = layer.kind === "batchNorm" || layer.kind === "layerNorm";
    const bound = {
      placed,
      x,
      y,
      mask: hasMask && block.has(regionOf.mask(placed)) ? block.address(regionOf.mask(placed)) : 0,
      ordinal: hasMask ? dropouts++ : -1,
      statistics: hasStatistics ? block.address(regionOf.statistics(placed)) : 0,
      isFrozen: frozen.has(index),
      tensors: {
        weight: addressIn(parametersAt, index, "weight", "gain"),
        bias: addressIn(parametersAt, index, "bias", "shift"),
        weightGradient: addressIn(gradientsAt, index, "weight", "gain"),
        biasGradient: addressIn(gradientsAt, index, "bias", "shift"),
        mean: addressIn(parametersAt, index, "mean"),
        variance: addressIn(parametersAt, index, "variance"),
        batches: addressIn(parametersAt, index, "batches"),
      },
    };
    x = y;
    return bound;
  });
}
