// Reports with all that a record may hold, made from the example studies: what the tests of pages look at in a browser.
import type { ImageFigures, NewerFields } from "../../src/report/newer-fields.ts";
import { buildReport } from "../../src/report/record.ts";
import type { Report, ReportInput } from "../../src/report/record.ts";
import { exampleHistory, labelledInput, maskedInput } from "./example.ts";

const dense = (outputs: number) => ({ kind: "dense", outputs, bias: true });

/** Settings as study.json has them. */
export function fullSettings(outputs: number, input: readonly number[]): object {
  const layers = [
    { kind: "dropout", rate: 0.1 },
    dense(64),
    { kind: "batchNorm", momentum: 0.1, epsilon: 1e-5 },
    { kind: "relu" },
    { kind: "dropout", rate: 0.3 },
    dense(8),
    { kind: "leakyRelu", slope: 0.01 },
    dense(outputs),
  ];
  return {
    version: 1,
    division: { seed: 7, ratios: [0.7, 0.15, 0.15], groupBy: "patient", leakage: "drop" },
    shape: input,
    training: {
      network: { layers, input },
      loss: { kind: "softmaxCrossEntropy", classWeights: null, labelSmoothing: 0, reduction: "mean" },
      optimizer: { kind: "adam", learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      augment: [],
      epochs: 60,
      seed: 8,
      numericMode: "reproducible",
    },
  };
}

const audited = {
  event: "audited",
  time: "2026-03-05T14:02:00.500Z",
  leakage: "drop",
  threshold: 0.98,
  pairs: { exact: 2, label: 0, near: 5, flipped: 0, group: 1, statistics: 0 },
  images: { train: 8, validation: 3, test: 5 },
  dropped: { train: { size: 7, ids: "AAAA" }, validation: { size: 1, ids: "AA==" } },
};

const refined = {
  event: "refined",
  time: "2026-03-05T14:06:00.000Z",
  trials: [
    { remedy: "none", epochs: 24, monitor: "loss", value: 0.31, gain: null, standardError: null },
    { remedy: "dropout 0.5, L2 0.001", epochs: 60, monitor: "loss", value: 0.28, gain: 0.03, standardError: 0.012 },
    { remedy: "strong augmentation", epochs: 20, monitor: "loss", value: 0.35, gain: -0.04, standardError: 0.02 },
  ],
  kept: "dropout 0.5, L2 0.001",
  validationLookUps: 104,
};

function withEvents(input: ReportInput): ReportInput {
  const [created, ...rest] = input.phases;
  const [opened, ended, ...before] = [...rest].reverse();
  return { ...input, phases: [created, audited, ...before.reverse(), ended, refined, opened] };
}

function withGroups(sets: Report["sets"]): Report["sets"] {
  const groups = { count: 61, smallest: 1, largest: 9 };
  return {
    train: { ...sets.train, groups: { count: 300, smallest: 1, largest: 12 } },
    validation: { ...sets.validation, groups },
    test: { ...sets.test, groups },
  };
}

const figureOf = (value: number, half: number, method: string) => ({
  value,
  interval: [value - half, value + half] as const,
  method: `${method}; 95 % percentile bootstrap, 10000 resamples of images, seed 7`,
});

const furtherOfLabels = {
  negativePredictiveValue: figureOf(0.861, 0.05, "TN / (TN + FN)"),
  averagePrecision: figureOf(0.942, 0.02, "area under the precision-recall curve"),
  jaccard: figureOf(0.802, 0.06, "TP / (TP + FP + FN)"),
  matthews: figureOf(0.743, 0.08, "Matthews correlation coefficient"),
  kappa: figureOf(0.741, 0.08, "Cohen's kappa"),
  brier: figureOf(0.102, 0.02, "mean squared error of the probabilities"),
  logLoss: figureOf(0.331, 0.05, "mean of -log p(truth)"),
  expectedCalibrationError: figureOf(0.041, 0.02, "10 bins of equal width"),
};

/** The made-up fields are of the shapes that the page reads, whatever the record's types say. */
const asReport = (record: object) => record as Report;

/** Bins that are a little too sure of themselves, and curves of that form. */
function curvesOf(classes: readonly string[]): NonNullable<NewerFields["curves"]> {
  const drawn = classes.length === 2 ? classes.slice(1) : classes;
  const bins = Array.from({ length: 10 }, (_, i) => i / 10);
  const steps = Array.from({ length: 101 }, (_, i) => i / 100);
  return {
    precisionRecall: drawn.map((name, k) => ({
      class: name,
      recall: steps,
      precision: steps.map((recall) => 1 - (0.1 + 0.05 * k) * recall - 0.3 * recall ** 9),
    })),
    reliability: drawn.map((name, k) => ({
      class: name,
      low: bins,
      high: bins.map((low) => low + 0.1),
      count: bins.map((low) => (low > 0.55 && low < 0.65 ? 0 : Math.round(4 + 160 * (low - 0.45) ** 2))),
      meanProbability: bins.map((low) => (low > 0.55 && low < 0.65 ? null : low + 0.05)),
      share: bins.map((low) => (low > 0.55 && low < 0.65 ? null : 0.1 + 0.8 * low + 0.02 * k)),
    })),
    decision: drawn.map((name, k) => ({
      class: name,
      threshold: steps.slice(1, 100),
      netBenefit: steps.slice(1, 100).map((at) => 0.5 - 0.05 * k - 0.45 * at ** 3),
      treatAll: steps.slice(1, 100).map((at) => 0.55 - (0.45 * at) / (1 - at)),
    })),
  };
}

const baselines = (labels: boolean): NewerFields["baselines"] => [
  { name: "always the commonest", accuracy: 0.55, balancedAccuracy: 0.5, rocAuc: labels ? 0.5 : null, brier: 0.25 },
  { name: "the mean intensity", accuracy: 0.61, balancedAccuracy: 0.6, rocAuc: labels ? 0.64 : null, brier: 0.24 },
];

const twice: NewerFields["openings"] = [
  { time: "2026-03-05T14:07:31.123Z", reason: null, resumed: false, validationLookUps: 104 },
  { time: "2026-03-05T14:07:59.000Z", reason: null, resumed: true, validationLookUps: 104 },
  { time: "2026-04-01T09:00:00.000Z", reason: "masks of three patients were mended", resumed: false, validationLookUps: 110 },
]; // prettier-ignore

function labelled(classes: readonly string[], counts: readonly number[]): Report {
  const input = withEvents(labelledInput(classes, counts));
  const report = buildReport({ ...input, settings: fullSettings(classes.length, [28, 28]), sets: withGroups(input.sets) });
  const more: NewerFields = { curves: curvesOf(classes), baselines: baselines(true) };
  return asReport({ ...report, metrics: { ...report.metrics, ...furtherOfLabels }, ...more });
} // prettier-ignore

function segmented(classes: readonly string[]): Report {
  const dice = (value: number, i: number) => (i === 0 ? null : value - 0.1);
  const history = exampleHistory().map((epoch, i) => ({
    ...epoch,
    dice: dice(epoch.accuracy, i),
    validation: { ...epoch.validation, dice: dice(epoch.validation.accuracy, i) },
  }));
  const input = withEvents({ ...maskedInput(classes), history });
  const report = buildReport({ ...input, settings: fullSettings(classes.length * 256, [16, 16]) });
  const perImage = Array.from({ length: 40 }, (_, index): ImageFigures => {
    const value = index % 4 === 0 ? null : 0.95 - ((index * 7) % 40) / 60;
    const distance = value === null ? null : 12 * (1 - value);
    return {
      index, ...(index < 20 ? { name: `case-${index}` } : {}), dice: value, jaccard: value && value / (2 - value),
      sensitivity: value, precision: value && value - 0.02, volumeSimilarity: value && value + 0.03,
      hausdorff: distance && 1.6 * distance, hausdorff95: distance, meanSurfaceDistance: distance && distance / 4,
    };
  }); // prettier-ignore
  const further = {
    jaccard: figureOf(0.61, 0.05, "mean over the images with foreground"),
    volumeSimilarity: figureOf(0.82, 0.05, "mean over the images with foreground"),
    hausdorff: figureOf(6.1, 0.9, "mean over 30 images, in millimetres; undefined in 10"),
    hausdorff95: figureOf(3.9, 0.7, "mean over 30 images, in millimetres; undefined in 10"),
    meanSurfaceDistance: figureOf(1.04, 0.2, "mean over 30 images, in millimetres; undefined in 10"),
  };
  const more: NewerFields = { perImage, baselines: baselines(false), openings: twice };
  return asReport({ ...report, metrics: { ...report.metrics, ...further }, ...more });
}

/** A record as an earlier version made it: with the figures alone that every record has. */
function bare({ metrics, ...rest }: Report): Report {
  const kept = ["accuracy", "balancedAccuracy", "recall", "specificity", "precision", "dice", "f1", "rocAuc", "confusion"];
  const newer = new Set(["averages", "curves", "baselines", "perImage", "openings", "decision", "uncalibrated", "examples"]);
  const of = (entries: object, isKept: (key: string) => boolean) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => isKept(key)));
  return { ...of(rest, (key) => !newer.has(key)), metrics: of(metrics, (key) => kept.includes(key)), perClass: [] } as unknown as Report;
} // prettier-ignore

/** Two classes, three, masks (opened again), and one that has nothing but what every record has. */
export function sampleReports() {
  const averages = {
    macro: { recall: { value: 0.81 }, specificity: { value: 0.9 }, precision: { value: 0.8 }, f1: { value: 0.8 } },
    micro: { recall: { value: 0.82 }, specificity: { value: 0.91 }, precision: { value: 0.82 }, f1: { value: 0.82 } },
    weighted: { recall: { value: 0.82 }, specificity: { value: 0.9 }, precision: { value: 0.81 }, f1: { value: 0.81 } },
  } as NewerFields["averages"];
  const two = labelled(["healthy", "pneumonia"], [90, 110]);
  const decision = { temperature: 1.31, threshold: 0.42, rule: "youden" };
  return {
    two: asReport({ ...two, decision }),
    three: asReport({ ...labelled(["glioma", "meningioma", "no tumour"], [60, 50, 70]), averages }),
    masks: segmented(["oedema", "tumour"]),
    plain: bare(buildReport(labelledInput(["healthy", "pneumonia"], [0, 20], { skill: 99 }))),
  };
}
