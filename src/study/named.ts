// What the ledger says that training, or refining, left; and whether the study's files still are that.
import { StudyStateError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Storage } from "../storage/storage.ts";
import { weightBytes } from "../model/weights.ts";
import { decisionTitle, isSameDecision } from "../train/decision.ts";
import { loadModel } from "../train/model.ts";
import type { Model } from "../train/model.ts";
import { historyHash, historyName, modelName, readHistory } from "./keep.ts";
import { ledgerName } from "./ledger.ts";
import type { LedgerEntry } from "./ledger.ts";
import { recordHash, recordName, settingsHash } from "./record.ts";
import type { StudyRecord } from "./record.ts";
import { placed } from "./seal.ts";
import type { StudyProblem } from "./seal.ts";

/** The line that the study's model is of. */
export type KeptLine = Extract<LedgerEntry, { event: "training ended" | "refined" }>;

/** What `weightsSha256` says of a model. */
export function modelHash({ weights }: Pick<Model, "weights">): Promise<string> {
  return sha256(weightBytes(weights));
}

/** The line that training, or refining, ended with; null before. */
export function keptLine(entries: readonly LedgerEntry[]): KeptLine | null {
  const isKept = (entry: LedgerEntry): entry is KeptLine =>
    entry.event === "training ended" || entry.event === "refined";
  return entries.findLast(isKept) ?? null;
}

/** "ledger.jsonl line 5", of an entry. */
export const lineOf = ({ index }: { readonly index: number }) => `${ledgerName} line ${index + 1}`;

const putBack = "Train again, or restore the file.";

/** What is wrong with model.safetensors. @throws FormatError where it is no model. */
export async function modelProblems(storage: Storage, entries: readonly LedgerEntry[]): Promise<StudyProblem[]> {
  const line = keptLine(entries);
  const bytes = await storage.read(modelName);
  const say = (message: string): StudyProblem[] => [{ file: modelName, message: `${message} ${putBack}` }];
  if (!line) return bytes ? say(`expected none, as ${ledgerName} has no end of training, got a model.`) : [];
  if (!bytes) return say(`expected the model that ${lineOf(line)} names, got no file.`);
  const model = loadModel(bytes, modelName);
  const weightsSha256 = await modelHash(model);
  if (weightsSha256 !== line.weightsSha256)
    return say(`expected the weights that ${lineOf(line)} names (${line.weightsSha256}), got ${weightsSha256}.`);
  if (!isSameDecision(model.decision, line.decision))
    return say(
      `expected the decision that ${lineOf(line)} froze (${decisionTitle(line.decision)}), got ${decisionTitle(model.decision)}.`,
    );
  if ((await sha256(bytes)) !== line.modelSha256)
    return say(`expected the file that ${lineOf(line)} names, got the same weights with another recipe.`);
  return [];
}

/** What is wrong with history.json. @throws FormatError where it is no history. */
export async function historyProblems(storage: Storage, entries: readonly LedgerEntry[]): Promise<StudyProblem[]> {
  const line = keptLine(entries);
  const bytes = await storage.read(historyName);
  if (!line || (bytes && (await historyHash(await readHistory(storage))) === line.historySha256)) return [];
  const got = bytes ? "others: it was edited" : "no file";
  return [{ file: historyName, message: `expected the epochs that ${lineOf(line)} names, got ${got}. ${putBack}` }];
}

/** What is wrong with study.json but for the settings of training. */
export async function beginningProblems(record: StudyRecord, entries: readonly LedgerEntry[]): Promise<StudyProblem[]> {
  const created = entries.find((entry) => entry.event === "created");
  if (!created || (await recordHash(record)) === created.recordSha256) return [];
  const { task, division } = record;
  return [
    {
      file: recordName,
      message:
        `expected ${created.task} from seed ${created.seed}, and division and images as ${lineOf(created)} has them, got ${task} ` +
        `from seed ${division.seed}, or others: it was edited after it was written. Restore the study's folder from a copy.`,
    },
  ];
}

/** What is wrong with the settings in study.json: those that the model was trained with are named by their hash. */
export async function settingsProblems(
  { training }: StudyRecord,
  entries: readonly LedgerEntry[],
): Promise<StudyProblem[]> {
  const named = entries.findLast(
    (entry): entry is Extract<LedgerEntry, { event: "training started" | "refined" }> =>
      entry.event === "training started" || entry.event === "refined",
  );
  if (!named || (training && (await settingsHash(training)) === named.settingsSha256)) return [];
  const got = training ? "others: it was edited" : "none";
  return [
    {
      file: recordName,
      message: `expected the settings of training that ${lineOf(named)} names, got ${got}. Restore the file.`,
    },
  ];
}

/** @throws StudyStateError unless the study's files are those that the ledger names. */
export async function checkNamed(
  storage: Storage,
  entries: readonly LedgerEntry[],
  record: StudyRecord | null,
): Promise<void> {
  const problems = [
    ...(await modelProblems(storage, entries)),
    ...(await historyProblems(storage, entries)),
    ...(record ? await settingsProblems(record, entries) : []),
  ];
  if (problems.length > 0) throw new StudyStateError(placed(problems[0]));
}
