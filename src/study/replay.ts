// Trains a study's network again, from the settings that it recorded, and compares the weights bit for bit.
import { sha256 } from "../storage/sha256.ts";
import { weightBytes } from "../model/weights.ts";
import { withDecision } from "../train/decide.ts";
import { decisionTitle, isSameDecision } from "../train/decision.ts";
import { startFit } from "../train/fit.ts";
import type { TrainingSets } from "../train/fit.ts";
import type { Model } from "../train/model.ts";
import type { Epoch } from "../train/progress.ts";
import { modelName } from "./keep.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { lineOf } from "./named.ts";
import type { KeptLine } from "./named.ts";
import { liveSettings } from "./record.ts";
import type { PlainSettings } from "./record.ts";
import { beginningOf, runOf } from "./run.ts";
import type { StudyProblem } from "./seal.ts";

/** What a training that is run again begins with. */
export interface ReplayInput {
  readonly sets: TrainingSets;
  /** As study.json has them, their hash checked. */
  readonly training: PlainSettings;
  /** The model that it began from; null for drawn weights. */
  readonly start: Model | null;
  /** The line that it is to come to. */
  readonly line: KeptLine;
  readonly entries: readonly LedgerEntry[];
  readonly signal?: AbortSignal;
  readonly onEpoch?: (epoch: Epoch, planned: number) => void;
}

/**
 * One run straight through, as many epochs as the ledger names, in memory alone. Of a refined study it is the run whose
 * weights were kept, with the remedy that was kept.
 */
export async function replay(input: ReplayInput): Promise<StudyProblem[]> {
  const { sets, training, start, line, entries, signal, onEpoch } = input;
  // Wide vectors give the same bits, and not every engine has them.
  const settings = { ...(await liveSettings(training, sets.train)), wide: false };
  const fit = await startFit(sets, settings, beginningOf(start));
  try {
    const ended = entries.findLast((entry) => entry.event === "training ended");
    const { numericMode, fused } = fit.arithmetic;
    if (ended && (ended.numericMode !== numericMode || ended.fused !== fused)) {
      const say = (mode: string, isFused: boolean) => `${mode}, ${isFused ? "" : "not "}fused`;
      return [
        {
          file: ledgerName,
          line: ended.index + 1,
          message:
            `cannot be replayed here: it was trained with the arithmetic ${say(ended.numericMode, ended.fused)}, and this ` +
            `engine has ${say(numericMode, fused)}. Replay on the engine that it was trained on.`,
        },
      ];
    }
    while (fit.progress.epoch < line.epochs && !fit.finished) {
      const epoch = await fit.epoch(signal);
      onEpoch?.(epoch, line.epochs);
    }
    const weightsSha256 = await sha256(weightBytes(fit.bestWeights()));
    if (weightsSha256 !== line.weightsSha256) {
      return [
        {
          file: modelName,
          message:
            `trained again from the recorded settings, ${fit.progress.epoch} epochs: expected the weights that ${lineOf(line)} ` +
            `names (${line.weightsSha256}), got ${weightsSha256}.`,
        },
      ];
    }
    const { model } = await runOf(fit, sets);
    const { decision } = await withDecision(model, sets.validation, settings.decision);
    if (isSameDecision(decision, line.decision)) return [];
    const message = `expected the decision that is chosen again (${decisionTitle(decision)}), got ${decisionTitle(line.decision)}.`;
    return [{ file: ledgerName, line: line.index + 1, message }];
  } finally {
    fit.free();
  }
}
