// Reports of made-up studies, the same every time: what the tests of the reports look at.
import { maskConfusion } from "../../src/metrics/segmentation.ts";
import { stream } from "../../src/random.ts";
import type { ReportInput, SetSummary } from "../../src/report/record.ts";
import type { Epoch } from "../../src/train/progress.ts";

const random = stream(11, "phantom");
const hash = (digit: string) => digit.repeat(64);

/** Loss curves that part after the twelfth epoch. */
export function exampleHistory(epochs = 24): Epoch[] {
  return Array.from({ length: epochs }, (_, i) => {
    const loss = 0.12 + 0.6 / (1 + 0.35 * i) + 0.01 * random.normal(i);
    const validation = 0.2 + 0.5 / (1 + 0.4 * i) + 0.0006 * Math.max(0, i - 11) ** 2 + 0.01 * random.normal(1000 + i);
    const figures = { absoluteError: loss / 2, accuracy: 1 - loss / 2, rocAuc: 1 - loss / 3, dice: null };
    return {
      ...figures,
      epoch: i + 1,
      totalError: 700 * loss,
      loss,
      penalty: 0,
      validation: { ...figures, totalError: 150 * validation, loss: validation },
      learningRate: 0.001,
      seconds: 0.21,
      best: i <= 11,
      diagnosis: i > 17 ? "overfitting since epoch 13" : "learning",
      evidence: {
        gap: (validation - loss) / 2,
        noise: 0.02,
        slope: i > 11 ? 0.004 : -0.02,
        minimum: Math.min(12, i + 1),
        rise: Math.max(0, i - 11) / 100,
      },
    };
  });
}

const summary = (digit: string, classCounts: readonly number[]): SetSummary => ({
  size: classCounts.reduce((sum, count) => sum + count, 0),
  sha256: hash(digit),
  classCounts,
});

const study = {
  version: "0.1.0",
  opened: "2026-03-05T14:07:31.123Z",
  seed: 7,
  weightsSha256: hash("c"),
  bestEpoch: 12,
  history: exampleHistory(),
  phases: [
    {
      event: "created",
      time: "2026-03-05T14:02:00.000Z",
      seed: 7,
      task: "classification",
      index: 0,
      previous: hash("0"),
    },
    {
      event: "split",
      time: "2026-03-05T14:02:01.000Z",
      train: { size: 700, sha256: hash("1") },
      index: 1,
      previous: hash("a"),
    },
    { event: "training started", time: "2026-03-05T14:02:02.000Z", epochs: 60, seed: 7, index: 2, previous: hash("b") },
    {
      event: "training ended",
      time: "2026-03-05T14:05:12.000Z",
      epochs: 24,
      bestEpoch: 12,
      validationLookUps: 24,
      index: 3,
      previous: hash("d"),
    },
    {
      event: "test opened",
      time: "2026-03-05T14:07:31.123Z",
      weightsSha256: hash("c"),
      validationLookUps: 24,
      index: 4,
      previous: hash("e"),
    },
  ],
  settings: {
    network: {
      layers: [
        { kind: "dense", outputs: 64 },
        { kind: "relu" },
        { kind: "dropout", rate: 0.3 },
        { kind: "dense", outputs: 2 },
      ],
    },
    loss: { kind: "softmaxCrossEntropy", classWeights: null, labelSmoothing: 0, reduction: "mean" },
    optimizer: { kind: "adam", learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    normalization: { kind: "perPixel", means: Array.from({ length: 784 }, (_, i) => i / 784) },
    epochs: 60,
    batchSize: 32,
    patience: 10,
    monitor: "loss",
    clip: null,
  },
} as const;

/** `count` images whose p(class) grows with the truth by `skill`; the last class has the rest of the images. */
export function labelledInput(
  classes: readonly string[],
  counts: readonly number[],
  { skill = 2, groups = null }: { skill?: number; groups?: readonly string[] | null } = {},
): ReportInput {
  const truth = Int32Array.from(counts.flatMap((count, k) => Array<number>(count).fill(k)));
  const probabilities = Float32Array.from(
    Array.from(truth).flatMap((label, i) => {
      const scores = classes.map((_, k) =>
        Math.exp(random.normal(10000 + i * classes.length + k) + (k === label ? skill : 0)),
      );
      const sum = scores.reduce((added, score) => added + score, 0);
      return scores.map((score) => score / sum);
    }),
  );
  return {
    ...study,
    classes,
    predictions: { task: "classification", truth, probabilities, groups },
    sets: {
      train: summary(
        "1",
        counts.map((count) => count * 5),
      ),
      validation: summary("2", counts),
      test: summary("3", counts),
    },
  };
}

/** Masks of `count` images of 100 voxels, one or two foreground classes, a quarter of the images without any. */
export function maskedInput(classes: readonly string[] = ["tumour"], count = 40): ReportInput {
  const confusions = Array.from({ length: count }, (_, i) => {
    const truth = Array.from({ length: 100 }, (_, v) => (i % 4 > 0 && v < 12 ? 1 + (v % classes.length) : 0));
    const predicted = truth.map((t, v) =>
      random.uniform(50000 + i * 100 + v) < 0.03 + 0.2 * Number(t > 0) ? Number(t === 0) : t,
    );
    return maskConfusion(truth, predicted, classes.length);
  });
  const withForeground = count - Math.ceil(count / 4);
  const counts = classes.map(() => withForeground);
  return {
    ...study,
    classes,
    predictions: { task: "segmentation", confusions, groups: null },
    sets: {
      train: { size: 5 * count, sha256: hash("1"), classCounts: counts },
      validation: { size: count, sha256: hash("2"), classCounts: counts },
      test: { size: count, sha256: hash("3"), classCounts: counts },
    },
  };
}
