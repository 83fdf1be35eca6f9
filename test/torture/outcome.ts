// What a study came to, without what may differ between a run that was let alone and one that was stopped.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

type Fields = Readonly<Record<string, unknown>>;

const interruptions: ReadonlySet<unknown> = new Set(["interrupted", "resumed", "refining interrupted", "refining resumed", "test resumed"]); // prettier-ignore

export interface StudyOutcome {
  readonly weights: string;
  /** Without the seconds of each epoch. */
  readonly history: readonly Fields[];
  readonly table: readonly string[];
  /** Without times, numbers, hashes over them, reports' too, and the interruptions. */
  readonly ledger: readonly Fields[];
  /** The settings, as they are written down. */
  readonly study: string;
  /** Without the record of what happened, which has times; null before the test. */
  readonly report: Fields | null;
}

/** Of the study in a folder. */
export async function outcomeOf(folder: string): Promise<StudyOutcome> {
  const text = (name: string) => readFile(join(folder, name), "utf8");
  const history = JSON.parse(await text("history.json")) as Fields[];
  const table = (await text("history.csv")).trimEnd().split("\n");
  const secondsAt = table[0].split(",").indexOf("seconds");
  const ledger = (await text("ledger.jsonl")).trimEnd().split("\n");
  const report = await text("report.json").catch(() => null);
  return {
    weights: (await readFile(join(folder, "model.safetensors"))).toString("base64"),
    history: history.map((epoch) => without(epoch, "seconds")),
    table: table.map((line) => line.split(",").toSpliced(secondsAt, 1).join(",")),
    ledger: ledger
      .map((line) => JSON.parse(line) as Fields)
      .filter(({ event }) => !interruptions.has(event))
      .map((entry) => without(entry, "index", "time", "previous", "reports")),
    study: await text("study.json"),
    report: report === null ? null : timeless(JSON.parse(report.replace(times, "then")) as Fields),
  };
}

/** As the ledger has them, and as sentences of the report do. */
const times = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)/g;

function timeless(report: Fields): Fields {
  const history = (report["history"] as Fields[]).map((epoch) => without(epoch, "seconds"));
  const openings = (report["openings"] as Fields[]).map((opening) => without(opening, "resumed"));
  return { ...without(report, "phases"), history, openings };
}

function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
