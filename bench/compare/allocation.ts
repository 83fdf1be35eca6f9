// What a step of voxgrad leaves behind: bytes on the JavaScript heap, and whether WebAssembly's memory grew.
import { start } from "./child.ts";
import { voxgradFile } from "./peers.ts";
import type { Problem } from "./problem.ts";

export interface Allocation {
  readonly network: readonly number[];
  readonly mode: string;
  readonly steps: number;
  /** Bytes of JavaScript heap a step, nothing collected meanwhile. */
  readonly heapBytes: number;
  /** Bytes of WebAssembly memory before and after the steps. */
  readonly memoryBefore: number;
  readonly memoryAfter: number;
}

/** In processes of their own, where the garbage collector is called by hand and otherwise finds no cause to run. */
export async function allocations(problem: Problem, steps: number): Promise<readonly Allocation[]> {
  const found: Allocation[] = [];
  for (const mode of ["reproducible", "fast"]) {
    const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
    const child = start([process.execPath, ...flags, voxgradFile, mode]);
    try {
      await child.ask("load", { problem });
    } catch {
      child.end();
      continue; // The table says already that this mode does not run here.
    }
    const measured = await child.ask<Omit<Allocation, "network" | "mode" | "steps">>("bytes", { steps });
    child.end();
    found.push({ network: problem.sizes, mode, steps, ...measured });
  }
  return found;
}
