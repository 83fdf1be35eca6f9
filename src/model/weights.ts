// The weights and biases of a network as named tensors, in PyTorch's names and layout.
import { littleEndianBytes } from "../endian.ts";
import type { Network } from "./network.ts";

/** Row-major values with their shape: `(outputs, inputs)` for weights, `(outputs)` for biases, `()` for one number. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name, in the order of the network. */
export type Weights = ReadonlyMap<string, Tensor>;

/**
 * Whether tensors are those of a network.
 * @throws RangeError when a tensor is missing, has another shape or length, or belongs to no layer.
 */
export function checkWeights(network: Network, weights: Weights): void {
  const expected = new Set(network.parameters.map(({ name }) => name));
  for (const name of weights.keys()) {
    if (!expected.has(name)) {
      throw new RangeError(
        `weights: expected only ${[...expected].join(", ")}; got "${name}". Is it another network's file?`,
      );
    }
  }
  for (const { name, shape, length } of network.parameters) {
    const tensor = weights.get(name);
    if (!tensor) throw new RangeError(`weights: expected a tensor "${name}" of ${shape.join("x")}, got none`);
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new RangeError(`weights "${name}": expected ${shape.join("x")}, got ${tensor.shape.join("x")}`);
    }
    if (tensor.data.length !== length)
      throw new RangeError(
        `weights "${name}": expected ${length} values for ${shape.join("x")}, got ${tensor.data.length}`,
      );
  }
}

/** The tensors' little-endian float32 bytes, one after the other: what `weightsSha256` is taken over. */
export function weightBytes(weights: Weights): Uint8Array<ArrayBuffer> {
  const total = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const bytes = new Uint8Array(4 * total);
  let offset = 0;
  for (const { data } of weights.values()) {
    bytes.set(littleEndianBytes(data), offset);
    offset += 4 * data.length;
  }
  return bytes;
}
