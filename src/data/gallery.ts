// The thumbnails of a row of images: the coarse ones all at hand, the fine ones as far as there is room.
import type { Breathe } from "../breathe.ts";
import { bringToHand } from "./read-ahead.ts";
import { coarsen, createPhotographer } from "./photograph.ts";
import type { Row } from "./row.ts";
import { planThumbnails } from "./thumbnail.ts";
import type { ThumbnailPlan } from "./thumbnail.ts";

export interface Gallery {
  readonly row: Row;
  readonly plan: ThumbnailPlan;
  /** (images, plan.coarseCells) */
  readonly coarse: Float32Array;
  /** Whether an image is of one intensity: it has nothing to be compared by. */
  isBlank(image: number): boolean;
  /** Writes the thumbnail of an image to `into` from `offset` on. */
  copyThumbnail(image: number, into: Float32Array, offset: number): void;
}

/** Fine thumbnails that are kept take at most so many bytes; others are taken again when they are asked for. */
const mostBytes = 134217728;

/** @param row sets of one shape. */
export async function hangGallery(row: Row, breathe: Breathe): Promise<Gallery> {
  const { sets, starts, length } = row;
  const plan = planThumbnails(sets[0].shape);
  const photograph = createPhotographer(plan);
  // What has to be brought to hand first cannot be taken again in the middle of a comparison.
  const keepsAll = sets.some(({ prepare }) => prepare !== undefined);
  const slots = keepsAll ? length : Math.max(1, Math.min(length, Math.floor(mostBytes / (4 * plan.cells))));
  const kept = new Float32Array(slots * plan.cells);
  const keptImage = new Int32Array(slots).fill(-1);
  const coarse = new Float32Array(length * plan.coarseCells);
  const blank = new Uint8Array(length);

  const slotOf = (image: number): number => {
    const slot = image % slots;
    if (keptImage[slot] === image) return slot;
    const set = row.setOf(image);
    photograph(sets[set], image - starts[set], kept, slot * plan.cells);
    keptImage[slot] = image;
    return slot;
  };
  for (let image = 0; image < length; image++) {
    const set = row.setOf(image);
    if (sets[set].prepare) await bringToHand(sets[set], image - starts[set]);
    const at = slotOf(image) * plan.cells;
    coarsen(plan, kept, at, coarse, image * plan.coarseCells);
    let cell = 0;
    while (cell < plan.cells && kept[at + cell] === 0) cell++;
    blank[image] = cell === plan.cells ? 1 : 0;
    await breathe();
  }
  return {
    row,
    plan,
    coarse,
    isBlank: (image) => blank[image] === 1,
    copyThumbnail(image, into, offset) {
      const at = slotOf(image) * plan.cells;
      for (let cell = 0; cell < plan.cells; cell++) into[offset + cell] = kept[at + cell];
    },
  };
}
