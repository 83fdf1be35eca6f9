// The gradient of what a network says with respect to the image it sees: a plan and a way back of their own, so that those
// of training stay as they are.
import type { Address } from "../wasm/kernels.ts";
import type { Layout } from "../wasm/layout.ts";
import { layOut, matmulScratchBytes } from "../wasm/layout.ts";
import type { Block } from "../wasm/memory.ts";
import { bindLayers } from "./bind.ts";
import type { Network } from "./network.ts";
import { backwardLayer } from "./pass.ts";

/**
 * Training takes no gradient of the image: nothing would use it, and it costs a product more and two regions as wide as an
 * image. Here they are, beside the regions of a way forward; there is none for gradients of weights nor for an optimizer.
 */
export function planInputGradient(network: Network, batchSize: number): Layout {
  const { regions } = network.plan({ batchSize, training: false });
  const widest = Math.max(...network.placed.map(({ inputs, outputs }) => Math.max(inputs, outputs)));
  const products = network.placed.map(({ layer, inputs, outputs }) =>
    layer.kind === "dense" ? matmulScratchBytes(batchSize, inputs, outputs) : 0,
  );
  const sizes = regions.map(
    ({ name, bytes }) => [name, name === "scratch" ? Math.max(bytes, ...products) : bytes] as const,
  );
  const upstream = 4 * batchSize * widest;
  return layOut([...sizes, ["upstream a", upstream], ["upstream b", upstream]]);
}

export interface InputGradient {
  /** Where the gradient with respect to the outputs is to be written, (rows, outputs). */
  readonly seed: Address;
  /**
   * From the seed back to the image, of the batch that went forward last with dropout off: dx = dy W through a dense layer,
   * and each other layer's own. The seed is overwritten. @returns where the gradient lies, (rows, inputs).
   */
  backward(rows: number): Address;
}

/** @param block allocated for planInputGradient(). */
export function bindInputGradient(network: Network, block: Block): InputGradient {
  const everyLayer = new Set(network.placed.map(({ index }) => index));
  const layers = bindLayers(network, block, false, everyLayer);
  const scratch = block.address("scratch");
  const seed = block.address("upstream a");
  return {
    seed,
    backward(rows) {
      let dy = seed;
      let dx = block.address("upstream b");
      for (const bound of layers.toReversed()) {
        // Noise that is off passes gradients through as it passes values.
        if (bound.ordinal >= 0) continue;
        backwardLayer(block.kernels, bound, scratch, rows, false, dy, dx, true, false);
        [dy, dx] = [dx, dy];
      }
      return dy;
    },
  };
}
