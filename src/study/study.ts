// A study: one dataset, three phases. Train, refine against the validation set, then read the sealed test set once.
import { StudyStateError } from "../errors.ts";
import { memoryStorage } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import { createDesk } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { learningCurve } from "./learning-curve.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { setsWithoutMore, sourcesOf } from "./members.ts";
import type { Sources } from "./members.ts";
import type { OpenOptions, Study, StudyOptions } from "./options.ts";
import { beginningProblems } from "./named.ts";
import { refine } from "./refine.ts";
import { finishSearch, isCurveOver, isSearchOver, removeSearch } from "./search.ts";
import { readRecord, recordHash, recordName, writeRecord } from "./record.ts";
import type { StudyRecord } from "./record.ts";
import { certify, checkSets, commit, prepareSets, restoreSets } from "./sets.ts";
import { appendSealed, mend, needsMending, placed, readLedgerSealed } from "./seal.ts";
import { test } from "./test.ts";
import type { ThreadOptions } from "../train/team.ts";
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
  const {
    data,
    moreData = null,
    seed = 1,
    ratios = [0.7, 0.15, 0.15],
    groupBy = "patient",
    leakage = "stop",
  } = options;
  const storage = options.storage ?? memoryStorage();
  const division = { seed, ratios, groupBy, leakage };
  return studyAt(
    createDesk(storage, threadsOf(options), (exclusive) =>
      exclusive(async () => {
        if ((await storage.read(recordName)) !== null) {
          throw new StudyStateError(
            `study: expected a folder without a study, got one with ${recordName}. Resume it, or choose another.`,
          );
        }
        await readLedgerSealed(storage);
        const sources = sourcesOf(data, moreData);
        const prepared = await prepareSets(sources, options.task, division);
        const { sets, task } = prepared;
        const { shape, classes, maskClasses, preprocessing } = sets.train;
        const source = options.source ?? null;
        const record: StudyRecord = {
          version: 1,
          data: source,
          ...(moreData === null ? {} : { moreData: options.moreSource ?? null }),
          task,
          division,
          shape,
          classes,
          maskClasses,
          ...(preprocessing ? { preprocessing } : {}),
          training: null,
        };
        await writeRecord(storage, record);
        await beginLedger(storage, sources, record, prepared);
        return { sets, withoutMore: setsWithoutMore(sources, prepared.members), record };
      }),
    ),
  );
}

/**
 * Opens a study that a storage holds, to resume or to test it.
 * What it was begun with, a second set too, is given again, and checked against what the ledger commits to.
 */
export function openStudy({ storage, data, moreData = null, ...threads }: OpenOptions): Study {
  return studyAt(
    createDesk(storage, threadsOf(threads), async (exclusive) => {
      if (await needsMending(storage)) await exclusive(() => mend(storage));
      const { entries } = await readLedgerSealed(storage);
      if (await isSearchOver(storage, entries)) await exclusive(() => finishSearch(storage, entries));
      // What is left of it does no harm where it cannot be removed.
      if (await isCurveOver(storage, entries)) await exclusive(() => removeSearch(storage)).catch(() => undefined);
      const record = await readRecord(storage);
      await refuseEdited(record, entries);
      const committed = entries.find((entry) => entry.event === "split");
      refuseOtherSources(record, moreData !== null);
      const sources = sourcesOf(data, moreData);
      if (!committed) {
        await refuseRemoved(storage, record);
        const prepared = await prepareSets(sources, record.task, record.division);
        await exclusive(() => beginLedger(storage, sources, record, prepared));
        return { sets: prepared.sets, withoutMore: setsWithoutMore(sources, prepared.members), record };
      }
      const { sets, members } = restoreSets(sources, committed);
      checkSets(sets, record.task);
      for (const name of ["train", "validation"] as const) {
        if ((await commit(sets[name])).sha256 !== committed[name].sha256) {
          throw new StudyStateError(
            `${name} set: expected the images that the study was begun with, got others. Give it the same data.`,
          );
        }
      }
      return { sets, withoutMore: setsWithoutMore(sources, members), record };
    }),
  );
}

/** @throws StudyStateError where study.json says something else than the ledger's first line. */
async function refuseEdited(record: StudyRecord, entries: readonly LedgerEntry[]): Promise<void> {
  const [problem] = await beginningProblems(record, entries);
  if (problem) throw new StudyStateError(placed(problem));
}

/** @throws StudyStateError where the study was begun with a second set and there is none now, or the other way round. */
function refuseOtherSources({ moreData }: StudyRecord, isGiven: boolean): void {
  if ((moreData !== undefined) === isGiven) return;
  throw new StudyStateError(
    isGiven
      ? "second set: expected none, as the study was begun without, got one. Leave it out (moreData, --more-data), or " +
          "begin a new study."
      : "second set: expected the one that joined the training set when the study was begun, got none. Give it again: " +
          "moreData, or --more-data PATH.",
  );
}

/** @throws StudyStateError where a study was trained, and its ledger does not say on what. */
async function refuseRemoved(storage: Storage, { training }: StudyRecord): Promise<void> {
  if (training === null) return;
  const { length } = (await readLedgerSealed(storage)).entries;
  throw new StudyStateError(
    `${ledgerName}: expected the record of a study that was trained, got ${length} lines: it was removed or cut ` +
      "off. Restore the study's folder from a copy.",
  );
}

/** The first lines, or what is missing of them where a process was stopped between them. */
async function beginLedger(
  storage: Storage,
  sources: Sources,
  record: StudyRecord,
  { audited, sets, members }: Awaited<ReturnType<typeof prepareSets>>,
): Promise<void> {
  const { entries } = await readLedgerSealed(storage);
  const events = new Set(entries.map(({ event }) => event));
  const { division, task } = record;
  const recordSha256 = await recordHash(record);
  if (!events.has("created"))
    await appendSealed(storage, { event: "created", seed: division.seed, task, recordSha256 });
  if (!events.has("audited")) await appendSealed(storage, audited);
  await appendSealed(storage, await certify(sources, sets, members));
}

function threadsOf({ threads, workerUrl, forced }: ThreadOptions): ThreadOptions {
  return { threads, workerUrl, forced };
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
