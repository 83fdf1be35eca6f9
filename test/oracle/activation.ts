// Naive float64 twins of the activations and their derivatives, from the definitions.
import { erf } from "./erf.ts";

export interface Activation {
  readonly name: string;
  /** Slope or alpha, where the activation has one. */
  readonly parameter?: number;
  value(x: number): number;
  slope(x: number): number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const distribution = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
const inner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const innerSlope = (x: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

const leakyRelu = (slope: number): Activation => ({
  name: "leakyRelu",
  parameter: slope,
  value: (x) => (x > 0 ? x : slope * x),
  slope: (x) => (x > 0 ? 1 : slope),
});

const elu = (alpha: number): Activation => ({
  name: "elu",
  parameter: alpha,
  value: (x) => (x > 0 ? x : alpha * Math.expm1(x)),
  slope: (x) => (x > 0 ? 1 : alpha * Math.exp(x)),
});

/** Every elementwise activation, with PyTorch's default parameter first where there is one. */
export const activations: readonly Activation[] = [
  { name: "relu", value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  leakyRelu(0.01),
  leakyRelu(0.3),
  elu(1),
  elu(0.5),
  {
    name: "selu",
    value: (x) => seluScale * (x > 0 ? x : seluAlpha * Math.expm1(x)),
    slope: (x) => seluScale * (x > 0 ? 1 : seluAlpha * Math.exp(x)),
  },
  { name: "sigmoid", value: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) },
  { name: "tanh", value: Math.tanh, slope: (x) => 1 / Math.cosh(x) ** 2 },
  { name: "softplus", value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigmoid },
  { name: "silu", value: (x) => x * sigmoid(x), slope: (x) => sigmoid(x) * (1 + x * sigmoid(-x)) },
  { name: "gelu", value: (x) => x * distribution(x), slope: (x) => distribution(x) + x * density(x) },
  {
    name: "geluTanh",
    value: (x) => (x / 2) * (1 + Math.tanh(inner(x))),
    slope: (x) => (1 + Math.tanh(inner(x))) / 2 + ((x / 2) * innerSlope(x)) / Math.cosh(inner(x)) ** 2,
  },
];

/** Softmax of each row of x (rows, columns). */
export function softmaxOracle(x: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const y = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length: columns }, (_, j) => x[row * columns + j]);
    const most = Math.max(...values);
    const total = values.reduce((sum, value) => sum + Math.exp(value - most), 0);
    values.forEach((value, j) => (y[row * columns + j] = Math.exp(value - most) / total));
  }
  return y;
}
