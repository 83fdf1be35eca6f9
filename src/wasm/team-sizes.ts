// What threads share, and its sizes, for plans; the threads themselves are loaded when there are to be some.

/** Of the words that all share: which holds what. From `lists` on for each thread where its list begins, and its length. */
export const words = { arrived: 0, meetings: 1, begun: 2, stopped: 3, lists: 16 } as const;

/** Bytes of the region "threads": the words, then a mark a thread. */
export function controlBytes(threads: number): number {
  return threads > 1 ? marksAt(threads) + 64 * threads : 0;
}

/** Where the marks begin. */
export function marksAt(threads: number): number {
  return 64 * Math.ceil((4 * words.lists + 8 * threads) / 64);
}

/** A list of `capacity` calls takes so many of each thread: every one may need a meeting before it, and one ends the list. */
export function sharedCapacity(capacity: number): number {
  return 2 * capacity + 2;
}
