// Lets every call to the disk of `voxgrad train` and `voxgrad test` fail, one a process, and goes on after each.
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startAs } from "../cli/run.ts";
import { scans } from "../cli/scans.ts";
import { outcomeOf } from "./outcome.ts";

const preload = new URL("../../test/torture/faulty-preload.mjs", import.meta.url).href;

const settings = ["--epochs", "2", "--hidden", "8", "--batch", "60", "--seed", "9", "--checkpoint-every", "0", "--json", "--quiet"]; // prettier-ignore

/** One call that failed, and what the command said. */
export interface Failure {
  readonly command: "train" | "test";
  readonly number: number;
  readonly call: string;
  readonly code: number | null;
  readonly message: string;
}

/**
 * Fails the calls `first`, `first + step`, ... of training and then of testing.
 * @throws Error when a command says anything but one line with exit code 1, or goes on to another outcome.
 */
export async function failCalls(first: number, step: number, see: (failure: Failure) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-faults-"));
  await writeFile(join(folder, "scans.npz"), await scans(160, 3));
  const run = (args: readonly string[], number = -1) => {
    const fault = { FAULT: `${number},${args[0] === "test" ? args[1] : args[3]}` };
    return startAs({ env: { ...process.env, ...fault }, execArgv: ["--import", preload] }, folder, ...args).ended;
  };
  const train = (out: string) => ["train", "scans.npz", "--out", out, "--resume", ...settings];
  await run(train("trained"));
  await cp(join(folder, "trained"), join(folder, "whole"), { recursive: true });
  await run(["test", "whole", "--json"]);
  const whole = await outcomeOf(join(folder, "whole"));
  for (const command of ["train", "test"] as const) {
    for (let number = first; ; number += step) {
      const out = `${command}-${number}`;
      const test = ["test", out, "--json"];
      if (command === "test") await cp(join(folder, "trained"), join(folder, out), { recursive: true });
      const { code, err } = await run(command === "train" ? train(out) : test, number);
      const [, call, message] = /^FAULT (\w+)\n([^]*)$/.exec(err) ?? [];
      if (call === undefined) break;
      const isUnlock = call === "unlink" && code === 0;
      if (!isUnlock && (code !== 1 || !/^voxgrad: \S+ could not be [^\n]*: [^\n]*\.\n$/.test(message))) {
        throw new Error(`${command}, call ${number} (${call}): exit code ${code}: ${err}`);
      }
      see({ command, number, call, code, message: message.trimEnd() });
      if (command === "train") await run(train(out));
      // Where only the lock's removal failed, the test is over.
      await run(test);
      if (!isDeepStrictEqual(await outcomeOf(join(folder, out)), whole)) {
        throw new Error(
          `${command}, call ${number} (${call}): other weights, history, ledger or report, in ${folder}/${out}`,
        );
      }
      await rm(join(folder, out), { recursive: true });
    }
  }
  await rm(folder, { recursive: true });
}

/** `npm run torture -- faults` */
export async function run(): Promise<void> {
  const counts = new Map<string, number>();
  await failCalls(0, 1, ({ command, call }) => {
    counts.set(`${command} ${call}`, (counts.get(`${command} ${call}`) ?? 0) + 1);
  });
  for (const [call, count] of counts) console.log(`${call}: ${count}`);
  console.log("Each was said in one line, exit code 1, and went on to the same weights, history, ledger and report.");
}
