// What the phases of one study share: its storage, its record and ledger, the sets it learns from, the sealed one.
import { auditNormalization } from "../data/audit.ts";
import type { AuditPair } from "../data/audit.ts";
import type { DatasetSplit } from "../data/dataset.ts";
import type { Normalization } from "../data/normalization.ts";
import { SealedTestSetError, StudyStateError } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import type { TrainingSets } from "../train/fit.ts";
import { loadModel, saveModel } from "../train/model.ts";
import type { Model } from "../train/model.ts";
import type { TrainingSettings } from "../train/settings.ts";
import type { ThreadOptions } from "../train/team.ts";
import { createExclusive } from "./exclusive.ts";
import type { Exclusive } from "./exclusive.ts";
import { keptHashes, modelName, readHistory, writeHistory } from "./keep.ts";
import type { KeptHashes } from "./keep.ts";
import type { LedgerEvent } from "./events.ts";
import type { LedgerEntry } from "./ledger.ts";
import { checkNamed, keptLine, lineOf } from "./named.ts";
import type { StudySets } from "./options.ts";
import { plainSettings, writeRecord } from "./record.ts";
import type { StudyRecord } from "./record.ts";
import { resultOf } from "./run.ts";
import type { Run, TrainingResult } from "./run.ts";
import { appendSealed, readLedgerSealed } from "./seal.ts";

export interface Desk {
  readonly storage: Storage;
  /** How many threads train. */
  readonly threads: ThreadOptions;
  /** Holds the storage's lock meanwhile. */
  readonly exclusive: Exclusive;
  /** Prepares the study at the first call. The sets to learn from, and the record as it stands. */
  open(): Promise<{ readonly sets: TrainingSets; readonly record: StudyRecord }>;
  /** Whether a normalisation was fitted on validation or test images: the pairs that say so. */
  auditScaling(normalization: Normalization): Promise<readonly AuditPair[]>;
  /** All three sets, for phase three. @throws SealedTestSetError while no line of the ledger opens the test set. */
  unseal(): Promise<DatasetSplit>;
  sizes(): Promise<StudySets>;
  entries(): Promise<readonly LedgerEntry[]>;
  log(event: LedgerEvent): Promise<LedgerEntry>;
  /** Writes down the settings that training goes by from now on. */
  settle(settings: TrainingSettings): Promise<void>;
  /** Keeps a run's model and history as the study's; the hashes of their files. */
  keep(run: Pick<Run, "model" | "history">): Promise<KeptHashes>;
  /** @throws StudyStateError before training. */
  model(): Promise<Model>;
}

interface Prepared {
  readonly sets: DatasetSplit;
  /** The same before a second set joined the training set; null without one. */
  readonly withoutMore: DatasetSplit | null;
  readonly record: StudyRecord;
}

/** @param prepare is run once; it may change the study in `exclusive`. */
export function createDesk(
  storage: Storage,
  threads: ThreadOptions,
  prepare: (exclusive: Exclusive) => Promise<Prepared>,
): Desk {
  const exclusive = createExclusive(storage);
  let preparing: Promise<Prepared> | null = null;
  let settled: StudyRecord | null = null;
  const prepared = () => (preparing ??= prepare(exclusive));

  async function open() {
    const { sets, record } = await prepared();
    const { train, validation } = sets;
    return { sets: { train, validation }, record: settled ?? record };
  }

  return {
    storage,
    threads,
    exclusive,
    open,
    async auditScaling(normalization) {
      const { sets, withoutMore } = await prepared();
      const pairs = await auditNormalization(normalization, sets);
      // Figures may have been fitted before the second set joined.
      return pairs.length > 0 || !withoutMore ? pairs : auditNormalization(normalization, withoutMore);
    },
    async unseal() {
      const { sets } = await prepared();
      if ((await readLedgerSealed(storage)).entries.some(({ event }) => event === "test opened")) return sets;
      throw new SealedTestSetError("the test set is sealed: nothing reads it before its opening is on record.");
    },
    async sizes() {
      const { train, validation, test } = (await prepared()).sets;
      return { train: train.length, validation: validation.length, test: test.length };
    },
    async entries() {
      await prepared();
      return (await readLedgerSealed(storage)).entries;
    },
    log: (event) => appendSealed(storage, event),
    async settle(settings) {
      settled = { ...(await open()).record, training: plainSettings(settings) };
      await writeRecord(storage, settled);
    },
    async keep({ model, history }) {
      await storage.write(modelName, saveModel(model));
      await writeHistory(storage, history);
      return keptHashes(storage);
    },
    async model() {
      await prepared();
      const bytes = await storage.read(modelName);
      if (bytes) return loadModel(bytes, modelName);
      const kept = keptLine((await readLedgerSealed(storage)).entries);
      if (!kept) throw untrained("study");
      throw new StudyStateError(
        `${modelName}: expected the model that ${lineOf(kept)} names, got no file. Restore it from a copy, or train again in a new study.`,
      );
    },
  };
}

export function untrained(call: string): StudyStateError {
  return new StudyStateError(
    `${call}: expected a trained study, got one that was not trained yet. Train it first (in a program by iterating over train()).`,
  );
}

/**
 * What training, or refining, came to: the figures of the model as it stands.
 * @throws StudyStateError when model or history are not those that the ledger names.
 */
export async function resultKept(desk: Desk, entries: readonly LedgerEntry[]): Promise<TrainingResult> {
  await checkNamed(desk.storage, entries, null);
  return resultOf(await readHistory(desk.storage), keptLine(entries)?.weightsSha256 ?? "");
}

/** @throws SealedTestSetError when the test set was opened: nothing may learn after that. */
export function refuseAfterOpening(entries: readonly LedgerEntry[]): void {
  const opening = entries.find(({ event }) => event === "test opened");
  if (!opening) return;
  throw new SealedTestSetError(
    `the test set was opened on ${opening.time} (${lineOf(opening)}); training after it would fool the test. Begin a new study to train again.`,
  );
}

/** The beginning of the run that has not come to its end; null when there is none. */
export function unfinishedRun(entries: readonly LedgerEntry[]): (LedgerEntry & { event: "training started" }) | null {
  if (isTrainingOver(entries)) return null;
  return entries.findLast((entry) => entry.event === "training started") ?? null;
}

/** Whether the last run of training came to its end; false before the first. */
export function isTrainingOver(entries: readonly LedgerEntry[]): boolean {
  const last = entries.findLast(({ event }) => trainingEvents.has(event));
  return last?.event === "training ended" || last?.event === "refined";
}

/** @throws StudyStateError when training was begun, and did not come to its end. */
export function refuseUnfinished(call: string, entries: readonly LedgerEntry[]): void {
  if (!entries.some(({ event }) => event === "training started") || isTrainingOver(entries)) return;
  throw new StudyStateError(
    `${call}: expected training that came to its end, got a run that was stopped. Resume it, or train again, then ${call}.`,
  );
}

const trainingEvents: ReadonlySet<string> = new Set([
  "training started",
  "resumed",
  "interrupted",
  "training ended",
  "refined",
] satisfies LedgerEvent["event"][]);

/** How often validation figures were looked at so far, up to the last line that counts them. */
export function lookUpsOf(entries: readonly LedgerEntry[]): number {
  const last = entries.findLast((entry) => "validationLookUps" in entry);
  return last && "validationLookUps" in last ? last.validationLookUps : 0;
}
