// What is measured in turns: each numeric mode of this engine, and if asked the same with wide vectors.
import { availableModes } from "../src/wasm/modes.ts";
import type { NumericMode } from "../src/wasm/modes.ts";

export interface MeasuredBuild {
  readonly mode: NumericMode;
  readonly wide: boolean;
}

// The optimizing compiler, which alone joins vectors, at once and for good; Node 26 ends in a failed check when it looks for
// what the baseline compiler would have told it about inlining.
const atOnce = ["--no-liftoff", "--no-wasm-async-compilation", "--no-wasm-lazy-compilation", "--no-wasm-inlining"];

/**
 * Loads every build, one after the other: with `wide` the wide ones too, behind the others, which are compiled while wide
 * vectors are switched off; an engine that is to join vectors would join theirs as well.
 */
export async function loadBuilds<T>(wide: boolean, load: (build: MeasuredBuild) => Promise<T>): Promise<T[]> {
  const narrow = availableModes().map((mode) => ({ mode, wide: false }));
  if (!wide) return Promise.all(narrow.map(load));
  const { setFlagsFromString } = await import("node:v8");
  for (const flag of [...atOnce, "--no-experimental-wasm-revectorize"]) setFlagsFromString(flag);
  const loaded: T[] = [];
  for (const build of [...narrow, ...narrow.map(({ mode }) => ({ mode, wide: true }))]) loaded.push(await load(build));
  return loaded;
}

export const nameOf = ({ mode, wide }: MeasuredBuild): string => (wide ? `${mode} wide` : mode);
