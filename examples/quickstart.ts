// The README's code: three phases of a study, from made-up scans to a report.
//   node examples/quickstart.ts        (Node 22.18 or newer; or bun, or deno run -A)
import { adam, dense, dropout, network, phantoms, relu, study } from "voxgrad";

// Made-up head scans, half of them with a tumour; or readNpz("scans.npz") of "voxgrad/io", or arrays of your own.
const data = phantoms({ count: 400, seed: 7 });
const run = study({ data, seed: 7, groupBy: "patient" }); // no patient in two sets; the test set is sealed

// Phases 1 and 2: train, and watch the validation set.
const training = run.train({
  network: network([dense(64), relu(), dropout(0.3), dense(2)]),
  optimizer: adam({ learningRate: 1e-3 }),
  epochs: 15,
});
for await (const { epoch, totalError, validation, diagnosis } of training) {
  console.log(epoch, totalError.toFixed(1), validation.rocAuc?.toFixed(3), diagnosis);
}

// Phase 3: the test set is read, once. A second call throws SealedTestSetError.
const report = await run.test();
const { accuracy, recall, dice } = report.metrics;
console.log(accuracy.value, accuracy.interval, recall.value, dice.value, report.weightsSha256);
