// The machine's limit, which every share is of: multiply-adds in registers, and a stream through memory.
import type { Kernels } from "../src/wasm/kernels.ts";
import { time } from "./harness.ts";
import type { Task } from "./harness.ts";

const turns = 20_000;
const flopPerTurn = 104;

/** Registers alone, in the mode of these kernels. */
export function limitTask(kernels: Kernels, name: string): Task & { readonly flop: number } {
  const loops = [
    { name, run: () => void kernels.multiplyAddLimit(turns, 0.125) },
    { name, run: () => void kernels.multiplyAddOwnLimit(turns, 0.125) },
  ];
  const [one, other] = time(loops, { samples: 11 });
  return { ...loops[one.minimum <= other.minimum ? 0 : 1], flop: turns * flopPerTurn };
}

/** y = f x + y over arrays that no cache holds. */
export function streamTask(kernels: Kernels, base: number, floats: number): Task & { readonly bytes: number } {
  return {
    name: "stream",
    run: () => kernels.streamLimit(base, base + 4 * floats, floats, 0.5),
    bytes: 12 * floats,
  };
}
