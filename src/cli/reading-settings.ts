// The settings that say how images are read: what is done to them, and what becomes of those that cannot be read.
import * as voxgrad from "../index.ts";
import type { Preprocessing } from "../index.ts";
import { setting } from "./setting.ts";
import { choice, list, optional, text, yes } from "./values.ts";

const window = list("centre and width, such as 40,400", "C,W", ([, width, ...rest]) => width > 0 && rest.length === 0);
const percentiles = list(
  "two percentiles from 0 to 100, such as 1,99",
  "LOW,HIGH",
  ([low, high, ...rest]) => low >= 0 && low < high && high <= 100 && rest.length === 0,
);
const distances = list(
  "one to three numbers above 0, such as 3,1,1",
  "Z,Y,X",
  (values) => values.length >= 1 && values.length <= 3 && values.every((value) => value > 0),
);
const size = list(
  "one to three whole numbers of at least 1, such as 32,64,64",
  "Z,Y,X",
  (values) =>
    values.length >= 1 && values.length <= 3 && values.every((value) => Number.isSafeInteger(value) && value >= 1),
);

export const readingSettings = {
  gray: setting("--gray", yes(), false, "makes colours gray when images are read"),
  clip: setting("--clip", optional(percentiles), null, "cuts intensities off at two percentiles of their image"),
  window: setting(
    "--window",
    optional(window),
    null,
    "makes 0 to 1 of what lies within a window (CT: Hounsfield units)",
  ),
  spacing: setting(
    "--spacing",
    optional(distances),
    null,
    "resamples to voxels of this size in millimetres; one number for all",
  ),
  size: setting(
    "--size",
    optional(size),
    null,
    "resamples to this many voxels; after --spacing, cuts or fills up to them about the centre",
  ),
  positive: setting(
    "--positive",
    optional(text("the name of a class", "CLASS")),
    null,
    "of two classes the one that is looked for: recall, ROC AUC and the threshold are of it; none: the last in order",
  ),
  unreadable: setting(
    "--unreadable",
    choice("stop", "skip"),
    "stop",
    "when a file of a folder cannot be read: stop, or leave it out and name it",
  ),
} as const;

export interface ReadingSettings {
  readonly gray: boolean;
  readonly clip: readonly number[] | null;
  readonly window: readonly number[] | null;
  readonly spacing: readonly number[] | null;
  readonly size: readonly number[] | null;
}

/** In a fixed order: gray, clip, window, spacing, size. */
export function preprocessingOf(settings: ReadingSettings): readonly Preprocessing[] {
  const { gray, clip, window: range, spacing, size: voxels } = settings;
  const steps: Preprocessing[] = [];
  if (gray) steps.push(voxgrad.gray());
  if (clip) steps.push(voxgrad.percentileClip({ low: clip[0], high: clip[1] }));
  if (range) steps.push(voxgrad.window({ centre: range[0], width: range[1] }));
  // As the library has it: x first.
  if (spacing) steps.push(voxgrad.resampleTo({ spacing: spacing.length === 1 ? spacing[0] : [...spacing].reverse() }));
  if (voxels) steps.push(spacing ? voxgrad.centreCropOrPad({ size: voxels }) : voxgrad.resampleTo({ size: voxels }));
  return steps;
}
