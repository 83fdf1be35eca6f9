// Refuses what lies outside of a set, an image or an array.

/** A typed array drops what is written behind its end, without a word. */
export function checkRoom(name: string, offset: number, size: number, length: number): void {
  if (Number.isInteger(offset) && offset >= 0 && offset + size <= length) return;
  throw new RangeError(`${name}: expected room for ${size} values from offset ${offset} on, got an array of ${length}`);
}

export function checkIndex(name: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new RangeError(`${name}: expected an image index from 0 to ${length - 1}, got ${index}`);
}

/** Values `from` to `from + count` of an image of `size` values. */
export function checkRun(name: string, index: number, length: number, from: number, count: number, size: number): void {
  checkIndex(name, index, length);
  if (Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 0 && from + count <= size) return;
  throw new RangeError(`${name}: expected values within the ${size} of an image, got ${count} from ${from} on`);
}
