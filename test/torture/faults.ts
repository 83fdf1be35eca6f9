// Lets every call to the disk of training, refining and testing fail, one a process, and goes on after each.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { start, startAs } from "../cli/run.ts";
import type { Outcome } from "../cli/run.ts";
import { scans } from "../cli/scans.ts";
import { outcomeOf } from "./outcome.ts";
import type { StudyOutcome } from "./outcome.ts";

const preload = new URL("../../test/torture/faulty-preload.mjs", import.meta.url).href;

/** A training of its own, then what follows on another one; each begins where the one before it ended, to make its own calls alone. */
export const parts = ["train", "refine", "curve", "test"] as const;
export type Part = (typeof parts)[number];

/** One call refused; a write that takes half; a disk that is full, or read-only, from a call on. */
export type Kind = "refused" | "short" | "full" | "readOnly";

/** Whether only one call fails; else the disk stays as it is. */
const isOnce = (kind: Kind) => kind === "refused" || kind === "short";

const kindsOf: Readonly<Record<string, readonly Kind[]>> = {
  mkdir: ["refused", "full", "readOnly"],
  create: ["refused", "full", "readOnly"],
  write: ["refused", "short", "full", "readOnly"],
  rename: ["refused", "readOnly"],
  unlink: ["refused", "readOnly"],
  sync: ["refused", "readOnly"],
};

/** A checkpoint after each of a few steps. */
const training = ["--epochs", "2", "--hidden", "8", "--batch", "28", "--seed", "9", "--checkpoint-every", "0"];

/** Two epochs leave much to find: the search keeps a remedy. Small batches make its trials short. */
const searching = ["--epochs", "2", "--hidden", "8", "--batch", "4", "--seed", "9", "--refine-trials", "2"];

/** One call that failed, and what the command said; what is wrong with that, or with where it goes on to. */
export interface Failure {
  readonly part: Part;
  readonly number: number;
  readonly call: string;
  readonly kind: Kind;
  readonly message: string;
  readonly finding: string | null;
}

/** A part that was let alone. */
interface Whole {
  readonly calls: readonly string[];
  readonly outcome: StudyOutcome;
  readonly names: readonly string[];
}

/** A folder that holds what each part begins from, and what it comes to. */
export interface Prepared {
  readonly folder: string;
  readonly wholes: Readonly<Record<Part, Whole>>;
}

export async function prepare(): Promise<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-faults-"));
  await writeFile(join(folder, "scans.npz"), await scans(160, 3));
  const { code, err } = await start(folder, "train", "scans.npz", "--out", "searched", ...searching, "--quiet").ended;
  if (code !== 0) throw new Error(`${folder}/searched: exit code ${code}: ${err}`);
  const wholes: Partial<Record<Part, Whole>> = {};
  for (const part of parts) {
    await begin(folder, part, part);
    const { code, err } = await run(folder, part, part, "count", 0);
    const calls = /^CALLS (.*)\n$/.exec(err)?.[1].split(" ");
    if (code !== 0 || calls === undefined) throw new Error(`${folder}/${part}: exit code ${code}: ${err}`);
    wholes[part] = { calls, outcome: await outcomeOf(join(folder, part)), names: await namesIn(join(folder, part)) };
  }
  return { folder, wholes: wholes as Record<Part, Whole> };
}

/** What it goes on from, with its own settings: as those of a command that was stopped in between. */
async function begin(folder: string, part: Part, out: string): Promise<void> {
  if (part === "train") return;
  const before = part === "refine" ? "searched" : parts[parts.indexOf(part) - 1];
  await cp(join(folder, before), join(folder, out), { recursive: true });
  const file = join(folder, out, "config.json");
  const config = JSON.parse(await readFile(file, "utf8")) as object;
  const more = { refine: true, learningCurve: part !== "refine" };
  await writeFile(file, JSON.stringify({ ...config, ...more }, null, 2) + "\n");
}

function run(folder: string, part: Part, out: string, kind: Kind | "count", number: number): Promise<Outcome> {
  const given = part === "train" ? training : [];
  const train = ["train", "scans.npz", "--out", out, "--resume", ...given, "--json", "--quiet"];
  const manner = { env: { ...process.env, FAULT: `${kind},${number},${out}` }, execArgv: ["--import", preload] };
  return startAs(manner, folder, ...(part === "test" ? ["test", out, "--json", "--quiet"] : train)).ended;
}

/**
 * Fails the chosen calls of a part, in every way in which each can fail.
 * @param atOnce so many processes.
 */
export async function failCalls(
  { folder, wholes }: Prepared,
  part: Part,
  isChosen: (number: number, kind: Kind) => boolean,
  see: (failure: Failure) => void,
  atOnce = 2,
): Promise<void> {
  const { calls } = wholes[part];
  const all = calls.flatMap((call, number) => (kindsOf[call] ?? ["refused"]).map((kind) => ({ call, kind, number })));
  const waiting = all.filter(({ number, kind }) => isChosen(number, kind))[Symbol.iterator]();
  const work = async () => {
    // One iterator for all: each takes what no other has.
    for (const each of waiting) see({ part, ...each, ...(await failCall(folder, part, wholes[part], each)) });
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function failCall(
  folder: string,
  part: Part,
  { calls, outcome, names }: Whole,
  { call, kind, number }: Pick<Failure, "call" | "kind" | "number">,
): Promise<Pick<Failure, "message" | "finding">> {
  const out = `${part}-${number}-${kind}`;
  await begin(folder, part, out);
  const { code, err } = await run(folder, part, out, kind, number);
  const [, failed, message = err] = /^FAULT (\w+)\n([^]*)$/.exec(err) ?? [];
  const isSaid = code === 1 && /^voxgrad: \S+ could not be [^\n]*: [^\n]*\.\n$/.test(message);
  // A short write is gone on with. The lock is given back at the end, by the last two calls: nothing depends on that.
  const isGoneOn = code === 0 && message === "" && (kind === "short" || number >= calls.length - 2);
  const said = `exit code ${code}: ${message}`;
  const findings = [
    failed === call ? "" : `expected call ${number} to be ${call}, got ${failed ?? "none"}`,
    kind === "short" ? (isGoneOn ? "" : said) : isSaid || isGoneOn ? "" : said,
  ];
  const again = await run(folder, part, out, "count", 0);
  // Where only the lock was not given back, the test is over.
  const isTested = part === "test" && isGoneOn && again.err.includes("the test set was opened before");
  if (!(again.code === 0 && /^CALLS [^\n]*\n$/.test(again.err)) && !isTested) {
    findings.push(`then exit code ${again.code}: ${again.err}`);
  } else {
    const came = await outcomeOf(join(folder, out));
    const differing = (Object.keys(came) as (keyof StudyOutcome)[]).filter(
      (key) => !isDeepStrictEqual(came[key], outcome[key]),
    );
    if (differing.length > 0) findings.push(`other ${differing.join(", ")} than when let alone`);
    const files = await namesIn(join(folder, out));
    if (!isDeepStrictEqual(files, names)) findings.push(`files ${files.join(" ")}`);
  }
  const finding = findings.filter((each) => each !== "").join("; ");
  if (finding === "") await rm(join(folder, out), { recursive: true });
  return { message: message.trimEnd(), finding: finding === "" ? null : `${folder}/${out}: ${finding}` };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

/** `npm run torture -- faults`; `-- faults refine 100 200 once` fails those calls of that part, and none after them. */
export async function main(
  only: Part | "all" = "all",
  from = 0,
  to = Infinity,
  which: "once" | "lasting" | "both" = "both",
): Promise<void> {
  const prepared = await prepare();
  const findings: string[] = [];
  for (const part of parts.filter((each) => only === "all" || each === only)) {
    const { calls } = prepared.wholes[part];
    console.log(`${part}: ${calls.length} calls`);
    const counts = new Map<string, number>();
    let done = 0;
    await failCalls(
      prepared,
      part,
      (number, kind) => number >= from && number < to && (which === "both" || isOnce(kind) === (which === "once")),
      ({ call, kind, number, finding }) => {
        counts.set(`${call} ${kind}`, (counts.get(`${call} ${kind}`) ?? 0) + 1);
        if (finding !== null) {
          findings.push(finding);
          console.log(`call ${number}, ${call} ${kind}: ${finding}`);
        }
        if (++done % 100 === 0) console.log(`${part}: ${done} faults, call ${number} of ${calls.length}`);
      },
    );
    const of = [...counts].map(([name, count]) => `${name} ${count}`);
    console.log(`${part}: ${done} faults: ${of.sort().join(", ")}`);
  }
  if (findings.length > 0) throw new Error(`${findings.length} findings; their folders are left in ${prepared.folder}`);
  await rm(prepared.folder, { recursive: true });
  console.log("Each was said in one line, exit code 1, and went on to the same weights, history, ledger and report.");
}
