// Labels, masks and groups as they come, checked and mapped to what training counts with: indexes and names.

/** Whole numbers as they come from arrays or files. */
export type Values = ArrayLike<number> | ArrayLike<bigint>;

export interface Indexed<T> {
  /** The distinct values in sorted order. */
  readonly values: readonly number[];
  readonly indexes: T;
}

/** At most this many classes: a label file that was meant for something else should not make a network of a million outputs. */
const mostClasses = 1000;

/** The distinct values of labels in sorted order. @throws RangeError for a value that is no whole number. */
export function distinctValues(name: string, what: string, values: Values): number[] {
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`${name}: expected whole numbers as ${what}, got ${String(values[i])} at index ${i}`);
    }
    seen.add(value);
    if (seen.size > mostClasses) {
      throw new RangeError(
        `${name}: expected at most ${mostClasses} different values as ${what}, got more. Are these really classes?`,
      );
    }
  }
  return [...seen].sort((a, b) => a - b);
}

/** Labels as class indexes: values in sorted order, of this set or of all sets together. */
export function classIndexes(
  name: string,
  labels: Values,
  length: number,
  allValues?: readonly number[],
): Indexed<Int32Array> {
  if (labels.length !== length) {
    throw new RangeError(`${name}: expected one label for each of ${length} images, got ${labels.length} labels`);
  }
  const values = allValues ?? distinctValues(name, "labels", labels);
  const indexOf = new Map(values.map((value, index) => [value, index]));
  const indexes = Int32Array.from({ length }, (_, i) => {
    const index = indexOf.get(Number(labels[i]));
    if (index === undefined) {
      throw new RangeError(
        `${name}: expected labels among ${values.join(", ")}, got ${String(labels[i])} for image ${i}`,
      );
    }
    return index;
  });
  return { values, indexes };
}

/** Masks as class indexes: 0 stays background, other values count from 1 in sorted order. */
export function maskIndexes(
  name: string,
  masks: Values,
  length: number,
  allValues?: readonly number[],
): Indexed<Uint8Array> {
  if (masks.length !== length) {
    throw new RangeError(`${name}: expected one mask value for each of ${length} voxels, got ${masks.length}`);
  }
  const values = allValues ?? distinctValues(name, "mask values", masks).filter((value) => value !== 0);
  if (values.length > 255)
    throw new RangeError(`${name}: expected at most 255 foreground values in masks, got ${values.length}`);
  const indexOf = new Map(values.map((value, index) => [value, index + 1]));
  indexOf.set(0, 0);
  const indexes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const index = indexOf.get(Number(masks[i]));
    if (index === undefined) {
      throw new RangeError(`${name}: expected mask values among 0, ${values.join(", ")}, got ${String(masks[i])}`);
    }
    indexes[i] = index;
  }
  // A set whose masks are all empty still has a foreground to look for.
  return { values: values.length > 0 ? values : [1], indexes };
}

/** Groups as names. */
export function groupNames(
  name: string,
  groups: readonly (string | number)[] | Values,
  length: number,
): readonly string[] {
  if (groups.length !== length) {
    throw new RangeError(`${name}: expected one group for each of ${length} images, got ${groups.length} groups`);
  }
  return Object.freeze(Array.from(groups as ArrayLike<unknown>, String));
}
