// Figures of the probabilities of voxels: how good they are as such, with intervals by images.
import type { Interval } from "../metrics/intervals.ts";
import type { Measure } from "../metrics/measure.ts";
import { voxelScores } from "../metrics/voxel-scores.ts";
import type { VoxelSums } from "../metrics/voxel-scores.ts";
import { bootstrapMethod, figure } from "./figure.ts";
import type { Drawn, Figure } from "./figure.ts";
import type { ProbabilityFigures } from "./label-figures.ts";

export const unkept = "the probabilities of all voxels are not kept";

interface VoxelPredictions {
  /** Of each image; left out where they were not kept. */
  readonly scores: readonly VoxelSums[] | undefined;
  readonly isCalibrated: boolean;
  readonly weights: Float32Array | undefined;
  readonly drawn: Drawn;
}

/** A voxel and a kind of foreground are one answer. @param intervalAt of the k-th of voxelMeasuresOfImages. */
export function voxelFigures(
  { scores, isCalibrated, weights, drawn }: VoxelPredictions,
  intervalAt: (k: number) => Interval,
): Record<keyof ProbabilityFigures, Figure> {
  const [squares, surprise, gap] = [
    "Brier score, the mean squared error of the probabilities of all voxels",
    "mean of -ln p(truth) over all voxels, probabilities held to 1e-7 to 1 - 1e-7",
    "expected calibration error of all voxels, ten bins of equal width of the probability",
  ];
  if (!scores) {
    const unknown = (method: string): Figure => ({ value: null, interval: null, method, reason: unkept });
    return { brier: unknown(squares), logLoss: unknown(surprise), expectedCalibrationError: unknown(gap) };
  }
  const measures = voxelMeasures(scores, weights);
  const how = `${isCalibrated ? ", after calibration" : ""}${weights ? ", images by their weights" : ""}`;
  const noInterval: Interval = { interval: null, reason: "of masks none is made of the expected calibration error" };
  return {
    brier: figure(measures.brier, intervalAt(0), bootstrapMethod(squares + how, drawn)),
    logLoss: figure(measures.logLoss, intervalAt(1), bootstrapMethod(surprise + how, drawn)),
    expectedCalibrationError: figure(measures.expectedCalibrationError, noInterval, gap + how),
  };
}

/** The figures themselves. */
export function voxelMeasures(sums: readonly VoxelSums[], weights: Float32Array | undefined): ProbabilityFigures {
  const found = voxelScores(sums, weights ?? new Uint8Array(sums.length).fill(1));
  return {
    brier: measure(found.brier),
    logLoss: measure(found.logLoss),
    expectedCalibrationError: measure(found.expectedCalibrationError),
  };
}

/** Brier score and log loss of each image, for resamples. */
export function voxelMeasuresOfImages(scores: readonly VoxelSums[] | undefined): readonly (readonly Measure[])[] {
  if (!scores) return [];
  return (["squares", "logLoss"] as const).map((key) => scores.map((sums) => measure(sums[key] / sums.count)));
}

function measure(value: number): Measure {
  return Number.isFinite(value) ? { value } : { value: null, reason: "a probability is no number" };
}
