// k-fold cross-validation: each image is tested once, by a network that never saw its patient; the spread between the folds
// says how much a figure of one small test set is worth.
//   node examples/k-fold.ts        (Node 22.18 or newer; or bun, or deno run -A)
import { adam, dense, dropout, folds, network, phantoms, relu, study, subset } from "voxgrad";

const k = 4;
const data = phantoms({ count: 240, seed: 7 });
const accuracies: number[] = [];
const areas: number[] = [];
let right = 0;

for (const [index, fold] of folds(data, { k, seed: 7 }).entries()) {
  // The fold is a sealed test set. A part of the rest is the validation set that says which epoch was the best: were that
  // read off the fold itself, its figures would flatter.
  const rest = subset(data, fold.train);
  const [inner] = folds(rest, { k: 5, seed: 7 });
  const run = study({
    data: {
      train: subset(rest, inner.train),
      validation: subset(rest, inner.validation),
      test: subset(data, fold.validation),
    },
    seed: index + 1,
  });
  const training = run.train({
    network: network([dense(32), relu(), dropout(0.3), dense(2)]),
    optimizer: adam({ learningRate: 1e-3 }),
    epochs: 12,
  });
  let epochs = 0;
  for await (const { epoch } of training) epochs = epoch;
  const { metrics } = await run.test();
  const accuracy = metrics.accuracy.value ?? NaN;
  const area = metrics.rocAuc.value ?? NaN;
  console.log(
    `fold ${index + 1}: ${fold.validation.length} images, ${epochs} epochs, accuracy ${accuracy.toFixed(3)}, ROC AUC ${area.toFixed(3)}`,
  );
  accuracies.push(accuracy);
  areas.push(area);
  right += Math.round(accuracy * fold.validation.length);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
console.log(
  `accuracy ${mean(accuracies).toFixed(3)} ± ${deviation(accuracies).toFixed(3)}, ROC AUC ${mean(areas).toFixed(3)} ± ${deviation(areas).toFixed(3)} over ${k} folds`,
);
console.log(`${right} of ${data.length} images right, each by a network that never saw its patient`);
