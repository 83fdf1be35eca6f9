// What the reports call things, in plain words.
import { count, decimal, plural } from "./format.ts";
import { namedFigures } from "./named-figures.ts";
import type { NamedFigure } from "./named-figures.ts";
import { newerFields } from "./newer-fields.ts";
import type { Phase, Report } from "./record.ts";

/** Names of the rows and columns of the confusion matrix. */
export function confusionNames({ task, classes }: Report): readonly string[] {
  return task === "segmentation" ? ["background", ...classes] : classes;
}

/** `ROC AUC 0.913` and the like: the one figure to remember. */
export function headline(report: Report): NamedFigure {
  return namedFigures(report)[0];
}

/** How the baseline compares, in one sentence. */
export function baselineSentence({ baseline, metrics, task }: Report): string {
  if (task === "segmentation")
    return `Baseline: ${baseline.name} has a mean Dice of 0; of all voxels it has ${decimal(baseline.accuracy)} right without looking, the network ${decimal(metrics.accuracy.value)}.`;
  return `Baseline: ${baseline.name} is right in ${decimal(baseline.accuracy)} of the test set without looking; the network in ${decimal(metrics.accuracy.value)}.`;
}

/** What made an answer of a probability, and what it was chosen by, in one sentence; null where it is not on record. */
export function decisionSentence(report: Report): string | null {
  const { decision } = newerFields(report);
  if (!decision) return null;
  if (report.task === "segmentation") return maskDecisionSentence(report, decision.temperature);
  const { threshold, rule } = decision;
  if (threshold === null) return "The answer is the likeliest class.";
  const chosen = rule === "0.5" ? "set before training" : `chosen on the validation set before the test set was opened (${rule})`;
  return `An image is called "${report.classes[1]}" from a probability of ${decimal(threshold)} on: a threshold ${chosen}.`;
} // prettier-ignore

/** What a temperature changed for the better, or the worse, on the test set. */
function maskDecisionSentence({ metrics, uncalibrated }: Report, temperature: number): string {
  const said = "A voxel is foreground from a probability of 0.5 on, of several kinds the likeliest.";
  const [before, after] = [uncalibrated?.expectedCalibrationError.value, metrics.expectedCalibrationError.value];
  if (temperature === 1) return `${said} The probabilities of voxels are the network's own.`;
  const error =
    before == null || after === null
      ? ""
      : `: the expected calibration error is ${decimal(after)}, and was ${decimal(before)} without it`;
  return `${said} Logits were divided by ${decimal(temperature)}, a temperature that was fitted on the validation set and changes no mask${error}.`;
}

/** How many training images a second set brought, in one sentence; null without one. */
export function secondSetSentence({ phases, sets }: Report): string | null {
  const split: (Phase & { readonly moreData?: { readonly size: number } }) | undefined = phases.find(
    ({ event }) => event === "split",
  );
  if (!split?.moreData) return null;
  return `Of the ${plural(sets.train.size, "training image")} ${count(split.moreData.size)} came from a second set, which joined the training set alone.`;
}

/** `of 1 image each`, `of 2 to 9 images` */
export function groupSizes(smallest: number, largest: number): string {
  return smallest === largest ? `of ${plural(largest, "image")} each` : `of ${count(smallest)} to ${plural(largest, "image")}`;
} // prettier-ignore

/** What an entry of the ledger says besides its event and time, hashes shortened; the chain's own fields are left out. */
export function phaseDetails(phase: object): string {
  const own = new Set(["event", "time", "index", "previous"]);
  return Object.entries(phase)
    .filter(([key]) => !own.has(key))
    .map(([key, value]) => `${spoken(key)} ${detail(value)}`)
    .join(", ");
}

/** Settings as rows of name and value, nested names joined; long lists are cut. */
export function settingRows(settings: object, prefix = ""): (readonly [string, string])[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    const name = prefix ? `${prefix}, ${spoken(key)}` : spoken(key);
    if (key === "layers" && Array.isArray(value)) return [[name, value.map(layer).join(" → ")] as const];
    if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
      return [[name, detail(value)] as const];
    return settingRows(value, name);
  });
}

/** `dense 64`, `relu`, `dropout 0.3`; what begins its weights stands behind. */
function layer(value: unknown): string {
  if (typeof value !== "object" || value === null) return detail(value);
  return Object.entries(value)
    .map(([key, part]) =>
      key === "kind" || typeof part === "number" ? detail(part) : `${spoken(key)} ${detail(part)}`,
    )
    .join(" ");
}

/** A longer text is written for machines, such as the images of a set. */
const longestText = 100;

function detail(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "string")
    return /^[0-9a-f]{64}$/.test(value) || value.length > longestText ? `${value.slice(0, 12)}…` : value;
  if (typeof value === "number") return Number.isInteger(value) ? count(value) : `${Number(value.toPrecision(6))}`;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) {
    if (value.length === 0) return "none";
    if (value.length > 8) return `${value.slice(0, 3).map(detail).join(", ")}, … (${plural(value.length, "value")})`;
    return value.map(detail).join(", ");
  }
  if (typeof value === "object") return phaseParts(value);
  return "";
}

/** Which images a set has is for machines: they are left out. What is but of a kind is called by it. */
function phaseParts(value: object): string {
  const entries = Object.entries(value).filter(([key]) => key !== "ids");
  if (entries.length === 1 && entries[0][0] === "kind") return detail(entries[0][1]);
  return `(${entries.map(([key, part]) => `${spoken(key)} ${detail(part)}`).join(", ")})`;
}

/** `validationLookUps` -> `validation look ups` */
function spoken(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
