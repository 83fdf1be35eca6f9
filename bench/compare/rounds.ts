// One network, everybody: first whether a peer computes the same as voxgrad does, then how long a step takes, in turns.
import { ratio, summarize } from "../harness.ts";
import type { Timing } from "../harness.ts";
import { start } from "./child.ts";
import type { Child } from "./child.ts";
import type { Peer } from "./peers.ts";
import type { Problem } from "./problem.ts";

/** Steps after which the losses are compared, and by how much they may differ, of ours. */
export const checkedSteps = 20;
export const tolerance = 1e-3;

/** A block is of so many steps: it ends before numbers vanish in a run that has learned its batch by heart. */
const mostSteps = 200;
const fewestSteps = 2;

export interface Options {
  readonly rounds: number;
  /** A peer's turn, one or more blocks of steps, lasts about so long. */
  readonly milliseconds: number;
}

export interface Row {
  readonly network: readonly number[];
  readonly batch: number;
  readonly peer: string;
  readonly version: string | null;
  readonly verdict: "same" | "other loss" | "computes something else" | "not run";
  /** What it computes instead, or why it did not run. */
  readonly note: string | null;
  /** After the checked steps. */
  readonly loss: number | null;
  /** |loss - ours| / ours after the checked steps. */
  readonly deviation: number | null;
  /** Milliseconds of a step; null when it was not measured. */
  readonly timing: Timing | null;
  /** Medians over the rounds of its time over that of voxgrad in each mode; null when it is not a comparison. */
  readonly timesReproducible: number | null;
  readonly timesFast: number | null;
  readonly timesWide: number | null;
}

interface Runner {
  readonly peer: Peer;
  readonly child: Child;
  row: Row;
  /** What a turn is. */
  turn: { readonly steps: number; readonly blocks: number };
  readonly samples: number[];
}

export async function compare(
  peers: readonly Peer[],
  problem: Problem,
  options: Options,
  say: (text: string) => void,
): Promise<readonly Row[]> {
  const present = peers.filter(({ inputs }) => inputs?.includes(problem.sizes[0]) ?? true);
  const runners: Runner[] = [];
  let ours: number | null = null;
  for (const peer of present) {
    const runner = await check(peer, problem, ours);
    ours ??= runner.row.loss;
    const { verdict, note, loss, deviation } = runner.row;
    const detail = note ?? `loss ${loss} after ${checkedSteps} steps, ${deviation?.toExponential(1)} from ours`;
    say(`${problem.sizes.join("-")}: ${peer.name}: ${verdict}: ${detail}`);
    runners.push(runner);
  }
  const measured = runners.filter(({ row }) => row.verdict === "same" || row.verdict === "computes something else");
  for (const runner of measured) runner.turn = await warm(runner.child, options.milliseconds);
  for (let round = 0; round < options.rounds; round++) {
    say(`${problem.sizes.join("-")}: round ${round + 1} of ${options.rounds}`);
    for (let i = 0; i < measured.length; i++) {
      // Each round begins with another peer, so that nobody always runs behind the same neighbour.
      const { child, turn, samples } = measured[(i + round) % measured.length];
      samples.push(await child.ask<number>("measure", turn));
    }
  }
  for (const { child } of runners) child.end();
  return withRatios(runners);
}

/** Starts a peer and holds its loss against ours. */
async function check(peer: Peer, problem: Problem, ours: number | null): Promise<Runner> {
  const child = start(peer.command, peer.variables);
  let row: Row = {
    network: problem.sizes,
    batch: problem.batch,
    peer: peer.name,
    version: null,
    verdict: "not run",
    note: null,
    loss: null,
    deviation: null,
    timing: null,
    timesReproducible: null,
    timesFast: null,
    timesWide: null,
  };
  try {
    const { version, computes } = await child.ask<{ version: string; computes: string | null }>("load", { problem });
    row = { ...row, version };
    if (computes !== null) {
      row = { ...row, verdict: "computes something else", note: computes };
    } else {
      const losses = await child.ask<number[]>("losses", { steps: checkedSteps });
      const loss = losses[checkedSteps];
      const deviation = ours === null ? 0 : Math.abs(loss - ours) / ours;
      row = { ...row, loss, deviation, verdict: deviation <= tolerance ? "same" : "other loss" };
    }
  } catch (error) {
    row = { ...row, note: error instanceof Error ? error.message : String(error) };
    child.end();
  }
  return { peer, child, row, turn: { steps: fewestSteps, blocks: 1 }, samples: [] };
}

/** Runs turns for a second, so that engines compile what is hot; returns what fills a turn. */
async function warm(child: Child, milliseconds: number): Promise<Runner["turn"]> {
  const began = performance.now();
  let fastest = Infinity;
  let turn: Runner["turn"] = { steps: fewestSteps, blocks: 1 };
  do {
    fastest = Math.min(fastest, await child.ask<number>("measure", turn));
    const wanted = milliseconds / fastest;
    const steps = Math.min(mostSteps, Math.max(fewestSteps, Math.round(wanted)));
    turn = { steps, blocks: Math.max(1, Math.round(wanted / steps)) };
  } while (performance.now() - began < 1000);
  return turn;
}

function withRatios(runners: readonly Runner[]): readonly Row[] {
  const timed = runners.map(({ row, samples }) => ({
    ...row,
    timing: samples.length > 0 ? summarize(row.peer, samples) : null,
  }));
  const timingOf = (name: string) => timed.find(({ peer }) => peer === name)?.timing ?? null;
  const times = (row: Row, base: Timing | null) =>
    row.verdict === "same" && row.timing && base ? ratio(row.timing, base) : null;
  return timed.map((row) => ({
    ...row,
    timesReproducible: times(row, timingOf("voxgrad reproducible")),
    timesFast: times(row, timingOf("voxgrad fast")),
    timesWide: times(row, timingOf("voxgrad fast wide")),
  }));
}
