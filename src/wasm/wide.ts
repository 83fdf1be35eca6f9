// Wide vectors, in Node alone ("#wide" of package.json): V8 joins neighbouring pairs of 128-bit operations to 256-bit ones.
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { Kernels } from "./kernels.ts";

const flag = "--experimental-wasm-revectorize";

/** V8 of Node 24, the first that joins fused multiply-adds too. */
const firstVersion = [13, 6];

/** Bytes of memory for the proof, the kernels' own among them. */
const proofBytes = 1 << 18;

/** Longest that the optimizing compiler may take: milliseconds. */
const patience = 1500;

/**
 * Switches wide vectors on for what this process compiles from now on, and proves that the kernels got them.
 * @param load instantiates a wide build on so many bytes of memory.
 * @throws RangeError where the engine or the processor has no wide vectors.
 */
export async function useWide(load: (bytes: number) => Promise<Kernels>): Promise<void> {
  const { arch, versions } = process;
  const host = versions["bun"] ? "Bun" : versions["deno"] ? "Deno" : `Node ${versions.node} with V8 ${versions.v8}`;
  if (!host.startsWith("Node") || !isRecent(versions.v8)) refuse("Node 24 or later", host);
  if (arch !== "x64") refuse("an x64 processor with AVX2", arch);
  setFlagsFromString(flag);
  if (!(await isWidened(await load(proofBytes)))) {
    refuse("a V8 that joins pairs of vectors, on a processor with AVX2", `${host} on ${arch}, which did not`);
  }
}

function isRecent(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major > firstVersion[0] || (major === firstVersion[0] && minor >= firstVersion[1]);
}

/**
 * Whether a product in tiles of 16 columns is faster than multiply-adds in 128-bit registers can be. The optimizing compiler
 * gets to both while they run, first to the one that is to be beaten; their fastest turns are compared, so that a busy
 * machine only takes longer.
 */
async function isWidened(kernels: Kernels): Promise<boolean> {
  const [m, n, k, turns] = [40, 64, 128, 4000];
  const base = Math.ceil(kernels.heapBase() / 64) * 64;
  const [a, b] = [base + 4 * m * n, base + 4 * (m * n + m * k)];
  const scratch = b + 4 * n * k;
  const product = () => kernels.matmulAB(base, a, b, scratch, m, n, k, n, k, n);
  const narrow = () => void kernels.multiplyAddLimit(turns, 0.125);

  const start = performance.now();
  while (performance.now() - start < 15) narrow();
  await sleep(10);
  let [fastestNarrow, fastestWide] = [Infinity, Infinity];
  for (let turn = 1; performance.now() - start < patience; turn++) {
    fastestNarrow = Math.min(fastestNarrow, millisecondsOf(narrow) / (104 * turns));
    fastestWide = Math.min(fastestWide, millisecondsOf(product) / (2 * m * n * k));
    if (turn > 10 && fastestNarrow > 1.15 * fastestWide) return true;
  }
  return false;
}

function millisecondsOf(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function refuse(expected: string, got: string): never {
  throw new RangeError(`wide: expected ${expected}, got ${got}. Leave wide out: the bits are the same, only slower.`);
}
