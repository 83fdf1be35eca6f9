// Lists of kernel calls in memory, which one call carries out: what is written here is read by assembly/calls.ts.
import type { Address, Kernels } from "./kernels.ts";

/** Kernels that a list may hold, in the order of their numbers in assembly/calls.ts: how many words and scalars each takes. */
const shapes = {
  dropoutMask: [7, 1],
  dropoutApply: [4, 0],
  scale: [3, 1],
  denseForward: [8, 0],
  denseBackwardInput: [7, 0],
  denseBackwardWeight: [7, 0],
  denseBackwardWeightAdd: [7, 0],
  denseBackwardBias: [4, 0],
  denseBackwardBiasAdd: [4, 0],
  reluForward: [3, 0],
  reluBackward: [5, 0],
  leakyReluForward: [3, 1],
  leakyReluBackward: [5, 1],
  eluForward: [3, 1],
  eluBackward: [5, 1],
  seluForward: [3, 0],
  seluBackward: [5, 0],
  sigmoidForward: [3, 0],
  sigmoidBackward: [5, 0],
  tanhForward: [3, 0],
  tanhBackward: [5, 0],
  softplusForward: [3, 0],
  softplusBackward: [5, 0],
  siluForward: [3, 0],
  siluBackward: [5, 0],
  geluForward: [3, 0],
  geluBackward: [5, 0],
  geluTanhForward: [3, 0],
  geluTanhBackward: [5, 0],
  softmaxForward: [4, 0],
  softmaxBackward: [5, 0],
  softmaxCrossEntropyForward: [7, 1],
  softmaxCrossEntropyBackward: [6, 2],
  sigmoidCrossEntropyForward: [6, 2],
  sigmoidCrossEntropyBackward: [5, 3],
  sigmoidFocalForward: [6, 1],
  sigmoidFocalBackward: [5, 2],
  squaredErrorForward: [6, 0],
  squaredErrorBackward: [5, 1],
  absoluteErrorForward: [6, 0],
  absoluteErrorBackward: [5, 1],
  huberForward: [6, 1],
  huberBackward: [5, 2],
  sigmoidDiceForward: [6, 1],
  sigmoidDiceBackward: [5, 2],
  requireFinite: [2, 0],
  addPenaltyGradient: [3, 2],
  clamp: [3, 2],
  limitNorm: [2, 1],
  sgdStep: [3, 2],
  momentumStep: [4, 4],
  nesterovStep: [4, 4],
  adamStep: [5, 7],
  amsgradStep: [6, 7],
  nadamStep: [5, 7],
  radamStep: [5, 7],
  adamaxStep: [5, 5],
  rmspropStep: [4, 4],
  rmspropMomentumStep: [5, 5],
  rmspropCenteredStep: [6, 5],
  adagradStep: [4, 3],
  adadeltaStep: [5, 4],
  advanceRate: [2, 0],
  advanceMomentum: [2, 1],
  advanceAdam: [2, 3],
  advanceNadam: [2, 4],
  advanceRadam: [2, 2],
  advanceAdamax: [2, 1],
  advanceAdagrad: [2, 1],
  scaleRows: [5, 0],
  spatialDropoutApply: [7, 0],
  gaussianMask: [6, 1],
  batchNormStatistics: [7, 2],
  batchNormFixedStatistics: [4, 1],
  batchNormForward: [7, 0],
  batchNormBackwardParameters: [7, 0],
  batchNormBackwardParametersAdd: [7, 0],
  batchNormBackwardInput: [7, 0],
  batchNormFixedBackwardInput: [6, 0],
  layerNormForward: [7, 1],
  layerNormBackwardInput: [7, 0],
  layerNormBackwardParameters: [7, 0],
  layerNormBackwardParametersAdd: [7, 0],
  limitUnitNorms: [3, 1],
  averageStep: [3, 1],
  softCrossEntropyForward: [7, 1],
  softCrossEntropyBackward: [6, 2],
} as const satisfies Record<string, readonly [words: number, scalars: number]>;

export type Callable = keyof typeof shapes;

/** The kernels of which lists are made: those of an instance, which compute at once, or a list's recorder. */
export type CallableKernels = Pick<Kernels, Exclude<Callable, "requireFinite">>;

/** Bytes of a call, and where in them its scalars begin and its result lies. */
export const callBytes = 128;
const scalarsAt = 8;
const resultAt = 15;

/** Where the calls of a list are written and changed. */
export interface CallMemory {
  readonly address: Address;
  /** The same memory by words, and by float64. */
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** Part of a memory that holds one list. */
export interface CallList {
  /** Calls of these kernels are not carried out but added to the list. Those that return something return 0. */
  readonly recorder: CallableKernels;
  /** Adds a call that stops the list unless every element of x (n) is finite. */
  requireFinite(x: Address, n: number): void;
  /** Forgets all calls. */
  clear(): void;
  /** Calls so far: the index of the next. */
  readonly length: number;
  /** Carries the calls out: -1, or the index of the one whose result or array was not finite, behind which none was. */
  run(): number;
  setWord(call: number, word: number, value: number): void;
  /** Where a call's scalars lie. */
  scalarsAddress(call: number): Address;
  /** Index into the memory's numbers of a call's first scalar, and of its last. */
  scalarsOf(call: number): number;
  lastScalarOf(call: number): number;
  /** What a call's kernel returned when it was carried out last. */
  result(call: number): number;
}

/**
 * An empty list of at most `capacity` calls that begins `first` calls into a memory.
 * @throws RangeError when a call is added to a full list.
 */
export function createCallList(kernels: Kernels, memory: CallMemory, first: number, capacity: number): CallList {
  const { words, numbers } = memory;
  let length = 0;
  const wordOf = (call: number) => 32 * (first + call);
  const numberOf = (call: number) => 16 * (first + call);

  function add(kernel: number, wordCount: number, given: readonly number[]): void {
    if (length === capacity) throw new RangeError(`calls: expected at most ${capacity} in a list, got one more`);
    words[wordOf(length)] = kernel;
    for (let k = 0; k < given.length; k++) {
      if (k < wordCount) words[wordOf(length) + 1 + k] = given[k];
      else numbers[numberOf(length) + scalarsAt + k - wordCount] = given[k];
    }
    length++;
  }

  const scalarCounts = Object.values(shapes).map(([, scalars]) => scalars);
  const entries = Object.entries(shapes).map(([name, [wordCount]], kernel) => [
    name,
    (...given: number[]) => {
      add(kernel, wordCount, given);
      return 0;
    },
  ]);
  const recorder = Object.fromEntries(entries) as Record<Callable, (...given: number[]) => number>;
  return {
    recorder: recorder,
    requireFinite: (x, n) => void recorder.requireFinite(x, n),
    clear() {
      length = 0;
    },
    get length() {
      return length;
    },
    run: () => kernels.runCalls(memory.address + callBytes * first, length),
    setWord(call, word, value) {
      words[wordOf(call) + 1 + word] = value;
    },
    scalarsAddress: (call) => memory.address + callBytes * (first + call) + 8 * scalarsAt,
    scalarsOf: (call) => numberOf(call) + scalarsAt,
    lastScalarOf: (call) => numberOf(call) + scalarsAt + scalarCounts[words[wordOf(call)]] - 1,
    result: (call) => numbers[numberOf(call) + resultAt],
  };
}

/** How many words and scalars a kernel's call takes. */
export function callShape(name: Callable): { readonly words: number; readonly scalars: number } {
  const [words, scalars] = shapes[name];
  return { words, scalars };
}

/** Every kernel that a list may hold, in the order of their numbers. */
export const callables = Object.keys(shapes) as readonly Callable[];
