// What training looked like to its watch, epoch by epoch, in runs of one diagnosis.
import type { Epoch } from "../train/progress.ts";

export interface DiagnosisRun {
  readonly diagnosis: string;
  readonly first: number;
  readonly last: number;
}

/** In order; epochs of one diagnosis that follow one another are one run. */
export function diagnosisRuns(history: readonly Epoch[]): readonly DiagnosisRun[] {
  const runs: DiagnosisRun[] = [];
  for (const { epoch, diagnosis } of history) {
    const last = runs.at(-1);
    if (last?.diagnosis === diagnosis) runs[runs.length - 1] = { ...last, last: epoch };
    else runs.push({ diagnosis, first: epoch, last: epoch });
  }
  return runs;
}

/** Runs that are told; of more the last ones. */
const told = 8;

/** `epochs 1 to 17 learning, 18 to 24 overfitting since epoch 13`; empty without epochs. */
export function diagnosisSentence(history: readonly Epoch[]): string {
  const runs = diagnosisRuns(history);
  if (runs.length === 0) return "";
  const words = runs.slice(-told).map(({ diagnosis, first, last }) => `${first === last ? first : `${first} to ${last}`} ${diagnosis}`);
  return `Diagnosis by epoch: ${runs.length > told ? "…, " : ""}${words.join("; ")}.`;
} // prettier-ignore

/** How the curves are read: what they show where the loss alone became worse is not what a newcomer would call it. */
export function curvesInWords(history: readonly Epoch[]): string {
  const last = history.at(-1);
  const isLossAlone = last?.diagnosis === "good" && last.evidence.rise > 0.02;
  return isLossAlone
    ? "A validation loss that rises while the answers stay as good says that the network grows surer of its wrong answers; " +
        "it is called overfitting where the answers become worse too."
    : "Where the validation curve turns for the worse while the training curve goes on getting better, the network " +
        "overfits: it learns its training images by heart.";
}

/** From which epoch on the network overfitted, by the last diagnosis; null where it does not say so. */
export function overfittingSince(history: readonly Epoch[]): number | null {
  const found = /^overfitting since epoch (\d+)/.exec(history.at(-1)?.diagnosis ?? "");
  return found ? Number(found[1]) : null;
}
