// Applies what was drawn to images and masks in the kernels' memory. Nothing here allocates from image to image.
import { stream } from "../random.ts";
import type { RandomStream } from "../random.ts";
import type { Address, Kernels } from "../wasm/kernels.ts";
import type { Block } from "../wasm/memory.ts";
import { amountsOf, drawAugmentations } from "./augment-draw.ts";
import { drawnLength } from "./augment-drawn.ts";
import { bindIntensity } from "./augment-apply-intensity.ts";
import { composeMap, inVoxels } from "./augment-map.ts";
import { offsetsOf } from "./augment-regions.ts";
import type { AugmentPlan } from "./augment-plan.ts";
import { recorded, restoreDrawn } from "./augment-record.ts";
import type { AugmentationRecord } from "./augment-record.ts";
import { bindResampler } from "./resampler.ts";

/** The memory of a plan: its first address, and views that begin there. */
export interface AugmentMemory {
  readonly address: Address;
  readonly bytes: Uint8Array;
  readonly integers: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
}

export function memoryIn(block: Block, region: string): AugmentMemory {
  const { buffer, length } = block.bytesOf(region);
  return memoryAt(buffer, block.address(region), length);
}

/** The same of an address in a memory that has it, `bytes` long. */
export function memoryAt(buffer: ArrayBufferLike, address: Address, bytes: number): AugmentMemory {
  return {
    address,
    bytes: new Uint8Array(buffer, address, bytes),
    integers: new Int32Array(buffer, address, bytes >> 2),
    floats: new Float32Array(buffer, address, bytes >> 2),
    doubles: new Float64Array(buffer, address, bytes >> 3),
  };
}

export interface Augmenter {
  /** Draws from now on for this epoch. */
  begin(epoch: number): void;
  /** Augments the image at an address, (.., colours) floats, in place. @param index its number in the set. */
  image(index: number, at: Address): void;
  /** Moves the mask of an image as the image was: class numbers from `offset` on. */
  mask(index: number, classes: Uint8Array, offset: number): void;
  /** What is drawn for an image in this epoch. Allocates. */
  record(index: number): AugmentationRecord;
  /** Does to an image, or to its mask, what a record says, whatever the epoch. */
  replay(record: AugmentationRecord, at: Address): void;
  replayMask(record: AugmentationRecord, classes: Uint8Array, offset: number): void;
}

/**
 * @param memory of at least `plan.layout.bytes`, 16-byte aligned; it belongs to the augmenter alone.
 * @param seed of the stream "augment".
 */
export function createAugmenter(plan: AugmentPlan, kernels: Kernels, memory: AugmentMemory, seed: number): Augmenter {
  const { list, sizes, spacing, axes, colours } = plan;
  const [width, height, depth] = sizes;
  const offset = offsetsOf(plan);
  const drawn = new Float64Array(Math.max(1, list.length) * drawnLength);
  const amounts = amountsOf(list);
  const extent = sizes.map((size, axis) => size * spacing[axis]);
  const map = { matrix: new Float64Array(9), offset: new Float64Array(3) };
  const voxels = memory.doubles.subarray(offset("map") / 8, offset("map") / 8 + 12);
  const whole = new Float64Array(9);
  const grid = { sizes, spacing };
  const spare = memory.address + offset("spare");
  const voxelCount = width * height * depth;
  const labels = offset("labels");
  const moved = offset("moved labels");
  const resampler = bindResampler(plan, kernels, memory, whole);
  const intensity = bindIntensity(plan, kernels, memory);

  let draws: RandomStream = stream(seed, "augment", 0);
  let epoch = 0;
  /** Of which image and epoch `drawn` and the map are; -1 where they are of none. */
  let ready = -1;
  let moves: 0 | 1 | 2 = 0;

  function compose(): void {
    moves = composeMap(list, drawn, extent, map);
    if (moves === 2) inVoxels(map, grid, voxels, whole);
  }

  function prepare(index: number): void {
    if (ready === index) return;
    drawAugmentations(list, amounts, axes, draws, index, drawn);
    compose();
    ready = index;
  }

  const isMirrored = (axis: number) => (map.matrix[4 * axis] < 0 ? 1 : 0);

  function apply(key: RandomStream, index: number, at: Address): void {
    if (moves === 1) {
      kernels.flip(spare, at, depth, height, width, colours, isMirrored(2), isMirrored(1), isMirrored(0));
      kernels.scale(at, spare, voxelCount * colours, 1);
    } else if (moves === 2) {
      resampler.image(at, key, index, drawn);
    }
    intensity.apply(drawn, key, index, at);
  }

  function applyToMask(key: RandomStream, index: number, classes: Uint8Array, from: number): void {
    if (moves === 0) return;
    for (let i = 0; i < voxelCount; i++) memory.bytes[labels + i] = classes[from + i];
    const [source, target] = [memory.address + labels, memory.address + moved];
    if (moves === 1)
      kernels.flipLabels(target, source, depth, height, width, isMirrored(2), isMirrored(1), isMirrored(0)); // prettier-ignore
    else resampler.labels(target, source, key, index, drawn);
    for (let i = 0; i < voxelCount; i++) classes[from + i] = memory.bytes[moved + i];
  }

  function restore(record: AugmentationRecord): RandomStream {
    restoreDrawn(list, record, drawn);
    ready = -1;
    compose();
    return stream(record.seed, "augment", record.epoch);
  }

  return {
    begin(number) {
      if (number === epoch) return;
      draws = stream(seed, "augment", number);
      epoch = number;
      ready = -1;
    },
    image(index, at) {
      prepare(index);
      apply(draws, index, at);
    },
    mask(index, classes, from) {
      prepare(index);
      applyToMask(draws, index, classes, from);
    },
    record(index) {
      prepare(index);
      return { seed, epoch, index, applied: recorded(list, drawn) };
    },
    replay(record, at) {
      apply(restore(record), record.index, at);
    },
    replayMask(record, classes, from) {
      applyToMask(restore(record), record.index, classes, from);
    },
  };
}
