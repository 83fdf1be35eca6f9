// Gives a reader many mutated inputs, and says of each that ended otherwise than with a result or a documented error.
import { FormatError } from "../../src/errors.ts";
import { drawsOf } from "./draws.ts";
import type { Draws } from "./draws.ts";

/** A reader under test: draws an input and reads it. */
export interface Target {
  readonly name: string;
  /** Names what was drawn only when it is asked for. */
  run(draws: Draws): Promise<void>;
}

export interface Finding {
  readonly index: number;
  readonly what: string;
}

export interface Outcome {
  readonly read: number;
  readonly refused: number;
  readonly slowest: { readonly index: number; readonly milliseconds: number };
  /** Bytes that the process took at most beyond what it had before. */
  readonly peakBytes: number;
  readonly findings: readonly Finding[];
}

/** What every reader is given as `maximumBytes`. */
export const declaredBytes = 67108864;

const mostMilliseconds = 1000;
const mostFindings = 20;

/** @param onIndex told before each input, so that what never returns can be named. */
export async function fuzz(
  target: Target,
  { seed, from = 0, count, onIndex }: { seed: number; from?: number; count: number; onIndex?: (index: number) => void },
): Promise<Outcome> {
  let [read, refused] = [0, 0];
  let slowest = { index: -1, milliseconds: 0 };
  const findings: Finding[] = [];
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const base = process.memoryUsage.rss();
  let kept = base;
  const highest = () => process.resourceUsage().maxRSS * 1024;
  const before = highest();
  const once = async (index: number): Promise<{ error: unknown; milliseconds: number }> => {
    const start = performance.now();
    const error: unknown = await target.run(drawsOf(seed, index)).then(() => null, (cause: unknown) => cause); // prettier-ignore
    return { error, milliseconds: performance.now() - start };
  };
  for (let index = from; index < from + count && findings.length < mostFindings; index++) {
    onIndex?.(index);
    // Garbage of one input must not count for the next.
    if (process.memoryUsage.rss() > kept + declaredBytes) {
      collect?.();
      kept = process.memoryUsage.rss();
    }
    const peak = highest();
    const first = await once(index);
    const { error } = first;
    // Another process may have had the processor: what is slow is slow twice.
    const milliseconds = first.milliseconds > mostMilliseconds ? Math.min(first.milliseconds, (await once(index)).milliseconds) : first.milliseconds; // prettier-ignore
    if (error === null) read++;
    else if (error instanceof FormatError) refused++;
    else findings.push({ index, what: textOf(error) });
    if (milliseconds > slowest.milliseconds) slowest = { index, milliseconds };
    if (milliseconds > mostMilliseconds) findings.push({ index, what: `took ${Math.round(milliseconds)} ms` });
    const grown = highest() - Math.max(peak, base);
    if (grown > 4 * declaredBytes) findings.push({ index, what: `took ${grown} bytes` });
  }
  return { read, refused, slowest, peakBytes: highest() - Math.min(before, base), findings };
}

function textOf(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split("\n").slice(0, 5).join("\n")
    : `thrown ${String(error)}`;
}
