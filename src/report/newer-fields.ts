// What a record may hold besides: fields that records of earlier versions lack, read only where they are there.
import type { Figure } from "./figure.ts";
import type { Curves as LabelCurves } from "./label-curves.ts";
import type { Measure } from "../metrics/measure.ts";
import type { Phase, Report } from "./record.ts";
import type { Decision } from "../train/decision.ts";
import type { UnlikeTraining } from "./unlike.ts";

/** Means over the classes (macro), of all decisions taken together (micro), and by the classes' sizes (weighted). */
export type AverageKey = "recall" | "specificity" | "precision" | "f1" | "jaccard";
export type Averages = Partial<Record<AverageKey, Measure>>;

/** The record's own curves, each of which an earlier one may lack. */
export type Curves = Partial<Omit<LabelCurves, "roc">>;

/** What needs no network, by the same figures. */
export interface TrivialAnswer {
  readonly name: string;
  readonly accuracy: number | null;
  readonly balancedAccuracy?: number | null;
  readonly rocAuc?: number | null;
  readonly brier?: number | null;
}

export const imageKeys = [
  "dice", "jaccard", "sensitivity", "precision", "volumeSimilarity", "hausdorff", "hausdorff95", "meanSurfaceDistance",
] as const; // prettier-ignore

export type ImageKey = (typeof imageKeys)[number];

/** One image of masks; null where a figure is undefined. */
export type ImageFigures = { readonly index: number; readonly name?: string } & {
  readonly [key in ImageKey]?: number | null;
};

/** An opening of the test set. */
export interface Opening {
  readonly time: string;
  readonly weightsSha256?: string;
  /** Why it was opened again; null the first time. */
  readonly reason?: string | null;
  /** It went on where a process was stopped: the same opening. */
  readonly resumed?: boolean;
  readonly validationLookUps?: number;
}

export interface NewerFields {
  readonly averages?: Readonly<Record<"macro" | "micro" | "weighted", Averages>> | null;
  readonly curves?: Curves | null;
  readonly baselines?: readonly TrivialAnswer[];
  readonly perImage?: readonly ImageFigures[];
  readonly openings?: readonly Opening[];
  readonly decision?: Decision | null;
  readonly unlikeTraining?: UnlikeTraining;
}

/** The record with what it may hold besides. */
export function newerFields(report: Omit<Report, "warnings">): NewerFields {
  return report;
}

/** A figure that not every record has. */
export function furtherFigure({ metrics }: Report, key: string): Figure | null {
  const figures = metrics as unknown as Readonly<Record<string, Figure | undefined>>;
  return figures[key] ?? null;
}

/** Every opening of the test set, the first one first: by the record, else by the ledger's lines. */
export function openingsOf(report: Report): readonly Opening[] {
  const { openings } = newerFields(report);
  if (openings && openings.length > 0) return openings;
  const events = report.phases.filter((phase): phase is Phase & Omit<Opening, "time"> => phase.event === "test opened");
  return events.length > 0 ? events : [{ time: report.testSet.opened }];
}
