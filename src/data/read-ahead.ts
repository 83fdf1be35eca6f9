// Has each batch of a set at hand before it is read, and begins with the next one while it is used.
import type { Dataset } from "./dataset.ts";

/**
 * Gives undefined when the images order[first .. first + rows] (first .. first + rows without an order) can be read now,
 * else a promise that resolves when they can. Then begins with the `following` images behind them.
 */
export type ReadAhead = (
  order: Int32Array | null,
  first: number,
  rows: number,
  following: number,
) => Promise<void> | undefined;

const atHand: ReadAhead = () => undefined;

/** For sets that have all images in memory there is nothing to do, and nothing is allocated. */
export function readAhead(set: Dataset): ReadAhead {
  if (!set.prepare) return atHand;
  const prepare = (images: Int32Array) => set.prepare?.(images);

  return (order, first, rows, following) => {
    const begin = () => {
      // What goes wrong with them is said when they are asked for.
      if (following > 0) prepare(imagesAt(order, first + rows, following))?.catch(() => undefined);
    };
    const pending = prepare(imagesAt(order, first, rows));
    if (pending) return pending.then(begin);
    begin();
    return undefined;
  };
}

/** Has one image at hand: resolves when it can be read. */
export async function bringToHand(set: Dataset, index: number): Promise<void> {
  await set.prepare?.(Int32Array.of(index));
}

function imagesAt(order: Int32Array | null, first: number, rows: number): Int32Array {
  return order ? order.slice(first, first + rows) : Int32Array.from({ length: rows }, (_, row) => first + row);
}
