// Weights of the classes, so that rare ones count as much as common ones.

/**
 * images / (classes * images of the class): a class of the average size weighs 1, and all classes weigh the same in all.
 * (King & Zeng 2001; scikit-learn's class_weight="balanced")
 *
 * @throws TypeError without labels; RangeError when a class has no image
 * @example
 * ```ts
 * import { arrayDataset, balancedClassWeights, softmaxCrossEntropy } from "voxgrad";
 *
 * const set = arrayDataset({ images: new Uint8Array(4), shape: [1], labels: [0, 0, 0, 1] });
 * console.log(balancedClassWeights(set)); // [ 0.6666666666666666, 2 ]
 * console.log(softmaxCrossEntropy({ classWeights: balancedClassWeights(set) }).classWeights);
 * ```
 */
export function balancedClassWeights(dataset: {
  readonly labels: Int32Array | null;
  readonly classes: readonly string[];
}): readonly number[] {
  const { labels, classes } = dataset;
  if (!labels) {
    throw new TypeError("balanced class weights: expected a set with labels, got one without. Leave the weights out.");
  }
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]++;
  const missing = counts.indexOf(0);
  if (missing >= 0) {
    throw new RangeError(
      `balanced class weights: expected images of every class, got none of "${classes[missing]}". Add some, or leave the class out.`,
    );
  }
  return Object.freeze(Array.from(counts, (count) => labels.length / (classes.length * count)));
}
