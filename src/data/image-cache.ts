// Images in memory within a budget: loaded when they are asked for, the least recently used dropped first.

export interface ImageCache<T> {
  /**
   * Has the images at hand. Those of the last two calls stay, whatever the budget.
   * @returns undefined when they are at hand already, or were loaded without waiting.
   */
  prepare(indices: ArrayLike<number>): Promise<void> | undefined;
  /** The image, if it is at hand. */
  get(index: number): T | undefined;
  /** What the images at hand take. */
  readonly bytes: number;
}

/** @param load never runs twice at once for one image. */
export function imageCache<T extends { readonly bytes: number }>(
  load: (index: number) => T | Promise<T>,
  maximumBytes: number,
): ImageCache<T> {
  /** Least recently used first. */
  const held = new Map<number, T>();
  const loading = new Map<number, Promise<void>>();
  let asked: readonly ReadonlySet<number>[] = [];
  let bytes = 0;

  function hold(index: number, item: T): void {
    held.set(index, item);
    bytes += item.bytes;
    trim();
  }

  function trim(): void {
    if (bytes <= maximumBytes) return;
    for (const [other, { bytes: freed }] of held) {
      if (bytes <= maximumBytes) return;
      if (asked.some((images) => images.has(other))) continue;
      held.delete(other);
      bytes -= freed;
    }
  }

  function fetchOne(index: number): Promise<void> | undefined {
    const there = held.get(index);
    if (there !== undefined) {
      held.delete(index);
      held.set(index, there);
      return undefined;
    }
    const running = loading.get(index);
    if (running) return running;
    const item = load(index);
    if (!(item instanceof Promise)) {
      hold(index, item);
      return undefined;
    }
    const coming = item.then((loaded) => hold(index, loaded)).finally(() => loading.delete(index));
    loading.set(index, coming);
    return coming;
  }

  async function fetchRest(first: Promise<void>, images: readonly number[], from: number): Promise<void> {
    await first;
    for (let i = from; i < images.length; i++) {
      const pending = fetchOne(images[i]);
      if (pending) await pending;
    }
  }

  return {
    prepare(indices) {
      const wanted = new Set(Array.from(indices));
      asked = [...asked.slice(-1), wanted];
      trim();
      const images = [...wanted];
      for (let i = 0; i < images.length; i++) {
        const pending = fetchOne(images[i]);
        if (pending) return fetchRest(pending, images, i + 1);
      }
      return undefined;
    },
    get: (index) => held.get(index),
    get bytes() {
      return bytes;
    },
  };
}
