// Does an epoch's time grow in proportion to the images? Milliseconds an epoch for 1,000 to 64,000 images, and a line through them.
//   npm run bench -- epochs [--json]
import { adam, arrayDataset, dense, network, relu, resolveTraining, startFit } from "../src/index.ts";

const counts = [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000];
const features = 1000;
const rounds = 7;

/** Drawn bytes as images of two classes. */
function drawnSet(count: number) {
  const images = new Uint8Array(count * features);
  let state = 1;
  for (let i = 0; i < images.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    images[i] = state >>> 24;
  }
  return arrayDataset({ images, shape: [10, 10, 10], labels: Uint8Array.from({ length: count }, (_, i) => i % 2) });
}

const article = network([dense(12), relu(), dense(12), relu(), dense(2)], { input: [10, 10, 10] });
const validation = drawnSet(100);
const fits = [];
for (const count of counts) {
  const train = drawnSet(count);
  const settings = resolveTraining({ network: article, optimizer: adam(), patience: null, epochs: 1e6, normalization: "zScore" }, train, "classification", 1); // prettier-ignore
  const fit = await startFit({ train, validation }, settings);
  await fit.epoch();
  fits.push({ count, fit, milliseconds: [] as number[] });
}
// In turns: what else the machine does hits every size alike.
for (let round = 0; round < rounds; round++) {
  for (const { fit, milliseconds } of fits) {
    const start = performance.now();
    await fit.epoch();
    milliseconds.push(performance.now() - start);
  }
}
const rows = fits.map(({ count, milliseconds }) => ({ images: count, milliseconds: Math.min(...milliseconds) }));
// The largest size gives the slope: what a thousand images cost; the others are held against it.
const slope = rows[rows.length - 1].milliseconds / rows[rows.length - 1].images;
for (const { fit } of fits) fit.free();
const shown = rows.map((row) => ({ ...row, deviation: row.milliseconds / (slope * row.images) - 1 }));
if (process.argv.includes("--json")) console.log(JSON.stringify({ epochs: shown }));
else {
  console.log(`node ${process.version}, ${"1000-12-12-2"}, one epoch and its figures, best of ${rounds}`);
  for (const { images, milliseconds, deviation } of shown) {
    console.log(
      `${String(images).padStart(6)} images ${milliseconds.toFixed(2).padStart(9)} ms, ` +
        `${((1e6 * milliseconds) / images / 1000).toFixed(2)} microseconds an image, ${(100 * deviation).toFixed(1)} % off the line`,
    );
  }
}
