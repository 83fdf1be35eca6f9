// A training loop by hand, without a study: epochs one at a time, a decision of one's own when to stop, a pause that is
// gone on from to the same bits, and the weights as arrays.
//   node examples/own-loop.ts        (Node 22.18 or newer; or bun, or deno run -A)
import {
  adam,
  dense,
  network,
  phantoms,
  predict,
  relu,
  resolveTraining,
  saveModel,
  split,
  startFit,
  subset,
} from "voxgrad";
import type { Epoch, Fit, Model } from "voxgrad";

const data = phantoms({ count: 300, seed: 7 });
const parts = split(data, { seed: 7 }); // no patient in two sets
const sets = { train: subset(data, parts.train), validation: subset(data, parts.validation) };

// Every setting with its default, pixel statistics of the training set included; patience is not asked, the loop decides.
const settings = resolveTraining(
  { network: network([dense(32), relu(), dense(2)]), optimizer: adam({ learningRate: 1e-3 }), patience: null },
  sets.train,
  "classification",
  7,
);

/** Enough is learned when three epochs in a row were no better than the best one, or the errors part. */
function isEnough({ epoch, diagnosis }: Epoch, bestEpoch: number): boolean {
  return epoch - bestEpoch >= 3 || diagnosis.startsWith("overfitting");
}

/** Runs epochs until it is enough, or until `last`. */
async function runEpochs(fit: Fit, last: number): Promise<boolean> {
  while (fit.progress.epoch < last) {
    const epoch = await fit.epoch();
    const { bestEpoch } = fit.progress.stopping;
    console.log(
      `${epoch.epoch}: loss ${epoch.loss.toFixed(4)}, validation ${epoch.validation.loss.toFixed(4)}, ${epoch.diagnosis}`,
    );
    if (isEnough(epoch, bestEpoch)) return true;
  }
  return false;
}

// Some epochs now. Its state is all that is needed to go on later, elsewhere: weights, the optimizer's memory, the place.
const first = await startFit(sets, settings);
console.log(`${first.bytes} bytes of memory, ${first.arithmetic.numericMode}`);
await runEpochs(first, 3);
const state = first.state();
first.free();

const fit = await startFit(sets, settings, { kind: "resumed", state });
const isEarly = await runEpochs(fit, 40);
console.log(isEarly ? "stopped early" : "stopped after 40 epochs", `best was epoch ${fit.progress.stopping.bestEpoch}`);

// The weights of the best epoch, in PyTorch's names and layout.
const weights = fit.bestWeights();
fit.free();
for (const [name, { shape, data: values }] of weights) {
  console.log(
    name,
    shape.join("x"),
    `largest ${values.reduce((most, value) => Math.max(most, Math.abs(value)), 0).toFixed(3)}`,
  );
}

// With the recipe around them they are a model, which answers and can be saved.
const model: Model = {
  task: "classification",
  network: settings.network,
  weights,
  classes: data.classes,
  maskClasses: [],
  normalization: settings.normalization,
  loss: settings.loss,
};
const test = subset(data, parts.test);
const said = await predict(model, test);
if (said.task === "classification") {
  const right = said.predicted.filter((predicted, image) => predicted === test.labels?.[image]).length;
  console.log(`${right} of ${test.length} test images right; saved, the model has ${saveModel(model).length} bytes`);
}
