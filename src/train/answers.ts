// The answers that probabilities come to: of two classes by a threshold, else the likeliest class.

/**
 * The class of each image: of two, the second from the threshold on; without a threshold the likeliest, the first of equals.
 *
 * @param probabilities calibrated, (images, classes), row-major. @param threshold of the second of two classes, or null.
 * @throws RangeError for a threshold with more than two classes.
 */
export function answersOf(probabilities: Float32Array, classes: number, threshold: number | null): Int32Array {
  if (threshold !== null && classes !== 2)
    throw new RangeError(`answers: expected a threshold for two classes, got one for ${classes}`);
  return Int32Array.from({ length: probabilities.length / classes }, (_, image) => {
    const at = image * classes;
    if (threshold !== null) return probabilities[at + 1] >= threshold ? 1 : 0;
    let likeliest = 0;
    for (let k = 1; k < classes; k++) if (probabilities[at + k] > probabilities[at + likeliest]) likeliest = k;
    return likeliest;
  });
}
