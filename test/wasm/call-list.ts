// A list of calls at the start of a workbench's free memory.
import { createCallList } from "../../src/wasm/calls.ts";
import type { CallList } from "../../src/wasm/calls.ts";
import type { Workbench } from "../assembly/workbench.ts";

/** A list whose numbers are indexes into the whole memory. */
export function listOn(bench: Workbench, capacity = 4): CallList {
  const { buffer } = bench.memory;
  const address = Math.ceil(bench.reserve(128 * (capacity + 1)) / 128) * 128;
  const whole = { address: 0, words: new Int32Array(buffer), numbers: new Float64Array(buffer) };
  return createCallList(bench.kernels, whole, address / 128, capacity);
}
