// Which kernels belong to which activation layer, forward and backward.
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
import type { ActivationLayer } from "./layers.ts";

/** y = f(x) for `rows` images of `width` values. */
export function activate(
  kernels: CallableKernels,
  layer: ActivationLayer,
  y: Address,
  x: Address,
  rows: number,
  width: number,
): void {
  const n = rows * width;
  switch (layer.kind) {
    case "relu":
      return kernels.reluForward(y, x, n);
    case "leakyRelu":
      return kernels.leakyReluForward(y, x, n, layer.slope);
    case "elu":
      return kernels.eluForward(y, x, n, layer.alpha);
    case "selu":
      return kernels.seluForward(y, x, n);
    case "gelu":
      return kernels.geluForward(y, x, n);
    case "geluTanh":
      return kernels.geluTanhForward(y, x, n);
    case "sigmoid":
      return kernels.sigmoidForward(y, x, n);
    case "tanh":
      return kernels.tanhForward(y, x, n);
    case "softplus":
      return kernels.softplusForward(y, x, n);
    case "silu":
      return kernels.siluForward(y, x, n);
    case "softmax":
      return kernels.softmaxForward(y, x, rows, width);
  }
}

/** dx = dy f'(x), where y = f(x). */
export function differentiate(
  kernels: CallableKernels,
  layer: ActivationLayer,
  dx: Address,
  dy: Address,
  x: Address,
  y: Address,
  rows: number,
  width: number,
): void {
  const n = rows * width;
  switch (layer.kind) {
    case "relu":
      return kernels.reluBackward(dx, dy, x, y, n);
    case "leakyRelu":
      return kernels.leakyReluBackward(dx, dy, x, y, n, layer.slope);
    case "elu":
      return kernels.eluBackward(dx, dy, x, y, n, layer.alpha);
    case "selu":
      return kernels.seluBackward(dx, dy, x, y, n);
    case "gelu":
      return kernels.geluBackward(dx, dy, x, y, n);
    case "geluTanh":
      return kernels.geluTanhBackward(dx, dy, x, y, n);
    case "sigmoid":
      return kernels.sigmoidBackward(dx, dy, x, y, n);
    case "tanh":
      return kernels.tanhBackward(dx, dy, x, y, n);
    case "softplus":
      return kernels.softplusBackward(dx, dy, x, y, n);
    case "silu":
      return kernels.siluBackward(dx, dy, x, y, n);
    case "softmax":
      return kernels.softmaxBackward(dx, dy, y, rows, width);
  }
}
