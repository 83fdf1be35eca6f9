// Augments the images of a batch, and their masks: each of the threads that share it takes the next one that none has taken.
import type { Address, Kernels } from "../wasm/kernels.ts";
import { createAugmenter, memoryAt } from "./augmenter.ts";
import type { AugmentPlan } from "./augment-plan.ts";

/** What a thread has to know of it: plain values, which can be sent. */
export interface AugmentShare {
  readonly plan: AugmentPlan;
  readonly seed: number;
  readonly batchSize: number;
  /** Floats of an image, and class numbers of its mask; 0 without masks. */
  readonly features: number;
  readonly maskLength: number;
}

/** The same with addresses: of shareBytes() that are its own, and of the batch's images, (batch, features). */
export interface PlacedShare extends AugmentShare {
  readonly at: Address;
  readonly images: Address;
}

/** Of the words that all threads share: which holds what. From `numbers` on for each image which draw is taken. */
const words = { taken: 0, rows: 1, epoch: 2, numbers: 4 } as const;

const wholeLines = (bytes: number) => 64 * Math.ceil(bytes / 64);

/** Where masks and the threads' own memory begin, and how far one thread's lies from the next one's. */
function placesIn({ plan, batchSize, maskLength }: AugmentShare) {
  const masks = wholeLines(4 * (words.numbers + batchSize));
  return { masks, own: masks + wholeLines(batchSize * maskLength), stride: wholeLines(plan.layout.bytes) };
}

/** Bytes that it takes with so many threads. */
export function shareBytes(share: AugmentShare, threads: number): number {
  const { own, stride } = placesIn(share);
  return own + threads * stride;
}

/** A thread's part. */
export interface AugmentTurn {
  /** Which draw is taken for each of the batch's images, to be written before a turn: (batch). */
  readonly numbers: Int32Array;
  /** Their masks, likewise, and as they were moved behind it: (batch, voxels). */
  readonly masks: Uint8Array;
  /** Says which epoch's draws are taken, and of how many images. Only where nobody takes any. */
  begin(epoch: number, rows: number): void;
  /** Takes images until all are taken: others may still be at theirs. Allocates nothing. */
  readonly take: () => void;
}

/** @param thread from 0, of those that share it. */
export function bindShare(kernels: Kernels, buffer: ArrayBufferLike, share: PlacedShare, thread: number): AugmentTurn {
  const { plan, seed, batchSize, features, maskLength, at, images } = share;
  const { masks: masksAt, own, stride } = placesIn(share);
  const shared = new Int32Array(buffer, at, words.numbers + batchSize);
  const masks = new Uint8Array(buffer, at + masksAt, batchSize * maskLength);
  const memory = memoryAt(buffer, at + own + thread * stride, stride);
  const augmenter = createAugmenter(plan, kernels, memory, seed);
  return {
    numbers: shared.subarray(words.numbers),
    masks,
    begin(epoch, rows) {
      shared[words.epoch] = epoch;
      shared[words.rows] = rows;
      Atomics.store(shared, words.taken, 0);
    },
    take() {
      augmenter.begin(shared[words.epoch]);
      const rows = shared[words.rows];
      for (;;) {
        const row = Atomics.add(shared, words.taken, 1);
        if (row >= rows) return;
        const number = shared[words.numbers + row];
        augmenter.image(number, images + 4 * row * features);
        if (maskLength > 0) augmenter.mask(number, masks, row * maskLength);
      }
    },
  };
}

/** About what one thread takes for a voxel, in nanoseconds: bench/augment.ts measures it. */
const costs: Readonly<Record<AugmentPlan["list"][number]["kind"], number>> = {
  crop: 0, translate: 0, rotate: 0, scale: 0, stretch: 0, shear: 0, deform: 1, resampling: 0, flip: 0.5,
  brightness: 0.5, contrast: 0.5, cutout: 0.5, blur: 2.5, gamma: 4, gaussianNoise: 4, biasField: 4,
}; // prettier-ignore
const costOfResampling = 3;
const resampled: ReadonlySet<string> = new Set(["crop", "translate", "rotate", "scale", "stretch", "shear", "deform"]);

/** About how long one thread takes for a batch's images, in nanoseconds. */
export function estimatedNanoseconds({ plan, batchSize, features, maskLength }: AugmentShare): number {
  const isResampled = plan.list.some(({ kind }) => resampled.has(kind));
  const changing = plan.list.reduce((sum, { kind }) => sum + costs[kind], 0);
  return batchSize * ((isResampled ? costOfResampling : 0) * (features + maskLength) + changing * features);
}
