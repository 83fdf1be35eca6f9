// All three phases on the images of an .npz file, in Node; without one, on made-up head scans that are written to a file
// first. A second argument names a folder for the model and the report.
//   node examples/node-npz.mjs
//   node examples/node-npz.mjs scans.npz results
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dense, dropout, network, phantoms, relu, saveModel, study } from "voxgrad";
import { readNpz, writeNpz } from "voxgrad/io";
import { reportHtml } from "voxgrad/report";

const [file = await phantomFile(), results = null] = process.argv.slice(2);

// MedMNIST's keys (train_images, ...) give three sets, "images" one, which the study divides.
const data = await readNpz(file);
const { shape, classes } = "train" in data ? data.train : data;
console.log(`${file}: images of ${shape.join("x")}, classes ${classes.join(", ")}`);

const run = study({ data, seed: 7 });
const sets = await run.sets();
console.log(`${sets.train} images to train, ${sets.validation} for validation, ${sets.test} for the test`);

const training = run.train({
  network: network([dense(64), relu(), dropout(0.3), dense(classes.length)]),
  epochs: 15,
});
for await (const { epoch, totalError, validation } of training) {
  console.log(
    `epoch ${epoch}: total error ${totalError.toFixed(1)}, validation accuracy ${validation.accuracy.toFixed(3)}`,
  );
}

const report = await run.test();
const { value, interval } = report.metrics.accuracy;
console.log(`test accuracy ${value?.toFixed(3)}, 95 % interval ${interval?.map((end) => end.toFixed(3)).join(" to ")}`);
console.log(`a guess without looking: ${report.baseline.accuracy?.toFixed(3)} (${report.baseline.name})`);

if (results) {
  await mkdir(results, { recursive: true });
  await writeFile(join(results, "model.safetensors"), saveModel(await run.model()));
  await writeFile(join(results, "report.html"), reportHtml(report));
  console.log(`model and report: ${results}`);
}

/** Writes phantoms as somebody would their scans: images (count, z, y, x), labels, and the patient of each image. */
async function phantomFile() {
  const set = phantoms({ count: 200, seed: 7 });
  const voxels = set.shape.reduce((product, size) => product * size);
  const images = new Float32Array(set.length * voxels);
  for (let index = 0; index < set.length; index++) set.read(index, images, index * voxels);
  const patients = [...new Set(set.groups)];
  const bytes = await writeNpz({
    images: { shape: [set.length, ...set.shape], data: Uint8Array.from(images) },
    labels: { shape: [set.length], data: Uint8Array.from(set.labels) },
    groups: { shape: [set.length], data: Int32Array.from(set.groups, (patient) => patients.indexOf(patient)) },
  });
  const path = join(await mkdtemp(join(tmpdir(), "voxgrad-")), "phantoms.npz");
  await writeFile(path, bytes);
  return path;
}
