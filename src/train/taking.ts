// A batch as a step takes it: its images and what is true of them are fed, mixed where they are to be, and go there and back.
import type { Augmenting } from "../data/batch.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Feed } from "./feed.ts";
import type { Mixing } from "./mixing.ts";
import type { Step } from "./step.ts";

/**
 * Takes the gradients of the images order[first .. first + rows], as Step.gradients() does of what was fed: whether their
 * total error is finite. A promise where other threads are waited for.
 */
export type TakeBatch = (
  order: Int32Array,
  first: number,
  rows: number,
  denominator: number,
  add: boolean,
  epoch: number,
) => boolean | Promise<boolean>;

/** Nothing allocates but where a thread is late. */
export function bindTaking(
  train: Dataset,
  feed: Feed,
  step: Step,
  augmenting: Augmenting | null,
  mixing: Mixing | null,
): TakeBatch {
  const take: TakeBatch = (order, first, rows, denominator, add, epoch) => {
    feed.truth(train, order, first, rows, augmenting);
    mixing?.mix(train, order, first, rows);
    return step.gradients(rows, denominator, add, epoch, first);
  };
  async function takeLate(images: Promise<void>, ...given: Parameters<TakeBatch>): Promise<boolean> {
    await images;
    return take(...given);
  }
  return (order, first, rows, denominator, add, epoch) => {
    if (augmenting) {
      const late = feed.augmented(train, order, first, rows, augmenting);
      if (late) return takeLate(late, order, first, rows, denominator, add, epoch);
    } else {
      feed.images(train, order, first, rows);
    }
    return take(order, first, rows, denominator, add, epoch);
  };
}
