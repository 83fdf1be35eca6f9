// Which images each set of a study has, as numbers, and as a short text for the ledger.
import { subset } from "../data/dataset.ts";
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { joinDatasets } from "../data/join.ts";
import { requireDataset } from "../data/require-dataset.ts";
import { StudyStateError } from "../errors.ts";

/** Indices in ascending order, into what the set is taken from. */
export interface Members {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

export type SetName = keyof Members;

/** What a study takes its sets from: by set, the dataset that the set's indices count in. */
export interface Sources extends DatasetSplit {
  /** The one dataset that is to be divided; null where three sets were given. */
  readonly divided: Dataset | null;
  /** How many images a second set adds: the last ones of `train`. null without a second set. */
  readonly moreImages: number | null;
  /** The datasets as they were given, each once. */
  readonly given: readonly Dataset[];
}

/**
 * @param moreData joins the training set alone; of three sets all images do.
 * @throws RangeError, TypeError where the second set's images or classes do not fit the first's.
 */
export function sourcesOf(data: Dataset | DatasetSplit, moreData: Dataset | DatasetSplit | null): Sources {
  const own = partsOf(data);
  const more = moreData === null ? [] : partsOf(moreData);
  const [train, validation = train, test = train] = own;
  return {
    train: more.length === 0 ? train : joinDatasets([train, ...more], "second set"),
    validation,
    test,
    divided: isSplit(data) ? null : data,
    moreImages: moreData === null ? null : more.reduce((sum, { length }) => sum + length, 0),
    given: [...new Set([...own, ...more])],
  };
}

/** @throws TypeError for what is neither a dataset nor three. */
function partsOf(data: Dataset | DatasetSplit): readonly Dataset[] {
  if (!isSplit(data)) return [requireDataset("study data", data)];
  return setNames.map((name) => requireDataset(`study data.${name}`, data[name]));
}

const setNames = ["train", "validation", "test"] as const;

function isSplit(data: Dataset | DatasetSplit): data is DatasetSplit {
  return typeof data === "object" && (data as unknown) !== null && "train" in data;
}

export function setsOf(sources: Sources, members: Members): DatasetSplit {
  const of = (name: SetName) => {
    const source = sources[name];
    const isWhole = sources.divided === null && members[name].length === source.length;
    return isWhole ? source : subset(source, members[name]);
  };
  return { train: of("train"), validation: of("validation"), test: of("test") };
}

/** How many of a training set's images are of the second set; null without one. */
export function moreImagesOf({ train, moreImages }: Sources, members: Members): number | null {
  if (moreImages === null) return null;
  const first = train.length - moreImages;
  return members.train.filter((image) => image >= first).length;
}

/** The sets as they would be without the second one; null where there is none. */
export function setsWithoutMore(sources: Sources, members: Members): DatasetSplit | null {
  if (sources.moreImages === null) return null;
  const first = sources.train.length - sources.moreImages;
  return setsOf(sources, { ...members, train: members.train.filter((image) => image < first) });
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
