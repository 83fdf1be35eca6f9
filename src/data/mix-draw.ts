// Draws with what and how an image of a batch is mixed: a pure function of seed, epoch and its place in the epoch's order.
import { exp, log } from "../elementary.ts";
import type { RandomStream } from "../random.ts";
import type { MixingAugmentation } from "./augment.ts";

/** Numbers of the stream that a place may use. */
const placeLength = 256;
const betaAt = 8;
const mostAttempts = 120;

export interface MixDraw {
  /** What is done; null where the image stays as it is. */
  kind: MixingAugmentation["kind"] | null;
  /** Row of the other image in the batch. */
  partner: number;
  /** How much of the result is the other's: of a box its share of the voxels. */
  part: number;
  /** First voxel and the one behind the last along x, y, z, of a box. */
  readonly from: number[];
  readonly to: number[];
}

/** Fills `into`. Nothing here allocates. @param sizes along x, y, z. */
export function drawMix(
  list: readonly MixingAugmentation[],
  draws: RandomStream,
  place: number,
  row: number,
  rows: number,
  sizes: readonly number[],
  into: MixDraw,
): void {
  const first = place * placeLength;
  into.kind = null;
  into.part = 0;
  into.partner = row;
  if (rows < 2) return;
  // Of two kinds one is chosen, each as likely; then its probability decides.
  const one = list[Math.floor(draws.uniform(first) * list.length)];
  if (draws.uniform(first + 1) >= one.probability) return;
  const other = Math.floor(draws.uniform(first + 2) * (rows - 1));
  into.kind = one.kind;
  into.partner = other < row ? other : other + 1;
  into.part = drawBeta(draws, first + betaAt, one.alpha);
  if (one.kind === "cutmix") drawBox(draws, first + 3, sizes, into);
}

/** Beta(alpha, alpha), alpha <= 1, as Joehnk (1964) has it: U^(1/a) / (U^(1/a) + V^(1/a)) where the sum is at most 1. */
function drawBeta(draws: RandomStream, first: number, alpha: number): number {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    // Of (0, 1], so that the logarithm is finite.
    const x = log(1 - draws.uniform(first + 2 * attempt)) / alpha;
    const y = log(1 - draws.uniform(first + 2 * attempt + 1)) / alpha;
    if (exp(x) + exp(y) <= 1) return 1 / (1 + exp(y - x));
  }
  // At least half of all attempts succeed: never reached within 2^120 draws or so.
  return 0.5;
}

/** A box of the drawn part of the image about a voxel anywhere, cut at the edges: the part is what is left of it. */
function drawBox(draws: RandomStream, first: number, sizes: readonly number[], into: MixDraw): void {
  const axes = sizes[2] > 1 ? 3 : 2;
  const side = into.part > 0 ? exp(log(into.part) / axes) : 0;
  let share = 1;
  for (let axis = 0; axis < 3; axis++) {
    const size = sizes[axis];
    if (axis >= axes) {
      into.from[axis] = 0;
      into.to[axis] = size;
      continue;
    }
    const length = Math.floor(side * size);
    const start = Math.floor(draws.uniform(first + axis) * size) - Math.floor(length / 2);
    into.from[axis] = Math.max(0, start);
    into.to[axis] = Math.max(into.from[axis], Math.min(size, start + length));
    share *= (into.to[axis] - into.from[axis]) / size;
  }
  into.part = share;
}
