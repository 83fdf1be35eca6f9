// Sizes of what threads share, for plans; the threads themselves are loaded when there are to be some.
import { words } from "./meeting.ts";

/** Bytes of the region "threads": the words of meeting.ts, then a mark a thread. */
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
