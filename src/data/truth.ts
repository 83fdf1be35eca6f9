// Labels, masks, groups and weights as they come, checked and mapped to what training counts with: indexes and names.
import { kindOf } from "../kind.ts";

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
  if (values instanceof Uint8Array) return distinctBytes(values);
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const given: unknown = values[i];
    // Number(null) and Number("") are 0: what is missing must not become a class.
    const value = typeof given === "bigint" ? Number(given) : given;
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`${name}: expected whole numbers as ${what}, got ${kindOf(given)} at index ${i}`);
    }
    seen.add(value as number);
    if (seen.size > mostClasses) {
      throw new RangeError(
        `${name}: expected at most ${mostClasses} different values as ${what}, got more. Are these really classes?`,
      );
    }
  }
  return [...seen].sort((a, b) => a - b);
}

/** Masks are large and nearly always bytes: a table instead of a set takes a tenth of the time. */
function distinctBytes(values: Uint8Array): number[] {
  const seen = new Uint8Array(256);
  for (let i = 0; i < values.length; i++) seen[values[i]] = 1;
  return Array.from(seen.keys()).filter((value) => seen[value] === 1);
}

/** Values that were given for all sets, each once and in order, as those that are found. */
function givenValues(name: string, what: string, values: readonly number[]): number[] {
  return distinctValues(`${name} ${what}`, "values", values);
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
  const values = allValues ? givenValues(name, "labelValues", allValues) : distinctValues(name, "labels", labels);
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

/**
 * Masks as class indexes: 0 stays background, other values count from 1 in sorted order. Bytes that count so already are
 * kept, not copied.
 */
export function maskIndexes(
  name: string,
  masks: Values,
  length: number,
  allValues?: readonly number[],
): Indexed<Uint8Array> {
  if (masks.length !== length) {
    throw new RangeError(`${name}: expected one mask value for each of ${length} voxels, got ${masks.length}`);
  }
  const found = distinctValues(name, "mask values", masks);
  const values = (allValues ? givenValues(name, "maskValues", allValues) : found).filter((value) => value !== 0);
  if (values.length > 255)
    throw new RangeError(`${name}: expected at most 255 foreground values in masks, got ${values.length}`);
  const indexOf = new Map(values.map((value, index) => [value, index + 1]));
  indexOf.set(0, 0);
  const unknown = found.find((value) => !indexOf.has(value));
  if (unknown !== undefined)
    throw new RangeError(`${name}: expected mask values among 0, ${values.join(", ")}, got ${unknown}`);
  const isCounted = masks instanceof Uint8Array && found.every((value) => indexOf.get(value) === value);
  const indexes = isCounted ? masks : new Uint8Array(length);
  if (!isCounted) for (let i = 0; i < length; i++) indexes[i] = indexOf.get(Number(masks[i])) ?? 0;
  // A set whose masks are all empty still has a foreground to look for.
  return { values: values.length > 0 ? values : [1], indexes };
}

/** Groups as names. What is missing (NaN, null) names nobody: it would make one group of all who have none. */
export function groupNames(
  name: string,
  groups: readonly (string | number)[] | Values,
  length: number,
): readonly string[] {
  if (groups.length !== length) {
    throw new RangeError(`${name}: expected one group for each of ${length} images, got ${groups.length} groups`);
  }
  return Object.freeze(
    Array.from(groups as ArrayLike<unknown>, (group, image) => {
      const isName = typeof group === "string" || typeof group === "bigint" || Number.isFinite(group);
      if (isName) return String(group);
      throw new RangeError(
        `${name}: expected a name or number as group, got ${kindOf(group)} for image ${image}. Give it one of its own.`,
      );
    }),
  );
}

/**
 * What each image counts, in float32, as losses take it.
 * @throws RangeError when they are not one for each image, one is not finite or below 0, or all are 0.
 */
export function imageWeights(name: string, weights: ArrayLike<number>, length: number): Float32Array {
  if (weights.length !== length) {
    throw new RangeError(`${name}: expected one weight for each of ${length} images, got ${weights.length} weights`);
  }
  const kept = Float32Array.from(weights);
  const wrong = kept.findIndex((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (wrong >= 0) {
    throw new RangeError(
      `${name}: expected finite weights of at least 0, got ${weights[wrong]} for image ${wrong}. Replace it, or leave the image out.`,
    );
  }
  if (kept.every((weight) => weight === 0)) {
    throw new RangeError(`${name}: expected a weight above 0, got 0 for every image. Leave the weights out.`);
  }
  return kept;
}
