// Kills `voxgrad test` at random moments, and checks that no opening goes uncounted: what was read stands in the ledger.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { stream } from "../../src/random.ts";
import { start } from "../cli/run.ts";
import { scans } from "../cli/scans.ts";
import { outcomeOf } from "./outcome.ts";

const settings = ["--epochs", "2", "--hidden", "16", "--seed", "9", "--threshold", "youden", "--json", "--quiet"];

export interface Openings {
  /** Processes that were killed while they tested. */
  killed: number;
  /** Of these, what was found: still sealed; opened and its test unfinished, some with pages of the report; ended. */
  sealed: number;
  unfinished: number;
  withPages: number;
  ended: number;
}

interface Line {
  readonly event: string;
  readonly time: string;
}

const ledgerOf = async (folder: string): Promise<Line[]> =>
  (await readFile(join(folder, "ledger.jsonl"), "utf8")).split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line); // prettier-ignore

/**
 * Tests that are killed, half at any moment, half once the ledger's line is there, until `count` were; each is then tested
 * again, and verified.
 * @throws Error with the seed and the study's folder, when an opening was not counted, or was counted twice.
 */
export async function killOpenings(count: number, seed: number, say: (line: string) => void): Promise<Openings> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-openings-"));
  await writeFile(join(folder, "scans.npz"), await scans(160, 3));
  const run = async (...args: string[]) => {
    const ended = await start(folder, ...args).ended;
    if (ended.code !== 0) throw new Error(`${args.join(" ")} in ${folder}: exit code ${ended.code}: ${ended.err}`);
    return ended;
  };
  await run("train", "scans.npz", "--out", "trained", ...settings);
  await cp(join(folder, "trained"), join(folder, "whole"), { recursive: true });
  const began = performance.now();
  const clock = Date.now();
  await run("test", "whole", "--json");
  const milliseconds = performance.now() - began;
  const line = (await ledgerOf(join(folder, "whole"))).find(({ event }) => event === "test opened");
  const openedAfter = Date.parse(line?.time ?? "") - clock;
  const whole = await outcomeOf(join(folder, "whole"));

  const found: Openings = { killed: 0, sealed: 0, unfinished: 0, withPages: 0, ended: 0 };
  for (let turn = 0; found.killed < count; turn++) {
    const out = `study-${turn}`;
    const fail = (what: string) => new Error(`seed ${seed}, turn ${turn}: ${what}, in ${folder}/${out}`);
    await cp(join(folder, "trained"), join(folder, out), { recursive: true });
    const random = stream(seed, "shuffle", turn);
    const from = turn % 2 === 0 ? 0 : 0.95 * openedAfter;
    const { child, ended } = start(folder, "test", out, "--json");
    const timer = setTimeout(() => child.kill("SIGKILL"), from + random.uniform(0) * (milliseconds - from));
    const said = await ended;
    clearTimeout(timer);
    if (child.signalCode === "SIGKILL") {
      found.killed++;
      const names = await readdir(join(folder, out));
      const events = (await ledgerOf(join(folder, out))).map(({ event }) => event);
      const isOpened = events.includes("test opened");
      const pages = names.filter((name) => name.startsWith("report."));
      // What was found out about the test set leaves the process by its files and its output alone.
      if (!isOpened && (pages.length > 0 || said.out !== "")) throw fail(`read and not counted: ${pages.join(", ")}`);
      if (!isOpened) found.sealed++;
      else if (events.includes("test finished")) found.ended++;
      else found.unfinished++;
      if (isOpened && pages.length > 0 && !events.includes("test finished")) found.withPages++;
      // The next call finishes the same opening, or makes the first; a finished one is refused.
      const again = await start(folder, "test", out, "--json").ended;
      const isOver = events.includes("test finished");
      if (again.code !== (isOver ? 1 : 0)) throw fail(`tested again with exit code ${again.code}: ${again.err}`);
      const after = (await ledgerOf(join(folder, out))).map(({ event }) => event);
      const openings = after.filter((event) => event === "test opened").length;
      const isResumed = after.includes("test resumed");
      if (openings !== 1 || isResumed !== (isOpened && !isOver)) throw fail(`the ledger has ${after.join(", ")}`);
      if (!isDeepStrictEqual(await outcomeOf(join(folder, out)), whole))
        throw fail("another outcome than when let alone");
      const { valid } = JSON.parse((await run("verify", out, "--json")).out) as { valid: boolean };
      if (!valid) throw fail("it does not verify");
      if (found.killed % 20 === 0) say(`${found.killed} killed`);
    }
    await rm(join(folder, out), { recursive: true });
  }
  await rm(folder, { recursive: true });
  return found;
}

/** `npm run torture -- opening 100 1` */
export async function main(count = 100, seed = 1): Promise<void> {
  console.log(`killing ${count} tests, seed ${seed}`);
  const { killed, sealed, unfinished, withPages, ended } = await killOpenings(count, seed, console.log);
  console.log(
    `${killed} killed: ${sealed} before the opening, ${unfinished} after it (${withPages} with pages of the report), ${ended} ` +
      "behind the last line. Every opening was counted, once; each was finished to the same report, and verifies.",
  );
}
