// Checks a study from outside: ledger and seal, model, history, settings, reports and data, and on demand the training.
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { FormatError, StudyStateError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import type { Epoch } from "../train/progress.ts";
import { isTrainingOver } from "./desk.ts";
import { historyName, historyTable, modelName, readHistory, readStart, startName, tableName } from "./keep.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { sourcesOf } from "./members.ts";
import { beginningProblems, historyProblems, keptLine, lineOf, modelProblems, settingsProblems } from "./named.ts";
import { lastOpening } from "./opening.ts";
import { readRecord, recordName } from "./record.ts";
import type { StudyRecord } from "./record.ts";
import { replay } from "./replay.ts";
import { readSealed } from "./seal.ts";
import type { StudyProblem } from "./seal.ts";
import { isSearchOver } from "./search.ts";
import { commit, restoreSets } from "./sets.ts";
import { storyProblems } from "./story.ts";

export interface VerifyOptions {
  readonly storage: Storage;
  /** What the study was begun with, to be compared with what the ledger commits to; not compared without it. */
  readonly data?: Dataset | DatasetSplit | null;
  /** The second set that it was begun with, where there was one. */
  readonly moreData?: Dataset | DatasetSplit | null;
  /** Trains again from the recorded settings, and compares the weights bit for bit; needs the data. False by default. */
  readonly replay?: boolean;
  /** Stops the replay after the running step; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Hears every epoch of the replay, and how many there will be. */
  readonly onEpoch?: (epoch: Epoch, planned: number) => void;
}

export interface Verification {
  /** Nothing of what was checked is wrong. */
  readonly valid: boolean;
  readonly problems: readonly StudyProblem[];
  /** What was not checked, and why: one sentence each. */
  readonly unchecked: readonly string[];
}

/**
 * Checks what a study's storage holds against its ledger, and changes nothing: the chain of the ledger's lines, their order,
 * the seal; the weights, the decision and the recipe of the model; the history; the settings; the reports; and the data,
 * where it is given. A whole folder that was put back from a copy cannot be told from the folder as it was.
 *
 * @throws StudyStateError when `replay` is asked for without the data.
 * @example
 * ```ts
 * import { dense, memoryStorage, network, phantoms, study, verifyStudy } from "voxgrad";
 *
 * const data = phantoms({ count: 60, seed: 7 });
 * const storage = memoryStorage();
 * const run = study({ data, seed: 7, storage });
 * for await (const epoch of run.train({ network: network([dense(2)]), epochs: 2 })) console.log(epoch.totalError);
 * console.log(await verifyStudy({ storage, data, replay: true })); // { valid: true, problems: [], unchecked: [] }
 * await storage.write("seal.json", new TextEncoder().encode("{}"));
 * console.log((await verifyStudy({ storage })).problems[0].file); // seal.json
 * ```
 */
export async function verifyStudy(options: VerifyOptions): Promise<Verification> {
  const { storage, data = null, moreData = null } = options;
  if (options.replay && data === null)
    throw new StudyStateError("verify: expected the study's data to train again with, got none. Give it: --data PATH.");
  const { entries, problem, broken } = await readSealed(storage);
  const problems: StudyProblem[] = broken ? [broken] : [];
  if (problem) problems.push({ file: ledgerName, line: problem.line, message: problem.message });
  problems.push(...storyProblems(entries));
  const unchecked: string[] = [];
  const attempt = <T>(file: string, check: () => Promise<T>) => caught(problems, file, check);

  const record = await attempt(recordName, () => readRecord(storage));
  if (record) problems.push(...(await beginningProblems(record, entries)));
  if (entries.length === 0 && problems.length === 0)
    problems.push({ file: ledgerName, message: "expected the record of a study, got no line. Resume the study." });
  const line = keptLine(entries);
  const isUnsettled = line !== null && !lastOpening(entries) && (await isSearchOver(storage, entries));
  if (problem) {
    unchecked.push("Model, history, settings and reports: what the ledger says of them is not to be trusted.");
  } else if (!isTrainingOver(entries) && entries.some(({ event }) => event === "training started")) {
    unchecked.push("Model, history and settings: training was stopped before its end. Resume it.");
  } else if (isUnsettled) {
    unchecked.push("Model, history and settings: refining was stopped while it kept its result. Resume the study.");
  } else {
    problems.push(...((await attempt(modelName, () => modelProblems(storage, entries))) ?? []));
    const history = await attempt(historyName, () => historyProblems(storage, entries));
    problems.push(...(history ?? []));
    if (line && history?.length === 0) problems.push(...(await tableProblems(storage)));
    if (record) problems.push(...(await settingsProblems(record, entries)));
  }
  const from = record?.training?.from ?? null;
  const start = await attempt(startName, () => readStart(storage, from));
  if (!problem) problems.push(...(await reportProblems(storage, entries)));

  const own = data && record ? await attempt("DATA", () => dataOf(data, moreData, record, entries)) : null;
  problems.push(...(own?.problems ?? []));
  if (!data) unchecked.push("The data: it was not given (--data PATH).");
  if (options.replay) {
    const sets = own?.sets ?? null;
    if (problems.length > 0 || !sets || !record?.training || !line || isUnsettled || start === undefined) {
      unchecked.push("The training: it is trained again where there is one that ended, and nothing else is wrong.");
    } else {
      const { training } = record;
      const { signal, onEpoch } = options;
      problems.push(
        ...(await replay({
          sets: { train: sets.train, validation: sets.validation },
          training,
          start,
          line,
          entries,
          signal,
          onEpoch,
        })),
      );
      if (line.event === "refined")
        unchecked.push(
          "The search for remedies: the network that was kept was trained again; those that it was compared with were not, " +
            "since the ledger names them and not all their settings.",
        );
    }
  }
  return { valid: problems.length === 0, problems, unchecked };
}

/** What a check gives; undefined where what it reads is not what voxgrad wrote: then that is the problem. */
async function caught<T>(problems: StudyProblem[], file: string, check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check();
  } catch (error) {
    const isKnown = error instanceof FormatError || error instanceof StudyStateError || error instanceof RangeError;
    if (!isKnown) throw error;
    const { message } = error;
    problems.push({ file, message: message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message });
    return undefined;
  }
}

/** history.csv says what history.json says. */
async function tableProblems(storage: Storage): Promise<StudyProblem[]> {
  const expected = historyTable(await readHistory(storage));
  const bytes = await storage.read(tableName);
  if (bytes?.length === expected.length && bytes.every((byte, i) => byte === expected[i])) return [];
  const got = bytes ? "another: it was edited" : "no file";
  return [{ file: tableName, message: `expected the table of history.json, got ${got}. Restore the file.` }];
}

/** Each file of the report is as the ledger names it; and there is none where the test set was never opened. */
async function reportProblems(storage: Storage, entries: readonly LedgerEntry[]): Promise<StudyProblem[]> {
  const opening = lastOpening(entries);
  const report = await storage.read("report.json");
  if (!opening) {
    const message = "expected the opening of the test set that report.json is of, got none: lines were cut off.";
    return report ? [{ file: ledgerName, line: entries.length + 1, message }] : [];
  }
  const finished = entries.findLast((entry) => entry.event === "test finished");
  // A test that was stopped may have left some of them; the next one writes them anew.
  if (!finished || finished.index < opening.index) return [];
  const problems: StudyProblem[] = [];
  for (const [file, expected] of Object.entries(finished.reports)) {
    const bytes = await storage.read(file);
    if (bytes && (await sha256(bytes)) === expected) continue;
    const got = bytes ? `another${file === "report.json" ? otherIn(bytes, opening) : ""}: it was edited` : "no file";
    problems.push({ file, message: `expected the report that ${lineOf(finished)} names, got ${got}.` });
  }
  return problems;
}

/** In what a report.json differs from the opening that it should be of. */
function otherIn(bytes: Uint8Array, opening: { readonly weightsSha256: string; readonly testSha256: string }): string {
  try {
    const report = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly weightsSha256?: unknown;
      readonly testSet?: { readonly sha256?: unknown };
    } | null;
    if (report?.weightsSha256 !== opening.weightsSha256) return ` of other weights (${String(report?.weightsSha256)})`;
    if (report.testSet?.sha256 !== opening.testSha256)
      return ` of another test set (${String(report.testSet?.sha256)})`;
    return "";
  } catch {
    return ", which is no JSON";
  }
}

/** The sets as the ledger has them, and what is wrong with their images. */
async function dataOf(
  data: Dataset | DatasetSplit,
  moreData: Dataset | DatasetSplit | null,
  record: StudyRecord,
  entries: readonly LedgerEntry[],
) {
  const split = entries.find((entry) => entry.event === "split");
  if (!split) return { sets: null, problems: [] };
  if ((record.moreData !== undefined) !== (moreData !== null))
    throw new StudyStateError(
      `expected ${moreData === null ? "the second set that the study was begun with (--more-data PATH), got none" : "no second set, got one"}`,
    );
  const { sets } = restoreSets(sourcesOf(data, moreData), split);
  const problems: StudyProblem[] = [];
  for (const name of ["train", "validation", "test"] as const) {
    if ((await commit(sets[name])).sha256 === split[name].sha256) continue;
    problems.push({
      file: "DATA",
      message: `${name} set: expected the images that ${lineOf(split)} commits to, got others.`,
    });
  }
  return { sets, problems };
}
