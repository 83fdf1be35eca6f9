// What each thread of a team does of a call, so that every element is computed by one thread, in the order it always has.
import type { Callable } from "./calls.ts";

/**
 * How a call is shared out. `rows`: each thread takes some of the batch's rows, and touches those alone. `parts`: some of a
 * layer's outputs, of all rows. `elements`: some of the elements of its arrays. `all`: every thread does the whole of it, since
 * all need what it returns. `single`: the first thread alone.
 */
export type Sharing = "rows" | "parts" | "elements" | "all" | "single";

/** Bytes that an array has for each row of the batch, for each word of a call; 0 for words that are no such array. */
type RowBytes = (words: readonly number[], rows: number) => readonly number[];

interface ByRows {
  /** Word that holds how many rows, or elements, there are. */
  readonly count: number;
  readonly bytes: RowBytes;
}

/** n elements, the last word but for drawn masks: as many a row in each of the arrays before it. */
const elementsOfRows = (count: number): ByRows => ({
  count,
  bytes: (words, rows) => words.slice(0, count).map(() => (4 * words[count]) / rows),
});

/** The first arrays are (rows, columns), sizes behind them. */
const matrices = (arrays: number, count: number): ByRows => ({
  count,
  bytes: (words) => words.slice(0, arrays).map(() => 4 * words[count + 1]),
});

const labelled: ByRows = { count: 4, bytes: (words) => [4 * words[5], 4 * words[5], 4, 0] };
const parted: ByRows = { count: 4, bytes: (words) => [4 * words[5], 4 * words[5], 4 * words[5], 0] };

const byRows: Partial<Record<Callable, ByRows>> = {
  dropoutMask: elementsOfRows(1),
  gaussianMask: elementsOfRows(1),
  dropoutApply: elementsOfRows(3),
  scale: elementsOfRows(2),
  denseForward: { count: 5, bytes: (words) => [4 * words[7], 4 * words[6]] },
  denseBackwardInput: { count: 4, bytes: (words) => [4 * words[5], 4 * words[6]] },
  reluForward: elementsOfRows(2),
  leakyReluForward: elementsOfRows(2),
  eluForward: elementsOfRows(2),
  seluForward: elementsOfRows(2),
  sigmoidForward: elementsOfRows(2),
  tanhForward: elementsOfRows(2),
  softplusForward: elementsOfRows(2),
  siluForward: elementsOfRows(2),
  geluForward: elementsOfRows(2),
  geluTanhForward: elementsOfRows(2),
  reluBackward: elementsOfRows(4),
  leakyReluBackward: elementsOfRows(4),
  eluBackward: elementsOfRows(4),
  seluBackward: elementsOfRows(4),
  sigmoidBackward: elementsOfRows(4),
  tanhBackward: elementsOfRows(4),
  softplusBackward: elementsOfRows(4),
  siluBackward: elementsOfRows(4),
  geluBackward: elementsOfRows(4),
  geluTanhBackward: elementsOfRows(4),
  softmaxForward: matrices(2, 2),
  softmaxBackward: matrices(3, 3),
  softmaxCrossEntropyBackward: labelled,
  softCrossEntropyBackward: parted,
  sigmoidCrossEntropyBackward: matrices(3, 3),
  sigmoidFocalBackward: matrices(3, 3),
  squaredErrorBackward: matrices(3, 3),
  absoluteErrorBackward: matrices(3, 3),
  huberBackward: matrices(3, 3),
  sigmoidDiceBackward: matrices(3, 3),
  scaleRows: { count: 3, bytes: (words) => [4 * words[4], 4 * words[4], 4] },
  spatialDropoutApply: {
    count: 3,
    bytes: ([, , , , before, size, after]) => [4 * before * size * after, 4 * before * size * after, 4 * size],
  },
  batchNormForward: { count: 5, bytes: (words) => [4 * words[6], 4 * words[6]] },
  batchNormFixedBackwardInput: { count: 4, bytes: (words) => [4 * words[5], 4 * words[5]] },
  layerNormForward: { count: 5, bytes: (words) => [4 * words[6], 16, 4 * words[6]] },
  layerNormBackwardInput: { count: 5, bytes: (words) => [4 * words[6], 4 * words[6], 4 * words[6], 0, 16] },
};

/** Their last word is how many elements their arrays have, which are all words before it. */
const byElements: ReadonlySet<Callable> = new Set([
  "addPenaltyGradient",
  "clamp",
  "sgdStep",
  "momentumStep",
  "nesterovStep",
  "adamStep",
  "amsgradStep",
  "nadamStep",
  "radamStep",
  "adamaxStep",
  "rmspropStep",
  "rmspropMomentumStep",
  "rmspropCenteredStep",
  "adagradStep",
  "adadeltaStep",
  "averageStep",
]);

const byParts: ReadonlySet<Callable> = new Set([
  "denseBackwardWeight",
  "denseBackwardWeightAdd",
  "denseBackwardBias",
  "denseBackwardBiasAdd",
]);

const byAll: ReadonlySet<Callable> = new Set([
  "softmaxCrossEntropyForward",
  "softCrossEntropyForward",
  "sigmoidCrossEntropyForward",
  "sigmoidFocalForward",
  "squaredErrorForward",
  "absoluteErrorForward",
  "huberForward",
  "sigmoidDiceForward",
]);

/** @param rows of the batch that a list is of; 0 where it is of none. */
export function sharingOf(name: Callable, rows: number): Sharing {
  if (name in byRows && rows > 0) return "rows";
  if (byParts.has(name)) return "parts";
  if (byElements.has(name)) return "elements";
  if (byAll.has(name)) return "all";
  return "single";
}

/** Which of the threads, and how many there are. */
export interface Place {
  readonly thread: number;
  readonly threads: number;
  /** Bytes from one thread's scratch to the next one's. */
  readonly scratchStride: number;
}

/** A thread's share of a call: its name and arguments, or null where nothing is left for it. */
export interface Share {
  readonly name: Callable;
  readonly given: readonly number[];
  /** Blocks of draws that lie before a thread's part of a mask. */
  readonly blocksBefore: number;
}

/** The first of `n` things that a thread takes, in whole groups. */
function firstOf(n: number, group: number, { threads }: Place, thread: number): number {
  return thread >= threads ? n : group * Math.floor((n * thread) / threads / group);
}

/** Word of a call that draws a mask which holds the first block of draws. */
const blockWord = 4;

/** A thread's rows of a call, in whole groups of four: a mask's blocks have four draws. */
export function shareOfRows(name: Callable, given: readonly number[], rows: number, place: Place): Share | null {
  const sharing = byRows[name];
  if (!sharing) throw new TypeError(`shares: ${name} has no rows`);
  const first = firstOf(rows, 4, place, place.thread);
  const count = firstOf(rows, 4, place, place.thread + 1) - first;
  if (count === 0) return null;
  const own = [...given];
  sharing.bytes(given, rows).forEach((bytes, word) => {
    if (given[word] !== 0) own[word] += first * bytes;
  });
  own[sharing.count] = (given[sharing.count] / rows) * count;
  const scratch = name === "denseForward" ? 4 : name === "denseBackwardInput" ? 3 : -1;
  if (scratch >= 0) own[scratch] += place.thread * place.scratchStride;
  const isMask = name === "dropoutMask" || name === "gaussianMask";
  const blocksBefore = isMask ? (first * (given[1] / rows)) / 4 : 0;
  if (isMask) own[blockWord] += blocksBefore;
  return { name, given: own, blocksBefore };
}

/** A thread's elements, in whole lines of the cache; perhaps none, so that what is counted for a call finds it. */
export function shareOfElements(name: Callable, given: readonly number[], words: number, place: Place): Share {
  const n = given[words - 1];
  const first = firstOf(n, 16, place, place.thread);
  const count = firstOf(n, 16, place, place.thread + 1) - first;
  const own = given.map((value, word) => (word < words - 1 ? value + 4 * first : word === words - 1 ? count : value));
  return { name, given: own, blocksBefore: 0 };
}

/** Outputs of a layer below which its gradients are left to one thread. */
const fewOutputs = 32;

/** A thread's outputs of a weight's gradient, in whole panels of eight; a bias's is left to the last thread. */
export function shareOfOutputs(name: Callable, given: readonly number[], place: Place): Share | null {
  const last = place.thread === place.threads - 1;
  if (name === "denseBackwardBias" || name === "denseBackwardBiasAdd")
    return last ? { name, given, blocksBefore: 0 } : null;
  const [dWeight, dy, x, scratch, batch, inputs, outputs] = given;
  const ownScratch = scratch + place.thread * place.scratchStride;
  if (outputs < fewOutputs || outputs < 16 * place.threads) {
    return last ? { name, given: [dWeight, dy, x, ownScratch, batch, inputs, outputs], blocksBefore: 0 } : null;
  }
  const first = firstOf(outputs, 8, place, place.thread);
  const count = firstOf(outputs, 8, place, place.thread + 1) - first;
  const part = name === "denseBackwardWeight" ? "denseBackwardWeightPart" : "denseBackwardWeightPartAdd";
  const own = [dWeight + 4 * first * inputs, dy + 4 * first, x, ownScratch, batch, inputs, count, outputs];
  return { name: part, given: own, blocksBefore: 0 };
}
