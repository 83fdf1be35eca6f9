// How long the bootstrap takes: 10,000 resamples of 10,000 images, of two classes and of five, of images and of patients.
import { bootstrap } from "../src/metrics/intervals.ts";
import { createDraws } from "../src/metrics/draws.ts";
import { labelIntervals } from "../src/report/label-intervals.ts";
import { drawWorld } from "./coverage-of.ts";

const count = 10_000;
const resamples = 10_000;
const world = { prevalence: 0.3, skill: 1.5, sharpness: 1, imagesPerPatient: 1 };
const images = drawWorld(world, count, 1);
const patients = Array.from({ length: count }, (_, i) => `${Math.floor(i / 4)}`);
const right = Float64Array.from(images.truth, (label, i) => Number(label === images.predicted[i]));
const fifths = Float64Array.from({ length: 5 * count }, (_, i) => {
  const p = images.probabilities[2 * Math.floor(i / 5) + 1];
  return i % 5 === images.truth[Math.floor(i / 5)] ? 0.2 + 0.4 * p : 0.2 - 0.1 * p;
});
const five = { ...images, truth: images.truth.map((label, i) => (label + i) % 5), probabilities: fifths, classes: 5 };

const tasks: readonly (readonly [name: string, run: () => void])[] = [
  [
    "the draws alone",
    () => {
      const draws = createDraws(1);
      const counts = new Int32Array(count);
      for (let resample = 0; resample < resamples; resample++) draws.count(resample, counts);
    },
  ],
  ["all figures of two classes", () => labelIntervals(images, null, 1, resamples)],
  ["all figures of two classes, 2,500 patients", () => labelIntervals(images, patients, 1, resamples)],
  ["all figures of five classes", () => labelIntervals(five, null, 1, resamples)],
  [
    "bootstrap() of the accuracy",
    () => {
      const share = (drawn: Int32Array) => {
        let sum = 0;
        for (const i of drawn) sum += right[i];
        return [sum / drawn.length];
      };
      bootstrap(count, share, { seed: 1, resamples });
    },
  ],
];
for (const [name, run] of tasks) {
  const seconds = Array.from({ length: 3 }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) / 1000;
  });
  console.log(`${name}: ${Math.min(...seconds).toFixed(2)} s (${seconds.map((one) => one.toFixed(2)).join(", ")})`);
}
