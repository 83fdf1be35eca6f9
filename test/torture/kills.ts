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

/** Everything that has a state to lose: dropout, moments of three kinds, a schedule that looks back, early stopping. */
const settings = [
  ...["--epochs", "12", "--patience", "8", "--hidden", "128,64", "--dropout", "0.3", "--batch", "8"],
  ...["--optimizer", "amsgrad", "--learning-rate", "0.01", "--schedule", "reduceOnPlateau", "--seed", "9", "--json"],
];

export interface Kills {
  /** Processes that were killed while they were at work. */
  killed: number;
  /** Of these, what was found in the folder: a file half written, a checkpoint in the middle of an epoch, no study yet. */
  inWrite: number;
  inEpoch: number;
  beforeStudy: number;
  inTest: number;
}

/**
 * Studies that are killed once or twice each, until `count` processes were killed.
 * @param say hears what each came to.
 * @throws Error with the seed and the study's folder, when a study did not come to what it comes to when let alone.
 */
export async function killAndResume(count: number, seed: number, say: (line: string) => void): Promise<Kills> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-kills-"));
  await writeFile(join(folder, "scans.npz"), await scans(160, 3));
  const wholes = [await letAlone(folder, "whole-0", "0"), await letAlone(folder, "whole-1", "0.02")];
  if (!isDeepStrictEqual(wholes[0].outcome, wholes[1].outcome)) throw new Error("checkpoints change what comes out");
  const kills: Kills = { killed: 0, inWrite: 0, inEpoch: 0, beforeStudy: 0, inTest: 0 };
  for (let study = 0; kills.killed < count; study++) {
    const out = `study-${study}`;
    const random = stream(seed, "shuffle", study);
    // Every other one keeps a checkpoint after each step, so that most kills hit the writing of one.
    const whole = wholes[study % 2];
    const every = ["--checkpoint-every", whole.every];
    const killTest = study % 8 === 7;
    const wanted = random.integer(0, 3) === 0 ? 2 : 1;
    const training = () => commandOf(folder, out, every);
    for (let turn = 0; turn < wanted; turn++) {
      const isLast = killTest && turn === wanted - 1;
      if (isLast) succeed(await start(folder, ...(await training())).ended, folder, out);
      const args = isLast ? ["test", out, "--json"] : await training();
      // One in four at any moment, the others once training has begun.
      const from = random.integer(turn + 3, 4) === 0 ? 0 : whole.beganAfter;
      const part = random.uniform(turn + 1);
      const after = isLast ? part * whole.testMilliseconds : from + part * (whole.milliseconds - from);
      await killAfter(folder, args, after, async () => {
        kills.killed++;
        if (isLast) kills.inTest++;
        await lookAt(join(folder, out), kills);
      });
    }
    // Once the test set is opened, training is over.
    if (!killTest) succeed(await start(folder, ...(await training())).ended, folder, out);
    succeed(await start(folder, "test", out, "--json").ended, folder, out);
    const came = await outcomeOf(join(folder, out));
    const differing = Object.keys(came).filter(
      (part) => !isDeepStrictEqual(came[part as keyof StudyOutcome], whole.outcome[part as keyof StudyOutcome]),
    );
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

async function letAlone(folder: string, out: string, every: string) {
  const began = performance.now();
  const clock = Date.now();
  succeed(
    await start(folder, "train", "scans.npz", "--out", out, ...settings, "--checkpoint-every", every).ended,
    folder,
    out,
  );
  const milliseconds = performance.now() - began;
  succeed(await start(folder, "test", out, "--json").ended, folder, out);
  const testMilliseconds = performance.now() - began - milliseconds;
  const ledger = await readFile(join(folder, out, "ledger.jsonl"), "utf8");
  const started = ledger.split("\n").find((line) => line.includes('"training started"')) ?? "{}";
  const beganAfter = Date.parse((JSON.parse(started) as { time: string }).time) - clock;
  return { every, beganAfter, milliseconds, testMilliseconds, outcome: await outcomeOf(join(folder, out)) };
}

/** Without its settings once they are written down: they need not be said again. */
async function commandOf(folder: string, out: string, every: readonly string[]): Promise<string[]> {
  const files = await readdir(join(folder, out)).catch((): string[] => []);
  const known = files.includes("config.json") ? ["--json"] : settings;
  return ["train", "scans.npz", "--out", out, "--resume", ...known, ...every];
}

async function killAfter(folder: string, args: readonly string[], milliseconds: number, onKill: () => Promise<void>) {
  const { child, ended } = start(folder, ...args);
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  await ended;
  clearTimeout(timer);
  if (child.signalCode === "SIGKILL") await onKill();
}

async function lookAt(folder: string, kills: Kills): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  if (names.some((name) => name.endsWith(".partial"))) kills.inWrite++;
  if (!names.includes("study.json")) kills.beforeStudy++;
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
  const isTested = code === 1 && err.includes("the test set was opened before; its test ended");
  if (code !== 0 && !isTested) throw new Error(`${folder}/${out}: exit code ${code}: ${err}`);
}

/** `npm run torture -- kills 200 1` */
export async function run(count = 200, seed = 1): Promise<void> {
  console.log(`killing ${count} processes, seed ${seed}`);
  const kills = await killAndResume(count, seed, console.log);
  console.log(
    `${kills.killed} killed: ${kills.inWrite} left a file half written, ${kills.inEpoch} a checkpoint in the middle of an ` +
      `epoch, ${kills.beforeStudy} no study yet, ${kills.inTest} were testing. Every study came to the same weights, ` +
      "history, ledger and report.",
  );
}
