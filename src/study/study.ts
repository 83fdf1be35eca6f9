// A study: one dataset, three phases. Train, refine against the validation set, then read the sealed test set once.
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { StudyStateError } from "../errors.ts";
import { memoryStorage } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import { createDesk } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { learningCurve } from "./learning-curve.ts";
import { appendEntry, dropTornLine, isTorn, ledgerName, readLedger } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Study, StudyOptions } from "./options.ts";
import { refine } from "./refine.ts";
import { finishSearch, isSearchOver } from "./search.ts";
import { readRecord, recordName, writeRecord } from "./record.ts";
import type { StudyRecord } from "./record.ts";
import { certify, checkSets, commit, prepareSets, restoreSets } from "./sets.ts";
import { test } from "./test.ts";
import { train } from "./train.ts";

/**
 * Begins a study. Nothing happens until its first call.
 *
 * @throws StudyStateError when the storage holds a study already.
 * @example
 * ```ts
 * import { phantoms, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 200, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 3 })) {
 *   console.log(epoch.epoch, epoch.totalError, epoch.validation.rocAuc, epoch.diagnosis);
 * }
 * const report = await run.test();
 * console.log(report.metrics.accuracy.value);
 * ```
 */
export function study(options: StudyOptions): Study {
  const { data, seed = 1, ratios = [0.7, 0.15, 0.15], groupBy = "patient", leakage = "stop" } = options;
  const storage = options.storage ?? memoryStorage();
  const division = { seed, ratios, groupBy, leakage };
  return studyAt(
    createDesk(storage, (exclusive) =>
      exclusive(async () => {
        if ((await storage.read(recordName)) !== null) {
          throw new StudyStateError(
            `study: expected a folder without a study, got one with ${recordName}. Resume it, or choose another.`,
          );
        }
        const prepared = await prepareSets(data, options.task, division);
        const { sets, task } = prepared;
        const { shape, classes, maskClasses, preprocessing } = sets.train;
        const source = options.source ?? null;
        const record: StudyRecord = {
          version: 1,
          data: source,
          task,
          division,
          shape,
          classes,
          maskClasses,
          ...(preprocessing ? { preprocessing } : {}),
          training: null,
        };
        await writeRecord(storage, record);
        await beginLedger(storage, data, record, prepared);
        return { sets, record };
      }),
    ),
  );
}

/**
 * Opens a study that a storage holds, to resume or to test it.
 * @param data what the study was begun with: checked against what the ledger commits to.
 */
export function openStudy({ storage, data }: { storage: Storage; data: Dataset | DatasetSplit }): Study {
  return studyAt(
    createDesk(storage, async (exclusive) => {
      if (await isTorn(storage)) await exclusive(() => dropTornLine(storage));
      const entries = await readLedger(storage);
      if (await isSearchOver(storage, entries)) await exclusive(() => finishSearch(storage, entries));
      const record = await readRecord(storage);
      refuseEdited(record, entries);
      const committed = entries.find((entry) => entry.event === "split");
      if (!committed) {
        await refuseRemoved(storage, record);
        const prepared = await prepareSets(data, record.task, record.division);
        await exclusive(() => beginLedger(storage, data, record, prepared));
        return { sets: prepared.sets, record };
      }
      const sets = restoreSets(data, committed);
      checkSets(sets, record.task);
      for (const name of ["train", "validation"] as const) {
        if ((await commit(sets[name])).sha256 !== committed[name].sha256) {
          throw new StudyStateError(
            `${name} set: expected the images that the study was begun with, got others. Give it the same data.`,
          );
        }
      }
      return { sets, record };
    }),
  );
}

/** @throws StudyStateError where study.json says something else than the ledger's first line. */
function refuseEdited({ task, division }: StudyRecord, entries: readonly LedgerEntry[]): void {
  const created = entries.find((entry) => entry.event === "created");
  if (!created || (created.task === task && created.seed === division.seed)) return;
  throw new StudyStateError(
    `${recordName}: expected ${created.task} from seed ${created.seed}, as the ledger has it, got ${task} from seed ` +
      `${division.seed}: it was edited after it was written. Restore the study's folder from a copy.`,
  );
}

/** @throws StudyStateError where a study was trained, and its ledger does not say on what. */
async function refuseRemoved(storage: Storage, { training }: StudyRecord): Promise<void> {
  if (training === null) return;
  const { length } = await readLedger(storage);
  throw new StudyStateError(
    `${ledgerName}: expected the record of a study that was trained, got ${length} lines: it was removed or cut ` +
      "off. Restore the study's folder from a copy.",
  );
}

/** The first lines, or what is missing of them where a process was stopped between them. */
async function beginLedger(
  storage: Storage,
  data: Dataset | DatasetSplit,
  { division, task }: StudyRecord,
  { audited, sets, members }: Awaited<ReturnType<typeof prepareSets>>,
): Promise<void> {
  const events = new Set((await readLedger(storage)).map(({ event }) => event));
  if (!events.has("created")) await appendEntry(storage, { event: "created", seed: division.seed, task });
  if (!events.has("audited")) await appendEntry(storage, audited);
  await appendEntry(storage, await certify(data, sets, members));
}

/** The calls of a study. Its sets stay behind the desk, out of reach. */
function studyAt(desk: Desk): Study {
  return Object.freeze({
    sets: () => desk.sizes(),
    train: (options = {}) => desk.exclusive.generator(() => train(desk, options)),
    refine: (options = {}) => desk.exclusive(() => refine(desk, options)),
    learningCurve: (options = {}) => desk.exclusive(() => learningCurve(desk, options)),
    test: (options = {}) => desk.exclusive(() => test(desk, options)),
    model: () => desk.model(),
    ledger: () => desk.entries(),
  } satisfies Study);
}
