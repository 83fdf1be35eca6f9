// Lists of kernel calls in memory, which one call carries out: what is written here is read by assembly/calls.ts.
import { callBytes } from "./call-bytes.ts";
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
  meet: [0, 0],
  markFinite: [3, 0],
  requireUnmarked: [2, 0],
  denseBackwardWeightPart: [8, 0],
  denseBackwardWeightPartAdd: [8, 0],
} as const satisfies Record<string, readonly [words: number, scalars: number]>;

export type Callable = keyof typeof shapes;

/** What stands in lists alone: no kernel has it as a function. */
type OfLists = "requireFinite" | "meet" | "markFinite" | "requireUnmarked";

/** The kernels of which lists are made: those of an instance, which compute at once, or a list's recorder. */
export type CallableKernels = Pick<Kernels, Exclude<Callable, OfLists>>;

/** Where in a call's bytes its scalars begin and its result lies. */
const scalarsAt = 8;
const resultAt = 15;

/** Where the calls of a list are written and changed. */
export interface CallMemory {
  readonly address: Address;
  /** The same memory by words, and by float64. */
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** Calls that are carried out one after the other, by one thread or shared out among several (shared-calls.ts). */
export interface CallList {
  /** Calls of these kernels are not carried out but added to the list. Those that return something return 0. */
  readonly recorder: CallableKernels;
  /** Adds a call that stops the list unless every element of x (n) is finite. */
  requireFinite(x: Address, n: number): void;
  /** Forgets all calls; those to come are of a batch of so many rows, or of no batch. */
  clear(rows?: number): void;
  /** Calls so far: the number of the next. */
  readonly length: number;
  /**
   * Carries the calls out: -1, or 0 or more where the result or the array of one was not finite, behind which none was. A
   * promise where other threads are waited for longer than a moment: it fails when one of them has ended.
   */
  run(): number | Promise<number>;
  setWord(call: number, word: number, value: number): void;
  setScalar(call: number, scalar: number, value: number): void;
  setLastScalar(call: number, value: number): void;
  /** Adds a call that counts at `counters` and writes what it counted among the scalars of the call that is added next. */
  advance(add: (kernels: CallableKernels, scalars: Address, counters: Address) => void, counters: Counting): void;
  /** What a call's kernel returned when it was carried out last. */
  result(call: number): number;
}

/** Where is counted: an address for the first thread, and how many bytes on for each of the others. */
export interface Counting {
  readonly address: Address;
  readonly stride: number;
}

/** A list that one thread carries out, in a part of a memory. */
export interface OneList extends CallList {
  /** Where it begins. */
  readonly address: Address;
  run(): number;
  /** Adds a call by its name. */
  add(name: Callable, given: readonly number[]): void;
  scalarsAddress(call: number): Address;
}

/**
 * An empty list of at most `capacity` calls that begins `first` calls into a memory.
 * @throws RangeError when a call is added to a full list.
 */
export function createCallList(kernels: Kernels, memory: CallMemory, first: number, capacity: number): OneList {
  const { words, numbers } = memory;
  const address = memory.address + callBytes * first;
  let length = 0;
  const wordOf = (call: number) => 32 * (first + call);
  const numberOf = (call: number) => 16 * (first + call);
  const scalarsAddress = (call: number) => memory.address + callBytes * (first + call) + 8 * scalarsAt;
  const scalarCounts = Object.values(shapes).map(([, scalars]) => scalars);

  function add(name: Callable, given: readonly number[]): void {
    if (length === capacity) throw new RangeError(`calls: expected at most ${capacity} in a list, got one more`);
    const [wordCount] = shapes[name];
    words[wordOf(length)] = numberOfCallable[name];
    for (let k = 0; k < given.length; k++) {
      if (k < wordCount) words[wordOf(length) + 1 + k] = given[k];
      else numbers[numberOf(length) + scalarsAt + k - wordCount] = given[k];
    }
    length++;
  }

  const recorder = recorderOf(add);
  return {
    address,
    recorder,
    add,
    requireFinite: (x, n) => void add("requireFinite", [x, n]),
    clear() {
      length = 0;
    },
    get length() {
      return length;
    },
    run: () => kernels.runCalls(address, length),
    setWord(call, word, value) {
      words[wordOf(call) + 1 + word] = value;
    },
    setScalar(call, scalar, value) {
      numbers[numberOf(call) + scalarsAt + scalar] = value;
    },
    setLastScalar(call, value) {
      numbers[numberOf(call) + scalarsAt + scalarCounts[words[wordOf(call)]] - 1] = value;
    },
    scalarsAddress,
    advance(addTo, counters) {
      addTo(recorder, scalarsAddress(length + 1), counters.address);
    },
    result: (call) => numbers[numberOf(call) + resultAt],
  };
}

/** Kernels whose calls are handed to `add`; those that return something return 0. */
export function recorderOf(add: (name: Callable, given: readonly number[]) => void): CallableKernels {
  const entries = callables.map((name) => [
    name,
    (...given: number[]) => {
      add(name, given);
      return 0;
    },
  ]);
  return Object.fromEntries(entries) as CallableKernels;
}

/** How many words and scalars a kernel's call takes. */
export function callShape(name: Callable): { readonly words: number; readonly scalars: number } {
  const [words, scalars] = shapes[name];
  return { words, scalars };
}

/** Every kernel that a list may hold, in the order of their numbers. */
export const callables = Object.keys(shapes) as readonly Callable[];

const numberOfCallable = Object.fromEntries(callables.map((name, number) => [name, number])) as Record<
  Callable,
  number
>;
