// Two studies of one test set, side by side, from their folders: whether their ROC AUCs differ (DeLong), and whether one
// makes more mistakes (McNemar). Without folders, on two studies of made-up scans that are made first.
//   node examples/compare.mjs
//   node examples/compare.mjs FIRST SECOND scans.npz
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dense, dropout, loadModel, mcnemar, network, pairedDelong, phantoms, predict, relu, split, study, subset } from "voxgrad"; // prettier-ignore
import { folderStorage, readNpz } from "voxgrad/io";

const [first, second, data] = process.argv.length > 2 ? await given(process.argv.slice(2)) : await made();

const reports = await Promise.all(
  [first, second].map(async (folder) => JSON.parse(await readFile(join(folder, "report.json"), "utf8"))),
);
// What was tested is known by its SHA-256: figures of other images cannot be compared in pairs.
const [one, other] = reports.map(({ testSet }) => testSet.sha256);
if (one !== other) throw new Error(`expected two tests of the same images, got ${one} and ${other}`);

const said = [];
for (const folder of [first, second]) {
  const model = loadModel(await readFile(join(folder, "model.safetensors")));
  said.push(await predict(model, data.test));
}
const truth = data.test.labels;
const [a, b] = said.map(({ calibrated, probabilities }) =>
  Float32Array.from(truth, (_, i) => (calibrated ?? probabilities)[2 * i + 1]),
);
const areas = pairedDelong(truth, a, b);
if (areas.interval === null) throw new Error(areas.reason);
const ends = areas.interval.map((end) => end.toFixed(3)).join(" to ");
console.log(`${truth.length} test images: ROC AUC ${areas.first.toFixed(3)} and ${areas.second.toFixed(3)}`);
console.log(`difference ${areas.difference.toFixed(3)}, 95 % interval ${ends}, p ${areas.pValue.toFixed(3)} (DeLong)`);
const mistakes = mcnemar(truth, said[0].predicted, said[1].predicted);
console.log(`right by the first alone ${mistakes.onlyFirst}, by the second alone ${mistakes.onlySecond}`);
console.log(`p ${mistakes.midP.toFixed(3)} (McNemar, mid-p)`);

/** Folders of two tested studies, and their images: three sets, so that all know which the test images are. */
async function given([one, other, file]) {
  const sets = await readNpz(file);
  if (!("test" in sets)) throw new Error(`${file}: expected three sets, got one`);
  return [one, other, sets];
}

/** Two networks, one of them small, trained and tested on the same made-up scans. */
async function made() {
  const scans = phantoms({ count: 400, seed: 7 });
  const parts = split(scans, { seed: 7 });
  const sets = {
    train: subset(scans, parts.train),
    validation: subset(scans, parts.validation),
    test: subset(scans, parts.test),
  };
  const folders = [];
  for (const layers of [[dense(2)], [dense(32), relu(), dropout(0.5), dense(2)]]) {
    const folder = await mkdtemp(join(tmpdir(), "voxgrad-"));
    const run = study({ data: sets, seed: 7, storage: folderStorage(folder) });
    for await (const { epoch } of run.train({ network: network(layers), epochs: 12 }))
      if (epoch === 12) console.log(`trained: ${layers.length} layers`);
    await run.test();
    folders.push(folder);
  }
  return [...folders, sets];
}
