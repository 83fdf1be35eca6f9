// The record of a test: everything report.json holds, from which the other reports are written.
import { pooledConfusion } from "../metrics/segmentation.ts";
import { claimItems } from "./claim.ts";
import type { ClaimItem } from "./claim.ts";
import type { Decision } from "../train/decision.ts";
import type { Epoch } from "../train/progress.ts";
import { limitsOf } from "./limits.ts";
import { modelCard } from "./model-card.ts";
import type { ModelCardPart } from "./model-card.ts";
import { labelBaselines, maskBaselines } from "./baselines.ts";
import type { Baseline } from "./baselines.ts";
import type { Averages, ClassFigures, Metrics, RocPoints } from "./figure.ts";
import type { Curves } from "./label-curves.ts";
import type { Examples } from "./examples.ts";
import { labelFigures } from "./label-figures.ts";
import type { LabelPredictions, ProbabilityFigures } from "./label-figures.ts";
import { openingsOf } from "./openings.ts";
import type { Opening } from "./openings.ts";
import { maskFigures } from "./mask-figures.ts";
import type { MaskPredictions } from "./mask-figures.ts";
import type { ImageMaskFigures } from "./mask-images.ts";
import type { MaskSizes } from "./mask-sizes.ts";
import { unlikeTraining } from "./unlike.ts";
import type { NoveltyOfSets, UnlikeTraining } from "./unlike.ts";
import { warningsOf } from "./warnings.ts";

/** One of the three sets. */
export interface SetSummary {
  readonly size: number;
  /** What the study committed to before training. */
  readonly sha256: string;
  /** Images of each class, in the order of `classes`; for masks, images whose mask has the class. */
  readonly classCounts: readonly number[];
  /** Groups (such as patients) of its images, and how many images the smallest and the largest have; left out without groups. */
  readonly groups?: { readonly count: number; readonly smallest: number; readonly largest: number };
}

/** How unequal the weights of a set's images are. */
export interface WeightSpread {
  readonly least: number;
  readonly most: number;
  /** (sum w)^2 / sum w^2 (Kish 1965): as many images that count alike would say as much. */
  readonly effectiveSize: number;
}

/** An entry of the ledger: what happened, when, and whatever else it says. */
export interface Phase {
  readonly event: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** The name of the JSON Schema of `schema: 2`. */
const schemaName = "urn:voxgrad:report:2";

/** report.json. JSON-safe: no NaN, no infinity, no typed array. */
export interface Report {
  /** The JSON Schema that it keeps to: report.schema.json of the package. */
  readonly $schema: typeof schemaName;
  readonly schema: 2;
  /** The version of voxgrad that wrote it. */
  readonly voxgrad: string;
  readonly task: "classification" | "segmentation";
  /** What to know before the figures: one sentence each; empty when nothing is amiss. */
  readonly warnings: readonly string[];
  readonly testSet: {
    readonly size: number;
    readonly sha256: string;
    /** When the seal was opened: ISO 8601, UTC. */
    readonly opened: string;
    /** What the images count, where they have weights. */
    readonly weights?: WeightSpread;
  };
  /** Every time that the test set was opened, the first one first. */
  readonly openings: readonly Opening[];
  /** How probabilities became decisions: frozen before the set was opened; null where the model has no decision. */
  readonly decision: Decision | null;
  readonly metrics: Metrics;
  /** Figures of each class against the rest; for masks of each kind of foreground, all voxels pooled. */
  readonly perClass: readonly ClassFigures[];
  /** Over the classes, or kinds of foreground; null for masks of one kind. */
  readonly averages: Averages | null;
  /** What needs no network: the accuracy, on the test set, of always giving the training set's commonest answer. */
  readonly baseline: { readonly name: string; readonly accuracy: number };
  /** That, and whatever else needs no network. */
  readonly baselines: readonly Baseline[];
  /** Empty lists for masks. */
  readonly curves: Curves;
  /** Of masks: what each image of the test set reaches, in its order. */
  readonly perImage?: readonly ImageMaskFigures[];
  /** Of masks: how many there are to judge the pooled voxels by. */
  readonly maskSizes?: MaskSizes;
  /** Images of the test set that are unlike the training set; left out where the model does not know what that was like. */
  readonly unlikeTraining?: UnlikeTraining;
  /** What the probabilities were worth before they were calibrated, where they were. */
  readonly uncalibrated?: ProbabilityFigures;
  /** One curve for two classes, one a class for more, none for masks. */
  readonly roc: readonly RocPoints[];
  /** Class names by index; for masks, of the foreground. */
  readonly classes: readonly string[];
  readonly sets: { readonly train: SetSummary; readonly validation: SetSummary; readonly test: SetSummary };
  readonly seed: number;
  readonly weightsSha256: string;
  /** The epoch whose weights were tested, from 1. */
  readonly bestEpoch: number;
  readonly history: readonly Epoch[];
  readonly phases: readonly Phase[];
  readonly settings: object;
  /** What the run can say of CLAIM 2024 and of a model card; the rest are questions to the author. */
  readonly checklists?: { readonly claim: readonly ClaimItem[]; readonly modelCard: readonly ModelCardPart[] };
  /** What the figures do not show, in plain words: one sentence each. */
  readonly limits?: readonly string[];
  /** Single images of the test set; left out where they are not to be shown. */
  readonly examples?: Examples;
}

/** What a study knows once its test set has been read. */
export interface ReportInput {
  /** The version of voxgrad. */
  readonly version: string;
  /** Labels, or masks. Images in the order of the test set; `groups` as the dataset has them. */
  readonly predictions:
    ({ readonly task: "classification" } & LabelPredictions) | ({ readonly task: "segmentation" } & MaskPredictions);
  /** Names of the classes by index; for masks, of the foreground classes. */
  readonly classes: readonly string[];
  readonly sets: Report["sets"];
  /** When the test set was opened: ISO 8601, UTC. */
  readonly opened: string;
  readonly seed: number;
  readonly weightsSha256: string;
  readonly bestEpoch: number;
  /** Which images of the test set, and of the validation set, are unlike the training set; left out where nobody knows. */
  readonly novelty?: NoveltyOfSets;
  /** What was frozen with the weights. */
  readonly decision?: Decision;
  readonly history: readonly Epoch[];
  /** The ledger's entries, in order. */
  readonly phases: readonly Phase[];
  /** Every setting of the run, JSON-safe. */
  readonly settings: object;
  /** Single images; none when left out. */
  readonly examples?: Examples;
}

/**
 * The report of a test. Intervals are at 95 %: Wilson's for shares, DeLong's for the area under a ROC curve, the
 * bootstrap (seeded by `seed`) for the rest, and for everything when a group has more than one image or images have weights.
 *
 * @throws RangeError when the predictions do not fit the classes or the test set's size
 */
export function buildReport(input: ReportInput): Report {
  const { predictions, classes, sets, seed } = input;
  const size = predictions.task === "classification" ? predictions.truth.length : predictions.confusions.length;
  if (size !== sets.test.size)
    throw new RangeError(`report: expected predictions of ${sets.test.size} test images, got ${size}.`);
  const figures = figuresOf(input);
  const { weights } = predictions;
  const report = {
    $schema: schemaName,
    schema: 2,
    voxgrad: input.version,
    task: predictions.task,
    testSet: {
      size,
      sha256: sets.test.sha256,
      opened: input.opened,
      ...(weights ? { weights: spreadOf(weights) } : {}),
    },
    openings: openingsOf(input.phases),
    decision: input.decision ?? null,
    ...figures,
    ...(input.novelty ? { unlikeTraining: unlikeTraining(input.novelty, classes, predictions, seed) } : {}),
    baseline: { name: figures.baselines[0].name, accuracy: figures.baselines[0].accuracy },
    roc: figures.curves.roc,
    classes,
    sets,
    seed,
    weightsSha256: input.weightsSha256,
    bestEpoch: input.bestEpoch,
    history: input.history,
    phases: input.phases,
    settings: input.settings,
    ...(input.examples ? { examples: input.examples } : {}),
  } as const;
  const { $schema, schema, voxgrad, task, ...rest } = report;
  const whole: Report = { $schema, schema, voxgrad, task, warnings: warningsOf(report), ...rest };
  const checklists = { claim: claimItems(whole), modelCard: modelCard(whole) };
  return { ...whole, limits: limitsOf(whole), checklists };
}

function spreadOf(weights: Float32Array): WeightSpread {
  let sum = 0;
  let squares = 0;
  let least = Infinity;
  let most = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
    least = Math.min(least, weight);
    most = Math.max(most, weight);
  }
  return { least, most, effectiveSize: (sum * sum) / squares };
}

type Figures = Pick<
  Report,
  "metrics" | "perClass" | "averages" | "baselines" | "curves" | "perImage" | "maskSizes" | "uncalibrated"
>;

function figuresOf({ predictions, classes, sets, seed }: ReportInput): Figures {
  if (predictions.task === "classification")
    return {
      ...labelFigures(classes, predictions, seed),
      baselines: labelBaselines(classes, predictions, sets.train.classCounts),
    };
  return {
    ...maskFigures(classes, predictions, seed),
    baselines: maskBaselines(pooledConfusion(predictions.confusions, predictions.weights)),
    curves: { roc: [], precisionRecall: [], reliability: [], decision: [] },
  };
}
