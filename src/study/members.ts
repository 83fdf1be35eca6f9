// Which images each set of a study has, as numbers, and as a short text for the ledger.
import { subset } from "../data/dataset.ts";
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { StudyStateError } from "../errors.ts";

/** Indices in ascending order: of the one dataset that was divided, or of each set that was given. */
export interface Members {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export type SetName = keyof Members;

/** The dataset that a set's indices count in. */
export function sourceOf(data: Dataset | DatasetSplit, name: SetName): Dataset {
  return "train" in data ? data[name] : data;
}

export function setsOf(data: Dataset | DatasetSplit, members: Members): DatasetSplit {
  const of = (name: SetName) => {
    const source = sourceOf(data, name);
    return "train" in data && members[name].length === source.length ? source : subset(source, members[name]);
  };
  return { train: of("train"), validation: of("validation"), test: of("test") };
}

/**
 * A bit an image, the lowest first, 1 for those of the set, as base64: of 100,000 images 16,668 characters, where their
 * numbers would take half a million.
 */
export function encodeIds(ids: Int32Array, length: number): string {
  const bytes = new Uint8Array(Math.ceil(length / 8));
  for (const id of ids) bytes[id >> 3] |= 1 << (id & 7);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * The numbers again.
 * @throws StudyStateError when the text is of another number of images.
 */
export function decodeIds(name: string, text: string, length: number): Int32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const ids: number[] = [];
  for (let id = 0; id < 8 * bytes.length; id++) if ((bytes[id >> 3] >> (id & 7)) & 1) ids.push(id);
  if (bytes.length !== Math.ceil(length / 8) || (ids.at(-1) ?? 0) >= length) {
    throw new StudyStateError(
      `${name} set: expected the images that the study was begun with, got ${length} others. Give it the same data.`,
    );
  }
  return Int32Array.from(ids);
}
