// Instantiates the WebAssembly build and types every kernel: the only file that names WebAssembly.
import type { AugmentKernels } from "./augment-kernels.ts";
import { bytesFor } from "./binary.ts";
import { importBuild, isCompiled } from "./build-bytes.ts";
import type { CompiledKernels, KernelBuild } from "./builds.ts";
import { availableMode } from "./modes.ts";
import type { NormalizationKernels } from "./normalization-kernels.ts";

/** A byte offset into the kernels' memory. */
export type Address = number;

/** y = f(x) over n floats. */
type Elementwise = (y: Address, x: Address, n: number) => void;
type ElementwiseWith = (y: Address, x: Address, n: number, parameter: number) => void;

/** dx = dy f'(x) over n floats, y = f(x). */
type ElementwiseBackward = (dx: Address, dy: Address, x: Address, y: Address, n: number) => void;
type ElementwiseBackwardWith = (dx: Address, dy: Address, x: Address, y: Address, n: number, parameter: number) => void;

type Product = (
  c: Address,
  a: Address,
  b: Address,
  scratch: Address,
  m: number,
  n: number,
  k: number,
  cStride: number,
  aStride: number,
  bStride: number,
) => void;

type DenseProduct = (
  output: Address,
  dy: Address,
  other: Address,
  scratch: Address,
  batch: number,
  inputs: number,
  outputs: number,
) => void;

/** As DenseProduct, of some of the outputs: a row of dy has `stride`. */
type DensePart = (...given: [...Parameters<DenseProduct>, stride: number]) => void;

/** The losses (rows) of outputs z against targets, both (rows, columns), times the weights (rows); their sum. */
type LossForward<Scalars extends number[]> = (
  losses: Address,
  z: Address,
  targets: Address,
  weights: Address,
  rows: number,
  columns: number,
  ...scalars: Scalars
) => number;

type LossBackward<Scalars extends number[]> = (
  dz: Address,
  z: Address,
  targets: Address,
  rows: number,
  columns: number,
  ...scalars: Scalars
) => void;

/**
 * Every kernel, in the order of assembly/index.ts, whose files state each one's equation.
 * Arguments: outputs, inputs, scratch, sizes, scalars. They overwrite, unless the name says Add.
 */
export interface Kernels extends AugmentKernels, NormalizationKernels {
  // random
  philoxFill: (
    out: Address,
    n: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ) => void;
  // normalize
  bytesToFloats: Elementwise;
  shiftScale: (y: Address, x: Address, n: number, shift: number, factor: number) => void;
  shiftScaleColumns: (y: Address, x: Address, shifts: Address, factors: Address, rows: number, columns: number) => void;
  // activation
  expForward: Elementwise;
  logForward: Elementwise;
  log1pForward: Elementwise;
  erfForward: Elementwise;
  reluForward: Elementwise;
  reluBackward: ElementwiseBackward;
  leakyReluForward: ElementwiseWith;
  leakyReluBackward: ElementwiseBackwardWith;
  eluForward: ElementwiseWith;
  eluBackward: ElementwiseBackwardWith;
  seluForward: Elementwise;
  seluBackward: ElementwiseBackward;
  sigmoidForward: Elementwise;
  sigmoidBackward: ElementwiseBackward;
  tanhForward: Elementwise;
  tanhBackward: ElementwiseBackward;
  softplusForward: Elementwise;
  softplusBackward: ElementwiseBackward;
  siluForward: Elementwise;
  siluBackward: ElementwiseBackward;
  geluForward: Elementwise;
  geluBackward: ElementwiseBackward;
  geluTanhForward: Elementwise;
  geluTanhBackward: ElementwiseBackward;
  softmaxForward: (y: Address, x: Address, rows: number, columns: number) => void;
  softmaxBackward: (dx: Address, dy: Address, y: Address, rows: number, columns: number) => void;
  // dropout
  dropoutMask: (
    mask: Address,
    n: number,
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    keepThreshold: number,
    scale: number,
  ) => void;
  dropoutApply: (y: Address, x: Address, mask: Address, n: number) => void;
  // matmul, dense
  matmulABt: Product;
  matmulAB: Product;
  matmulAtB: Product;
  matmulAtBAdd: Product;
  denseForward: (
    y: Address,
    x: Address,
    weight: Address,
    bias: Address,
    scratch: Address,
    batch: number,
    inputs: number,
    outputs: number,
  ) => void;
  denseBackwardInput: DenseProduct;
  denseBackwardWeight: DenseProduct;
  denseBackwardWeightAdd: DenseProduct;
  denseBackwardWeightPart: DensePart;
  denseBackwardWeightPartAdd: DensePart;
  denseBackwardBias: (dBias: Address, dy: Address, batch: number, outputs: number) => void;
  denseBackwardBiasAdd: (dBias: Address, dy: Address, batch: number, outputs: number) => void;
  // limit
  /** Sums of 104 flop a turn in registers; bench measures the machine's limit by it. */
  multiplyAddLimit: (turns: number, factor: number) => number;
  multiplyAddOwnLimit: (turns: number, factor: number) => number;
  /** y = factor x + y, n a multiple of four; the limit of the memory. */
  streamLimit: (y: Address, x: Address, n: number, factor: number) => void;
  /** Whether multiply-add is rounded once: 1 or 0. */
  isFused: (small: number) => number;
  // loss; weights (rows) are what each image counts, 0 where all count 1
  softmaxCrossEntropyForward: (
    losses: Address,
    z: Address,
    labels: Address,
    classWeights: Address,
    weights: Address,
    rows: number,
    columns: number,
    smoothing: number,
  ) => number;
  softmaxCrossEntropyBackward: (
    dz: Address,
    z: Address,
    labels: Address,
    classWeights: Address,
    rows: number,
    columns: number,
    smoothing: number,
    scale: number,
  ) => void;
  // the same against targets (rows, columns), parts of classes
  softCrossEntropyForward: (
    losses: Address,
    z: Address,
    targets: Address,
    classWeights: Address,
    weights: Address,
    rows: number,
    columns: number,
    smoothing: number,
  ) => number;
  softCrossEntropyBackward: (
    dz: Address,
    z: Address,
    targets: Address,
    classWeights: Address,
    rows: number,
    columns: number,
    smoothing: number,
    scale: number,
  ) => void;
  sigmoidCrossEntropyForward: LossForward<[positiveWeight: number, smoothing: number]>;
  sigmoidCrossEntropyBackward: LossBackward<[positiveWeight: number, smoothing: number, scale: number]>;
  sigmoidFocalForward: LossForward<[gamma: number]>;
  sigmoidFocalBackward: LossBackward<[gamma: number, scale: number]>;
  huberForward: LossForward<[delta: number]>;
  huberBackward: LossBackward<[delta: number, scale: number]>;
  sigmoidDiceForward: LossForward<[smooth: number]>;
  sigmoidDiceBackward: LossBackward<[smooth: number, scale: number]>;
  squaredErrorForward: LossForward<[]>;
  squaredErrorBackward: LossBackward<[scale: number]>;
  absoluteErrorForward: LossForward<[]>;
  absoluteErrorBackward: LossBackward<[scale: number]>;
  /** y (rows, columns) = x (rows, columns) times each row's factor (rows). */
  scaleRows: (y: Address, x: Address, factors: Address, rows: number, columns: number) => void;
  // reduce
  sum: (x: Address, n: number) => number;
  sumOfSquares: (x: Address, n: number) => number;
  sumOfAbsolutes: (x: Address, n: number) => number;
  maximumAbsolute: (x: Address, n: number) => number;
  /** The index of the first NaN or infinity, or -1. */
  firstNonFinite: (x: Address, n: number) => number;
  scale: (y: Address, x: Address, n: number, factor: number) => void;
  clamp: (y: Address, x: Address, n: number, low: number, high: number) => void;
  /** x (n) scaled down to a norm of at most `maximum`. */
  limitNorm: (x: Address, n: number, maximum: number) => void;
  // optimizer, penalties, clipping
  addPenaltyGradient: (g: Address, w: Address, n: number, l1: number, l2: number) => void;
  sgdStep: (w: Address, g: Address, n: number, learningRate: number, weightDecay: number) => void;
  momentumStep: (
    w: Address,
    velocity: Address,
    g: Address,
    n: number,
    learningRate: number,
    momentum: number,
    share: number,
    weightDecay: number,
  ) => void;
  nesterovStep: (
    w: Address,
    velocity: Address,
    g: Address,
    n: number,
    learningRate: number,
    momentum: number,
    share: number,
    weightDecay: number,
  ) => void;
  adamStep: (
    w: Address,
    m: Address,
    v: Address,
    g: Address,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    inverseRoot: number,
    weightDecay: number,
    keep: number,
  ) => void;
  amsgradStep: (
    w: Address,
    m: Address,
    v: Address,
    largest: Address,
    g: Address,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    inverseRoot: number,
    weightDecay: number,
    keep: number,
  ) => void;
  nadamStep: (
    w: Address,
    m: Address,
    v: Address,
    g: Address,
    n: number,
    gradientRate: number,
    momentRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    inverseRoot: number,
    weightDecay: number,
  ) => void;
  radamStep: (
    w: Address,
    m: Address,
    v: Address,
    g: Address,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    rectified: number,
    isRectified: number,
    weightDecay: number,
  ) => void;
  adamaxStep: (
    w: Address,
    m: Address,
    u: Address,
    g: Address,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    weightDecay: number,
  ) => void;
  rmspropStep: (
    w: Address,
    v: Address,
    g: Address,
    n: number,
    learningRate: number,
    alpha: number,
    epsilon: number,
    weightDecay: number,
  ) => void;
  rmspropMomentumStep: (
    w: Address,
    v: Address,
    velocity: Address,
    g: Address,
    n: number,
    learningRate: number,
    alpha: number,
    epsilon: number,
    momentum: number,
    weightDecay: number,
  ) => void;
  rmspropCenteredStep: (
    w: Address,
    v: Address,
    average: Address,
    velocity: Address,
    g: Address,
    n: number,
    learningRate: number,
    alpha: number,
    epsilon: number,
    momentum: number,
    weightDecay: number,
  ) => void;
  adagradStep: (
    w: Address,
    squares: Address,
    g: Address,
    n: number,
    learningRate: number,
    epsilon: number,
    weightDecay: number,
  ) => void;
  adadeltaStep: (
    w: Address,
    v: Address,
    accumulated: Address,
    g: Address,
    n: number,
    learningRate: number,
    rho: number,
    epsilon: number,
    weightDecay: number,
  ) => void;

  // what changes from step to step: from counters to the scalars of a call
  advanceRate: (scalars: Address, counters: Address) => void;
  advanceMomentum: (scalars: Address, counters: Address, share: number) => void;
  advanceAdam: (scalars: Address, counters: Address, beta1: number, beta2: number, decay: number) => void;
  advanceNadam: (
    scalars: Address,
    counters: Address,
    beta1: number,
    beta2: number,
    momentum: number,
    next: number,
  ) => void;
  advanceRadam: (scalars: Address, counters: Address, beta1: number, beta2: number) => void;
  advanceAdamax: (scalars: Address, counters: Address, beta1: number) => void;
  advanceAdagrad: (scalars: Address, counters: Address, decay: number) => void;

  /**
   * Carries out a list of calls (calls.ts): -1; the index of the one whose result is not finite; or -2 less the index of a
   * meeting of threads (meeting.ts).
   */
  runCalls: (calls: Address, count: number) => number;

  /** The first free address. */
  heapBase: () => Address;
}

/** One block of memory, in pages of 64 KiB, that never grows. */
export function createMemory(bytes: number, shared = false): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / 65536));
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

/** Kernels on a memory, and what they were made of: other threads make theirs of it too. */
export interface Instance {
  readonly kernels: Kernels;
  readonly module: WebAssembly.Module;
}

/**
 * Instantiates a build of the kernels on a memory. The builds are compiled for shared memory; for an unshared one their
 * bytes are changed on the way (binary.ts).
 * @param wide whether the engine is to join pairs of vectors (wide.ts): the mode's wide build, whose bits are the same.
 * @throws WebAssembly.CompileError where the engine has no SIMD; RangeError where wide vectors are asked for and are not there.
 */
export async function instantiateKernels(
  memory: WebAssembly.Memory,
  build: KernelBuild = "reproducible",
  wide = false,
): Promise<Kernels> {
  return (await instantiateBuild(memory, build, wide)).kernels;
}

/** The same, with what other threads need. */
export async function instantiateBuild(
  memory: WebAssembly.Memory,
  build: KernelBuild,
  wide: boolean,
): Promise<Instance> {
  const made = typeof build === "string" ? await importBuild(availableMode(build), wide) : build;
  if (wide) {
    // A page without a bundler knows no "#wide", and is no Node.
    const { useWide } = await import("#wide").catch(() => import("./wide-refused.ts"));
    await useWide(async (size) => (await instantiateOn(createMemory(size, isCompiled(made)), made)).kernels);
  }
  return instantiateOn(memory, made);
}

async function instantiateOn(
  memory: WebAssembly.Memory,
  build: Uint8Array<ArrayBuffer> | CompiledKernels,
): Promise<Instance> {
  const module = isCompiled(build) ? build.module : await WebAssembly.compile(bytesFor(memory.buffer, build));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort } });
  return { kernels: exports as unknown as Kernels, module };
}

/** What the debug builds call when an index is out of its array, or an assertion fails. */
function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`kernels: stopped at line ${line}, column ${column} of a debug build`);
}
