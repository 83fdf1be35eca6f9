// What a caller gave for a dataset, refused by its kind where it is none.
import { kindOf } from "../kind.ts";
import type { Dataset, DatasetSplit } from "./dataset.ts";

/**
 * A dataset as it was given.
 * @param name says whose it is in the error: "predict".
 * @throws TypeError for what is none: three sets, a promise of one, pixels alone.
 */
export function requireDataset(name: string, given: Dataset): Dataset {
  const value = given as Partial<Dataset & DatasetSplit & PromiseLike<Dataset>> | null | undefined;
  if (typeof value?.read === "function") return given;
  const [got, remedy] = value?.train
    ? ["three sets", "Choose one, such as data.test."]
    : typeof value?.then === "function"
      ? ["a promise", "Await it."]
      : [kindOf(value), "Make one of arrays with arrayDataset(), or read one."];
  throw new TypeError(`${name}: expected a dataset, got ${got}. ${remedy}`);
}
