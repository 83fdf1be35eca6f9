// Kills the command in the middle of training and testing, resumes it, and compares with a study that was let alone.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { stream } from "../../src/random.ts";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { folderStorage } from "../../src/storage/files.ts";
import { start } from "../cli/run.ts";
import type { Outcome } from "../cli/run.ts";
import { scans } from "../cli/scans.ts";
import { outcomeOf } from "./outcome.ts";
import type { StudyOutcome } from "./outcome.ts";

/** What is killed: training and testing, or a search for remedies and a learning curve as well. */
export type Work = "train" | "refine";

/** Everything that has a state to lose: dropout, moments of three kinds, a schedule that looks back, early stopping. */
const training = [
  ...["--epochs", "12", "--patience", "8", "--hidden", "128,64", "--dropout", "0.3", "--batch", "8"],
  ...["--optimizer", "amsgrad", "--learning-rate", "0.01", "--schedule", "reduceOnPlateau", "--seed", "9", "--json"],
];

/** Two epochs leave much to find: the search keeps a remedy. */
const refining = [
  ...["--epochs", "2", "--hidden", "8", "--batch", "4", "--seed", "9", "--json"],
  ...["--refine", "--refine-trials", "3", "--learning-curve"],
];

/** Of each two manners, by turns. Where one keeps a checkpoint after each step, most kills hit the writing of one. */
const manners: Readonly<Record<Work, readonly Pick<Whole, "settings" | "every">[]>> = {
  train: [
    { settings: training, every: "0" },
    { settings: training, every: "0.02" },
  ],
  refine: [
    { settings: refining, every: "0" },
    { settings: [...refining, "--refine-folds", "2"], every: "30" },
  ],
};

/** A study that was let alone. */
interface Whole {
  readonly settings: readonly string[];
  readonly every: string;
  /** When what is to be killed began, and how long it all took. */
  readonly beganAfter: number;
  readonly milliseconds: number;
  readonly testMilliseconds: number;
  readonly outcome: StudyOutcome;
  readonly names: readonly string[];
}

export interface Kills {
  /** Processes that were killed while they were at work. */
  killed: number;
  /** Of these, what was found in the folder: a file half written, a checkpoint in the middle of an epoch, no study yet. */
  inWrite: number;
  inEpoch: number;
  beforeStudy: number;
  /** A search for remedies, or parts of a learning curve. */
  inSearch: number;
  inCurve: number;
  inTest: number;
  /** Processes that were asked to stop, so that a trial is gone on with in its middle; they are not among the killed. */
  interrupted: number;
}

/**
 * Studies that are killed once or twice each, until `count` processes were killed.
 * @param say hears what each came to.
 * @throws Error with the seed and the study's folder, when a study did not come to what it comes to when let alone.
 */
export async function killAndResume(
  count: number,
  seed: number,
  say: (line: string) => void,
  work: Work = "train",
): Promise<Kills> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-kills-"));
  await writeFile(join(folder, "scans.npz"), await scans(160, 3));
  const wholes: Whole[] = [];
  for (const [number, manner] of manners[work].entries()) {
    wholes.push(await letAlone(folder, `whole-${number}`, manner, work === "train" ? "training started" : "training ended")); // prettier-ignore
  }
  if (work === "train" && !isDeepStrictEqual(wholes[0].outcome, wholes[1].outcome))
    throw new Error("checkpoints change what comes out");
  const kills: Kills = { killed: 0, inWrite: 0, inEpoch: 0, beforeStudy: 0, inSearch: 0, inCurve: 0, inTest: 0, interrupted: 0 }; // prettier-ignore
  for (let study = 0; kills.killed < count; study++) {
    const out = `study-${study}`;
    const random = stream(seed, "shuffle", study);
    const whole = wholes[study % 2];
    const killTest = study % 8 === 7;
    const wanted = random.integer(0, 3) === 0 ? 2 : 1;
    const command = () => commandOf(folder, out, whole);
    const moment = (turn: number) => {
      // One in four at any moment, the others once it has begun.
      const from = random.integer(turn + 3, 4) === 0 ? 0 : whole.beganAfter;
      return from + random.uniform(turn + 1) * (whole.milliseconds - from);
    };
    if (work === "refine" && study % 3 === 2) {
      if (await stopAfter(folder, await command(), "SIGINT", moment(20))) kills.interrupted++;
    }
    for (let turn = 0; turn < wanted; turn++) {
      const isLast = killTest && turn === wanted - 1;
      if (isLast) succeed(await start(folder, ...(await command())).ended, folder, out);
      const args = isLast ? ["test", out, "--json"] : await command();
      const after = isLast ? random.uniform(turn + 1) * whole.testMilliseconds : moment(turn);
      if (!(await stopAfter(folder, args, "SIGKILL", after))) continue;
      kills.killed++;
      if (isLast) kills.inTest++;
      await lookAt(join(folder, out), kills);
    }
    // Once the test set is opened, training is over.
    if (!killTest) succeed(await start(folder, ...(await command())).ended, folder, out);
    succeed(await start(folder, "test", out, "--json").ended, folder, out);
    const came = await outcomeOf(join(folder, out));
    const differing = Object.keys(came).filter(
      (part) => !isDeepStrictEqual(came[part as keyof StudyOutcome], whole.outcome[part as keyof StudyOutcome]),
    );
    if (!isDeepStrictEqual(await namesIn(join(folder, out)), whole.names)) differing.push("files");
    if (differing.length > 0) {
      throw new Error(
        `seed ${seed}, study ${study}: other ${differing.join(", ")} than when let alone, in ${folder}/${out}`,
      );
    }
    if (study % 20 === 19) say(`${kills.killed} killed: ${study + 1} studies came to the same`);
    await rm(join(folder, out), { recursive: true });
  }
  await rm(folder, { recursive: true });
  return kills;
}

/** @param event what is to be killed begins with it. */
async function letAlone(
  folder: string,
  out: string,
  { settings, every }: Pick<Whole, "settings" | "every">,
  event: string,
): Promise<Whole> {
  const began = performance.now();
  const clock = Date.now();
  const train = ["train", "scans.npz", "--out", out, ...settings, "--checkpoint-every", every];
  succeed(await start(folder, ...train).ended, folder, out);
  const milliseconds = performance.now() - began;
  succeed(await start(folder, "test", out, "--json").ended, folder, out);
  const testMilliseconds = performance.now() - began - milliseconds;
  const ledger = await readFile(join(folder, out, "ledger.jsonl"), "utf8");
  const started = ledger.split("\n").find((line) => line.includes(`"${event}"`)) ?? "{}";
  const beganAfter = Date.parse((JSON.parse(started) as { time: string }).time) - clock;
  const outcome = await outcomeOf(join(folder, out));
  return { settings, every, beganAfter, milliseconds, testMilliseconds, outcome, names: await namesIn(join(folder, out)) }; // prettier-ignore
}

/** Without its settings once they are written down: they need not be said again. */
async function commandOf(folder: string, out: string, { settings, every }: Whole): Promise<string[]> {
  const files = await readdir(join(folder, out)).catch((): string[] => []);
  const known = files.includes("config.json") ? ["--json"] : settings;
  return ["train", "scans.npz", "--out", out, "--resume", ...known, "--checkpoint-every", every];
}

/** Whether it was at work when the signal came. */
async function stopAfter(folder: string, args: readonly string[], signal: "SIGKILL" | "SIGINT", milliseconds: number) {
  const { child, ended } = start(folder, ...args);
  const timer = setTimeout(() => child.kill(signal), milliseconds);
  const { code } = await ended;
  clearTimeout(timer);
  return child.signalCode === signal || code === 130;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

async function lookAt(folder: string, kills: Kills): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  if (names.some((name) => name.endsWith(".partial"))) kills.inWrite++;
  if (!names.includes("study.json")) kills.beforeStudy++;
  if (names.includes(join("refine", "plan.json"))) kills.inSearch++;
  else if (names.some((name) => name.startsWith(join("refine", "curve-")))) kills.inCurve++;
  const storage = folderStorage(folder);
  const positions = [];
  for (const name of ["checkpoint/even.safetensors", "checkpoint/odd.safetensors"]) {
    const bytes = await storage.read(name);
    // A file that is not whole fails here: a kill must not leave one under its name.
    if (bytes) positions.push((await decodeCheckpoint(bytes, name)).progress.position);
  }
  if (positions.some((position) => position > 0)) kills.inEpoch++;
}

function succeed({ code, err }: Outcome, folder: string, out: string): void {
  // An early kill of the test leaves a finished test, where it fell behind the last line: it refuses to run again.
  const isTested = code === 1 && /the test set was opened before \(ledger\.jsonl line \d+\); its test ended/.test(err);
  if (code !== 0 && !isTested) throw new Error(`${folder}/${out}: exit code ${code}: ${err}`);
}

/** `npm run torture -- kills 200 1`, `npm run torture -- kills 60 1 refine` */
export async function main(count = 200, seed = 1, work: Work = "train"): Promise<void> {
  console.log(`killing ${count} processes, seed ${seed}, ${work}`);
  const kills = await killAndResume(count, seed, console.log, work);
  const searched = `${kills.inSearch} a search, ${kills.inCurve} parts of a learning curve, `;
  console.log(
    `${kills.killed} killed: ${kills.inWrite} left a file half written, ${kills.inEpoch} a checkpoint in the middle of an ` +
      `epoch, ${work === "refine" ? searched : ""}${kills.beforeStudy} no study yet, ${kills.inTest} were testing; ` +
      `${kills.interrupted} more were interrupted. Every study came to the same weights, history, ledger, report and files.`,
  );
}
