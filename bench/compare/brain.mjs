// brain.js: has neither softmax cross-entropy nor batches, so it trains the network of these sizes that it can.
import brain from "brain.js";
import { readFileSync } from "node:fs";
import { oneHot, serve } from "./serve.mjs";

const { version } = JSON.parse(readFileSync(new URL("./node_modules/brain.js/package.json", import.meta.url), "utf8"));

serve((problem) => {
  const { sizes, batch, inputs, classes, learningRate } = problem;
  const wanted = oneHot(problem);
  const rows = (values, width) => Array.from({ length: batch }, (_, i) => values.slice(i * width, (i + 1) * width));
  const outputs = rows(wanted, classes);
  const data = rows(problem.images, inputs).map((input, i) => ({ input: [...input], output: [...outputs[i]] }));
  let net = null;
  let prepared = null;
  return {
    version: `brain.js ${version}`,
    computes: "squared error, relu on the outputs too, one Adam update for each image of the batch, weights of its own",
    reset() {
      net = new brain.NeuralNetwork({ hiddenLayers: sizes.slice(1, -1), activation: "relu" });
      prepared = net.prepTraining(data, { praxis: "adam", learningRate });
      net.setActivation();
      net._setupAdam();
    },
    run(steps) {
      for (let step = 0; step < steps; step++) net.trainPatterns(prepared.data);
      return NaN;
    },
  };
});
