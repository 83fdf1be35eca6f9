// The figures behind the first ones: agreement, calibration, distances; only those that the record has.
import type { Figure } from "./figure.ts";
import { decimal } from "./format.ts";
import { furtherFigure } from "./newer-fields.ts";
import type { Report } from "./record.ts";
import type { NamedFigure } from "./named-figures.ts";

export interface FurtherFigure extends NamedFigure {
  /** `share`: from 0 to 1, higher is better; `signed`: from -1 to 1; `error`: 0 is best; else the unit of a distance. */
  readonly scale: "share" | "signed" | "error" | "mm" | "voxels" | "units";
}

type Row = readonly [key: string, name: string, meaning: string, scale: "share" | "signed" | "error" | "distance"];

const ofLabels: readonly Row[] = [
  ["negativePredictiveValue", "Negative predictive value", "of the images not called the class, how many are not of it", "share"],
  ["averagePrecision", "Average precision", "area under the precision-recall curve; the class's share is guessing", "share"],
  ["jaccard", "Jaccard", "found rightly, of all that are of the class or were called it", "share"],
  ["matthews", "Matthews correlation", "of answer and truth: 1 is all right, 0 is chance, −1 is all wrong", "signed"],
  ["kappa", "Cohen's kappa", "agreement with the truth beyond chance: 1 is full, 0 is none", "signed"],
  ["brier", "Brier score", "mean squared error of the probabilities; 0 is best", "error"],
  ["logLoss", "Log loss", "how surprised the probabilities are by the truth; 0 is best", "error"],
  ["expectedCalibrationError", "Expected calibration error", "how far probabilities are from what happens, on average; 0 is best", "error"],
]; // prettier-ignore

const ofMasks: readonly Row[] = [
  ["jaccard", "Jaccard", "the part that truth and answer share, of all that either has", "share"],
  ["negativePredictiveValue", "Negative predictive value", "of the voxels called background, how many are", "share"],
  ["volumeSimilarity", "Volume similarity", "how alike the volumes are, wherever they lie: 1 is alike", "share"],
  ["hausdorff", "Hausdorff distance", "the farthest that one surface lies from the other; 0 is best", "distance"],
  ["hausdorff95", "Hausdorff distance, 95th percentile", "the same without the farthest twentieth; 0 is best", "distance"],
  ["meanSurfaceDistance", "Mean surface distance", "how far the surfaces lie apart, on average; 0 is best", "distance"],
  ["matthews", "Matthews correlation", "of answer and truth over all voxels: 1 is all right, 0 is chance", "signed"],
  ["kappa", "Cohen's kappa", "agreement of voxels beyond chance: 1 is full, 0 is none", "signed"],
  ["brier", "Brier score", "mean squared error of the probabilities of voxels; 0 is best", "error"],
  ["logLoss", "Log loss", "how surprised the probabilities of voxels are by the truth; 0 is best", "error"],
  ["expectedCalibrationError", "Expected calibration error", "how far probabilities of voxels are from what happens, on average; 0 is best", "error"],
]; // prettier-ignore

export function furtherFigures(report: Report): readonly FurtherFigure[] {
  const rows = report.task === "classification" ? ofLabels : ofMasks;
  return rows.flatMap(([key, name, meaning, scale]) => {
    const figure = furtherFigure(report, key);
    // Of masks older records keep no probabilities, and have no figures of them.
    const isKept = report.task === "classification" || scale !== "error" || figure?.value != null;
    return figure && isKept ? [{ name, meaning, figure, scale: scale === "distance" ? unitOf(figure) : scale }] : [];
  });
}

/** `0.913`, `2.41 mm` */
export function withUnit(value: number | null, scale: FurtherFigure["scale"]): string {
  if (!isDistance(scale)) return decimal(value);
  return value === null ? "–" : `${decimal(value, 2)} ${scale}`;
}

/** `0.88 to 0.94`, `1.90 to 3.02 mm` */
export function rangeWithUnit([low, high]: readonly [number, number], scale: FurtherFigure["scale"]): string {
  return `${decimal(low, isDistance(scale) ? 2 : 3)} to ${withUnit(high, scale)}`;
}

function isDistance(scale: FurtherFigure["scale"]): boolean {
  return scale === "mm" || scale === "voxels" || scale === "units";
}

/** What distances of masks are counted in; null where the record has none. */
export function unitOfDistances(report: Report): "mm" | "voxels" | "units" | null {
  const figure = furtherFigure(report, "meanSurfaceDistance");
  return figure && unitOf(figure);
}

/** What a distance is counted in stands in how it was made. */
function unitOf({ method }: Figure): "mm" | "voxels" | "units" {
  return /millimet/.test(method) ? "mm" : /units of the files/.test(method) ? "units" : "voxels";
}
