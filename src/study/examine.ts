// Phase three: the model goes over the test set once, and a report is made of what it said.
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { readAhead } from "../data/read-ahead.ts";
import { maskSurfaces } from "../metrics/mask-surfaces.ts";
import { calibrate } from "../metrics/calibration.ts";
import { calibrateVoxel } from "../metrics/mask-calibration.ts";
import { maskConfusion } from "../metrics/segmentation.ts";
import type { SurfaceDistances } from "../metrics/surface.ts";
import { voxelSums } from "../metrics/voxel-scores.ts";
import type { VoxelSums } from "../metrics/voxel-scores.ts";
import { buildReport } from "../report/record.ts";
import type { Report, ReportInput, SetSummary } from "../report/record.ts";
import { createBreathe } from "../breathe.ts";
import { forwardAll } from "../train/evaluate.ts";
import { maskClassAt } from "../train/figures.ts";
import type { Model } from "../train/model.ts";
import { limitRank, noveltyIn } from "../train/familiarize.ts";
import { openModel, predict } from "../train/predict.ts";
import type { Epoch } from "../train/progress.ts";
import { version } from "../version.ts";
import { examplesOf } from "./examples.ts";
import type { LedgerEntry } from "./ledger.ts";
import { maskSpacing } from "./mask-spacing.ts";
import { meanIntensity } from "./mean-intensity.ts";
import { lastOpening } from "./opening.ts";
import type { StudyRecord } from "./record.ts";

export interface Examination {
  readonly model: Model;
  readonly sets: DatasetSplit;
  readonly record: StudyRecord;
  /** The ledger, the opening of the test set included. */
  readonly entries: readonly LedgerEntry[];
  readonly weightsSha256: string;
  readonly history: readonly Epoch[];
  /** Whether single images are shown. */
  readonly examples: boolean;
}

export async function examine({
  model,
  sets,
  record,
  entries,
  weightsSha256,
  history,
  examples,
}: Examination): Promise<Report> {
  const committed = entries.find((entry) => entry.event === "split");
  const opening = lastOpening(entries);
  const summary = async (name: keyof DatasetSplit): Promise<SetSummary> => ({
    size: sets[name].length,
    sha256: committed?.[name].sha256 ?? "",
    classCounts: await classCounts(sets[name], record.task),
    ...groupCounts(sets[name]),
  });
  // No path: where the data lay is nobody's business.
  const { data: _, moreData: __, ...settings } = record;
  const predictions: ReportInput["predictions"] =
    record.task === "classification"
      ? { task: "classification", ...(await labelPredictions(model, sets)) }
      : { task: "segmentation", ...(await maskPredictions(model, sets.test)) };
  return buildReport({
    version,
    predictions,
    classes: record.task === "classification" ? model.classes : model.maskClasses.map((value) => `mask ${value}`),
    sets: { train: await summary("train"), validation: await summary("validation"), test: await summary("test") },
    opened: opening?.time ?? "",
    seed: record.division.seed,
    weightsSha256,
    ...(await noveltyOfSets(model, sets)),
    ...(model.decision ? { decision: model.decision } : {}),
    bestEpoch: history.findLast(({ best }) => best)?.epoch ?? 0,
    history,
    phases: entries,
    settings,
    ...(examples ? { examples: await examplesOf(model, sets.test, predictions) } : {}),
  });
}

/** Which images are unlike the training set: those of the validation set are what the test set's are compared with. */
async function noveltyOfSets(model: Model, sets: DatasetSplit): Promise<Pick<ReportInput, "novelty">> {
  const [test, validation] = [await noveltyIn(model, sets.test), await noveltyIn(model, sets.validation)];
  return test && validation ? { novelty: { test, validation, limitRank: limitRank(sets.validation.length) } } : {};
}

async function labelPredictions(model: Model, sets: DatasetSplit) {
  const set = sets.test;
  const predicted = await predict(model, set);
  if (predicted.task !== "classification" || !set.labels) throw new TypeError("test: expected labels and classes");
  const { temperature = 1, threshold = null } = model.decision ?? {};
  return {
    truth: set.labels,
    probabilities: calibrate(predicted.probabilities, model.classes.length, temperature),
    uncalibrated: predicted.probabilities,
    threshold,
    groups: set.groups,
    ...(set.weights ? { weights: set.weights } : {}),
    intensity: await meanIntensity(sets),
  };
}

/** Voxel counts and surfaces image by image, so that no image's masks are kept. */
async function maskPredictions(model: Model, set: Dataset) {
  const channels = model.maskClasses.length;
  const truth = new Uint8Array(set.maskLength);
  const predicted = new Uint8Array(set.maskLength);
  const { temperature = 1 } = model.decision ?? {};
  const confusions: number[][][] = [];
  const scores: VoxelSums[] = [];
  const uncalibratedScores: VoxelSums[] = [];
  const surfaces: SurfaceDistances[] = [];
  const spacing = maskSpacing(set);
  const opened = await openModel(model, set.length);
  try {
    await forwardAll(opened, set, createBreathe(), (first, rows, probabilities) => {
      for (let row = 0; row < rows; row++) {
        set.readMask(first + row, truth, 0);
        for (let voxel = 0; voxel < truth.length; voxel++) {
          predicted[voxel] = maskClassAt(probabilities, row, voxel, channels, truth.length);
        }
        if (temperature !== 1) uncalibratedScores.push(voxelSums(probabilities, row, truth, channels));
        scores.push(voxelSums(probabilities, row, truth, channels, (p) => calibrateVoxel(p, temperature)));
        confusions.push(maskConfusion(truth, predicted, channels));
        surfaces.push(maskSurfaces(truth, predicted, channels, spacing.shape, spacing.of(first + row)));
      }
    });
  } finally {
    opened.free();
  }
  return {
    confusions,
    scores,
    ...(temperature === 1 ? {} : { uncalibratedScores }),
    surfaces,
    surfaceUnit: spacing.unit,
    groups: set.groups,
    ...(set.weights ? { weights: set.weights } : {}),
  };
}

/** How many groups the images are of, and their sizes; nothing where no groups are known. */
function groupCounts({ groups }: Dataset): Pick<SetSummary, "groups"> {
  if (!groups || groups.length === 0) return {};
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const all = [...sizes.values()].sort((a, b) => a - b);
  return { groups: { count: all.length, smallest: all[0], largest: all[all.length - 1] } };
}

/** Images of each class; for masks, images whose mask has the class. */
async function classCounts(set: Dataset, task: StudyRecord["task"]): Promise<number[]> {
  const counts = new Array<number>(task === "classification" ? set.classes.length : set.maskClasses.length).fill(0);
  if (task === "classification") {
    for (const label of set.labels ?? []) counts[label]++;
    return counts;
  }
  const mask = new Uint8Array(set.maskLength);
  const ahead = readAhead(set);
  for (let index = 0; index < set.length; index++) {
    const pending = ahead(null, index, 1, Math.min(1, set.length - index - 1));
    if (pending) await pending;
    set.readMask(index, mask, 0);
    for (const k of new Set(mask)) if (k > 0) counts[k - 1]++;
  }
  return counts;
}
