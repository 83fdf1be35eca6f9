// Which of two classes is looked for: figures such as recall, ROC AUC and the threshold's are of the second one.
import type { Dataset, DatasetSplit } from "./dataset.ts";

/**
 * The same images with the class that is looked for as the second of the two, where figures take the positive one to be.
 * Classes come in the order of their names or values, so that of "healthy" and "tumour" the tumour is, but of "cancer" and
 * "healthy" the healthy one.
 *
 * @param data one set, or three that were apart from the start.
 * @param name of the class.
 * @throws TypeError for images without labels; RangeError for more or fewer than two classes, or a name that none has.
 * @example
 * ```ts
 * import { arrayDataset, withPositive } from "voxgrad";
 *
 * const images = Uint8Array.from({ length: 8 }, (_, i) => i);
 * const data = arrayDataset({ images, shape: [2], labels: [0, 1, 1, 0], classes: ["cancer", "healthy"] });
 * console.log(withPositive(data, "cancer").classes.join()); // healthy,cancer
 * ```
 */
export function withPositive(data: Dataset, name: string): Dataset;
export function withPositive(data: DatasetSplit, name: string): DatasetSplit;
export function withPositive(data: Dataset | DatasetSplit, name: string): Dataset | DatasetSplit;
export function withPositive(data: Dataset | DatasetSplit, name: string): Dataset | DatasetSplit {
  if (!("train" in data)) return lookingFor(data, name);
  const sets = {
    train: lookingFor(data.train, name),
    validation: lookingFor(data.validation, name),
    test: lookingFor(data.test, name),
  };
  return Object.freeze({ ...data, ...sets });
}

function lookingFor(set: Dataset, name: string): Dataset {
  const { classes, labels } = set;
  if (!labels) throw new TypeError("positive: expected images with labels, got none");
  if (classes.length !== 2) {
    throw new RangeError(
      `positive: expected two classes, of which one is looked for, got ${classes.length}: ${classes.join(", ")}`,
    );
  }
  if (!classes.includes(name))
    throw new RangeError(`positive: expected one of the classes "${classes.join('", "')}", got "${name}"`);
  if (classes[1] === name) return set;
  return Object.freeze({
    ...set,
    classes: Object.freeze([classes[1], classes[0]]),
    labels: labels.map((label) => 1 - label),
  });
}
