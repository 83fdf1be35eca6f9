// How often the 95 % intervals of the report contain the true figure, in made-up worlds whose true figures are known.
import { confusionMatrix } from "../src/metrics/classification.ts";
import { delong, wilson } from "../src/metrics/intervals.ts";
import type { Interval } from "../src/metrics/intervals.ts";
import type { ClassName } from "../src/metrics/resampled-cells.ts";
import { resampledLabels } from "../src/metrics/resampled-labels.ts";
import type { LabelledImages, LabelLayout } from "../src/metrics/resampled-labels.ts";
import { exp, log } from "../src/elementary.ts";
import { stream } from "../src/random.ts";
import { sharesOf } from "../src/report/class-figures.ts";
import { labelIntervals } from "../src/report/label-intervals.ts";
import type { LabelIntervals } from "../src/report/label-intervals.ts";

/** Images of two classes whose score is normal: `skill` standard deviations apart. */
export interface World {
  readonly prevalence: number;
  readonly skill: number;
  /** The logit is so many times what it should be: 1 is perfectly calibrated. */
  readonly sharpness: number;
  /** Images of each patient, who share their class and half of the variance of their scores. */
  readonly imagesPerPatient: number;
  /** The standard deviation of the logarithm of that number; all have as many when left out. */
  readonly spread?: number;
}

/** A figure: its true value's place, and its interval on a set. */
interface Watched {
  readonly name: string;
  readonly at: (layout: LabelLayout) => number;
  readonly interval: (images: LabelledImages, intervals: LabelIntervals) => Interval;
}

const wilsonOf = (name: ClassName): Watched => ({
  name: `${name} (Wilson)`,
  at: (layout) => layout.ofClass(name, 1),
  interval: ({ truth, predicted }) =>
    sharesOf(confusionMatrix(truth, predicted, 2), 1)[name] ?? { interval: null, reason: "" },
});

const delongOf = (scale: "plain" | "logit"): Watched => ({
  name: `ROC AUC (DeLong, ${scale})`,
  at: (layout) => layout.ofCurve("rocAuc", 1),
  interval: ({ truth, probabilities }) =>
    delong(
      truth,
      Float64Array.from(truth, (_, i) => probabilities[2 * i + 1]),
      scale,
    ),
});

const plain: readonly Watched[] = [
  {
    name: "accuracy (Wilson)",
    at: (layout) => layout.ofWhole("accuracy"),
    interval: ({ truth, predicted }) =>
      wilson(truth.reduce((sum, label, i) => sum + Number(label === predicted[i]), 0), truth.length), // prettier-ignore
  },
  wilsonOf("recall"),
  wilsonOf("specificity"),
  wilsonOf("precision"),
  wilsonOf("negativePredictiveValue"),
  wilsonOf("dice"),
  wilsonOf("jaccard"),
  delongOf("plain"),
  delongOf("logit"),
];

const whole = (name: Parameters<LabelIntervals["ofWhole"]>[0]): Watched => ({
  name,
  at: (layout) => layout.ofWhole(name),
  interval: (_, intervals) => intervals.ofWhole(name),
});
const score = (name: Parameters<LabelIntervals["ofScores"]>[0]): Watched => ({
  name,
  at: (layout) => layout.ofScores(name),
  interval: (_, intervals) => intervals.ofScores(name),
});
const ofClass = (name: Parameters<LabelIntervals["ofClass"]>[0]): Watched => ({
  name,
  at: (layout) => layout.ofClass(name, 1),
  interval: (_, intervals) => intervals.ofClass(name, 1),
});
const curve = (name: "rocAuc" | "averagePrecision"): Watched => ({
  name,
  at: (layout) => layout.ofCurve(name, 1),
  interval: (_, intervals) => intervals.ofCurve(name, 1),
});
const bootstrapped: readonly Watched[] = [
  whole("accuracy"),
  whole("balancedAccuracy"),
  ofClass("recall"),
  ofClass("dice"),
  ofClass("jaccard"),
  {
    name: "macro F1",
    at: (layout) => layout.ofMean("dice", "macro"),
    interval: (_, intervals) => intervals.ofMean("dice", "macro"),
  },
  whole("matthews"),
  whole("kappa"),
  curve("rocAuc"),
  curve("averagePrecision"),
  score("brier"),
  score("logLoss"),
  score("expectedCalibrationError"),
];

/** So many images of a world, or about as many where patients differ; the groups are the patients. */
export function drawWorld(world: World, count: number, seed: number): LabelledImages & { readonly groups: string[] } {
  const { prevalence, skill, sharpness, imagesPerPatient, spread } = world;
  const random = stream(seed, "phantom");
  const imagesOf = (patient: number) =>
    spread === undefined
      ? imagesPerPatient
      : Math.max(1, Math.round(imagesPerPatient * exp(spread * random.normal(1e8 + patient))));
  const patients = Array.from({ length: count / imagesPerPatient }, (_, patient) =>
    Array<number>(imagesOf(patient)).fill(patient),
  ).flat();
  const images = patients.length;
  const truth = Int32Array.from(patients, (patient) => (random.uniform(patient) < prevalence ? 1 : 0));
  const probabilities = new Float64Array(2 * images);
  const offset = log(prevalence / (1 - prevalence)) - (skill * skill) / 2;
  for (let i = 0; i < images; i++) {
    const own = random.normal(i);
    const noise = imagesPerPatient > 1 ? Math.sqrt(0.5) * (own + random.normal(images + patients[i])) : own;
    const logit = sharpness * (skill * ((truth[i] ? skill : 0) + noise) + offset);
    probabilities[2 * i + 1] = 1 / (1 + exp(-logit));
    probabilities[2 * i] = 1 - probabilities[2 * i + 1];
  }
  const predicted = truth.map((_, i) => (probabilities[2 * i + 1] >= 0.5 ? 1 : 0));
  const groups = patients.map(String);
  return { truth, predicted, probabilities, classes: 2, groups };
}

export interface Coverage {
  readonly name: string;
  readonly trueValue: number;
  /** Sets on which there was an interval, and how many of them contain the true value. */
  readonly intervals: number;
  readonly covering: number;
}

export interface CoverageOptions {
  readonly world: World;
  /** Images of each set, and how many sets. */
  readonly count: number;
  readonly sets: number;
  readonly resamples: number;
  /** The seed of the first set; the world's own figures are of seed 1. */
  readonly first?: number;
}

/** All figures of so many images of a world that they are as good as the true ones. */
export function trueFigures(world: World, population: number) {
  const images = drawWorld(world, population, 1);
  const { layout, of } = resampledLabels(images);
  return { layout, figures: Float64Array.from(of(new Int32Array(images.truth.length).fill(1))) };
}

export function coverageOf(
  { world, count, sets, resamples, first = 2 }: CoverageOptions,
  { layout, figures }: ReturnType<typeof trueFigures>,
): Coverage[] {
  const grouped = world.imagesPerPatient > 1;
  const watched = grouped ? bootstrapped : [...plain, ...bootstrapped];
  const found = watched.map(({ name, at }) => ({ name, trueValue: figures[at(layout)], intervals: 0, covering: 0 }));
  for (let set = 0; set < sets; set++) {
    const images = drawWorld(world, count, first + set);
    const intervals = labelIntervals(images, grouped ? images.groups : null, first + set, resamples);
    watched.forEach(({ interval }, i) => {
      const ends = interval(images, intervals).interval;
      if (!ends) return;
      found[i].intervals++;
      if (ends[0] <= found[i].trueValue && found[i].trueValue <= ends[1]) found[i].covering++;
    });
  }
  return found;
}
