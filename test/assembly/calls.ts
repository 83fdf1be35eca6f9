// How every kernel is called, as data, so that one test can run them all: its arguments in order.
// Matrix products and dense layers have tests of their own, over three sizes.
import type { AugmentKernels } from "../../src/wasm/augment-kernels.ts";
import type { Kernels } from "../../src/wasm/kernels.ts";

/** Kernels over volumes, with tests of their own: resampling.test.ts, deformation.test.ts, blur.test.ts. */
type Resampling = Omit<AugmentKernels, "linearIntensity" | "gammaIntensity" | "blend">;

/**
 * Arrays of (rows, columns): "in" is read, "part" is read and in [0, 1], "out" is written, "inout" and "square" (never
 * negative) are both. "losses" (rows) is written; "labels" (rows), "rowWeights" (rows), "weights" (columns) and "doubles" (columns, float64,
 * whole vectors of four) are read. "columnOut" and "columnInout" (columns), "count" (1),
 * "statistics" (4 rows of columns, float64, whole vectors of four) and "rowStatistics" (rows, 2, float64) are written.
 */
export type ArrayRole = "in" | "part" | "out" | "inout" | "square" | "losses" | "labels" | "rowWeights" | "weights" | "doubles"
  | "columnOut" | "columnInout" | "count" | "statistics" | "rowStatistics"; // prettier-ignore

/** An array, a size, or a scalar. Kernels of n elements are called with one row of n columns. */
export type Argument = ArrayRole | "n" | "rows" | "columns" | number;

type Untested =
  | "heapBase"
  | "isFused"
  | "runCalls"
  | "limitUnitNorms"
  | keyof Resampling
  | Extract<keyof Kernels, `matmul${string}` | `dense${string}` | `${string}Limit` | `advance${string}`>;

const elementwise: Argument[] = ["out", "in", "n"];
const backward: Argument[] = ["out", "in", "in", "part", "n"];
const lossForward: Argument[] = ["losses", "in", "part", "rowWeights", "rows", "columns"];
const lossBackward: Argument[] = ["out", "in", "part", "rows", "columns"];

export const calls: Record<Exclude<keyof Kernels, Untested>, readonly Argument[]> = {
  philoxFill: ["out", "n", 1, -2, 3, -4, 5, 6],
  bytesToFloats: elementwise,
  shiftScale: [...elementwise, 0.3, -1.7],
  shiftScaleColumns: ["out", "in", "doubles", "doubles", "rows", "columns"],
  linearIntensity: [...elementwise, 0.7, -0.3],
  gammaIntensity: [...elementwise, -8, 8, 1.3],
  blend: ["out", "in", "part", "n", 0.3],
  expForward: elementwise,
  logForward: elementwise,
  log1pForward: ["out", "part", "n"],
  erfForward: elementwise,
  reluForward: elementwise,
  reluBackward: backward,
  leakyReluForward: [...elementwise, 0.01],
  leakyReluBackward: [...backward, 0.01],
  eluForward: [...elementwise, 0.7],
  eluBackward: [...backward, 0.7],
  seluForward: elementwise,
  seluBackward: backward,
  sigmoidForward: elementwise,
  sigmoidBackward: backward,
  tanhForward: elementwise,
  tanhBackward: backward,
  softplusForward: elementwise,
  softplusBackward: backward,
  siluForward: elementwise,
  siluBackward: backward,
  geluForward: elementwise,
  geluBackward: backward,
  geluTanhForward: elementwise,
  geluTanhBackward: backward,
  softmaxForward: ["out", "in", "rows", "columns"],
  softmaxBackward: ["out", "in", "part", "rows", "columns"],
  dropoutMask: ["out", "n", 1, -2, 3, -4, -1717986919, 1.25],
  dropoutApply: ["out", "in", "part", "n"],
  spatialDropoutApply: ["out", "in", "part", "rows", 1, "columns", 1],
  gaussianMask: ["out", "n", 1, -2, 3, -4, 0.5],
  batchNormStatistics: ["statistics", "columnInout", "columnInout", "count", "in", "rows", "columns", 0.1, 1e-5],
  batchNormFixedStatistics: ["statistics", "weights", "weights", "columns", 1e-5],
  batchNormForward: ["out", "in", "weights", "weights", "statistics", "rows", "columns"],
  batchNormBackwardParameters: ["columnOut", "columnOut", "statistics", "in", "in", "rows", "columns"],
  batchNormBackwardParametersAdd: ["columnInout", "columnInout", "statistics", "in", "in", "rows", "columns"],
  batchNormBackwardInput: ["out", "in", "in", "weights", "statistics", "rows", "columns"],
  batchNormFixedBackwardInput: ["out", "in", "weights", "statistics", "rows", "columns"],
  layerNormForward: ["out", "rowStatistics", "in", "weights", "weights", "rows", "columns", 1e-5],
  layerNormBackwardInput: ["out", "in", "in", "weights", "rowStatistics", "rows", "columns"],
  layerNormBackwardParameters: ["columnOut", "columnOut", "in", "in", "rowStatistics", "rows", "columns"],
  layerNormBackwardParametersAdd: ["columnInout", "columnInout", "in", "in", "rowStatistics", "rows", "columns"],
  averageStep: ["inout", "in", "n", 0.3],
  softmaxCrossEntropyForward: ["losses", "in", "labels", "weights", "rowWeights", "rows", "columns", 0.1],
  softmaxCrossEntropyBackward: ["out", "in", "labels", "weights", "rows", "columns", 0.1, 0.25],
  softCrossEntropyForward: ["losses", "in", "part", "weights", "rowWeights", "rows", "columns", 0.1],
  softCrossEntropyBackward: ["out", "in", "part", "weights", "rows", "columns", 0.1, 0.25],
  sigmoidCrossEntropyForward: [...lossForward, 3, 0.1],
  sigmoidCrossEntropyBackward: [...lossBackward, 3, 0.1, 0.25],
  sigmoidFocalForward: [...lossForward, 2],
  sigmoidFocalBackward: [...lossBackward, 2, 0.25],
  huberForward: [...lossForward, 0.3],
  huberBackward: [...lossBackward, 0.3, 0.25],
  sigmoidDiceForward: [...lossForward, 1],
  sigmoidDiceBackward: [...lossBackward, 1, 0.25],
  squaredErrorForward: lossForward,
  squaredErrorBackward: [...lossBackward, 0.25],
  absoluteErrorForward: lossForward,
  absoluteErrorBackward: [...lossBackward, 0.25],
  scaleRows: ["out", "in", "rowWeights", "rows", "columns"],
  sum: ["in", "n"],
  sumOfSquares: ["in", "n"],
  limitNorm: ["inout", "n", 2],
  sumOfAbsolutes: ["in", "n"],
  maximumAbsolute: ["in", "n"],
  firstNonFinite: ["in", "n"],
  scale: [...elementwise, 0.3],
  clamp: [...elementwise, -0.5, 0.7],
  addPenaltyGradient: ["inout", "in", "n", 0.1, 0.2],
  sgdStep: ["inout", "in", "n", 0.1, 0.01],
  momentumStep: ["inout", "inout", "in", "n", 0.1, 0.9, 0.8, 0.01],
  nesterovStep: ["inout", "inout", "in", "n", 0.1, 0.9, 1, 0.01],
  adamStep: ["inout", "inout", "square", "in", "n", 0.1, 0.9, 0.999, 1e-8, 2.5, 0.01, 0.99],
  amsgradStep: ["inout", "inout", "square", "square", "in", "n", 0.1, 0.9, 0.999, 1e-8, 2.5, 0.01, 0.99],
  nadamStep: ["inout", "inout", "square", "in", "n", 0.02, 0.1, 0.9, 0.999, 1e-8, 2.5, 0.01],
  radamStep: ["inout", "inout", "square", "in", "n", 0.1, 0.9, 0.999, 1e-8, 0.4, 1, 0.01],
  adamaxStep: ["inout", "inout", "square", "in", "n", 0.1, 0.9, 0.999, 1e-8, 0.01],
  rmspropStep: ["inout", "square", "in", "n", 0.1, 0.9, 1e-8, 0.01],
  rmspropMomentumStep: ["inout", "square", "inout", "in", "n", 0.1, 0.9, 1e-8, 0.5, 0.01],
  rmspropCenteredStep: ["inout", "square", "inout", "inout", "in", "n", 0.1, 0.9, 1e-8, 0.5, 0.01],
  adagradStep: ["inout", "square", "in", "n", 0.1, 1e-10, 0.01],
  adadeltaStep: ["inout", "square", "square", "in", "n", 0.1, 0.9, 1e-6, 0.01],
};
