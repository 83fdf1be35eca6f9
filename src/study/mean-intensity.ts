// The mean intensity of images: a baseline that any network has to beat.
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { featuresOf } from "../data/dataset.ts";
import { readAhead } from "../data/read-ahead.ts";

/** So many training images say what the mean of a class is; larger sets are looked at evenly. */
const mostTrained = 1000;

/** Of each test image, and of the training images of each class; NaN for a class without any. */
export async function meanIntensity({ train, test }: DatasetSplit) {
  const step = Math.max(1, train.length / mostTrained);
  const chosen = Int32Array.from({ length: Math.floor(train.length / step) }, (_, i) => Math.floor(i * step));
  const ofTrain = await meansOf(train, chosen);
  const sums = new Float64Array(train.classes.length);
  const counts = new Float64Array(train.classes.length);
  chosen.forEach((image, i) => {
    const label = train.labels?.[image];
    if (label === undefined) return;
    sums[label] += ofTrain[i];
    counts[label]++;
  });
  return {
    test: await meansOf(
      test,
      Int32Array.from({ length: test.length }, (_, i) => i),
    ),
    means: Array.from(sums, (sum, k) => sum / counts[k]),
  };
}

async function meansOf(set: Dataset, images: Int32Array): Promise<Float64Array> {
  const image = new Float32Array(featuresOf(set));
  const means = new Float64Array(images.length);
  const ahead = readAhead(set);
  for (let i = 0; i < images.length; i++) {
    const pending = ahead(images, i, 1, Math.min(1, images.length - i - 1));
    if (pending) await pending;
    set.read(images[i], image, 0);
    let sum = 0;
    for (const value of image) sum += value;
    means[i] = sum / image.length;
  }
  return means;
}
