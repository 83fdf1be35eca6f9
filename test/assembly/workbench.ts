// Puts arrays into a kernel's memory with guard bytes around each, and says when a kernel wrote outside.
import { readFileSync } from "node:fs";
import { createMemory, instantiateKernels } from "../../src/wasm/kernels.ts";
import { hasRelaxedSimd } from "../../src/wasm/modes.ts";
import type { Address, Kernels } from "../../src/wasm/kernels.ts";
import type { NumericMode } from "../../src/wasm/modes.ts";

/** The numeric modes that this engine can run; Node 20 has no relaxed SIMD, Node 22 and later have. */
export const modes: readonly NumericMode[] = hasRelaxedSimd() ? ["reproducible", "fast"] : ["reproducible"];

export type Build = `${NumericMode}${"" | "-wide"}.${"debug" | "release"}`;

/** The builds of a mode, whose bits are the same: the wide ones run everywhere, only slower where no vectors are joined. */
export const buildsOf = (mode: NumericMode): readonly Build[] => [
  `${mode}.debug`,
  `${mode}.release`,
  `${mode}-wide.debug`,
  `${mode}-wide.release`,
];

/** Every build that this engine can run. */
export const builds: readonly Build[] = modes.flatMap(buildsOf);

/** The bytes of a build. */
export function readBuild(build: Build): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(`build/kernels.${build}.wasm`));
}

/** Lengths around the vector edge. */
export const edgeLengths = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 33];

const guardBytes = 64;
const guardValue = 0xa5;

export class Workbench {
  #top: number;
  readonly #arrays: { address: Address; bytes: number }[] = [];

  private constructor(
    readonly kernels: Kernels,
    readonly memory: WebAssembly.Memory,
  ) {
    this.#top = kernels.heapBase();
  }

  static async create(build: Build, bytes = 16 << 20): Promise<Workbench> {
    const memory = createMemory(bytes);
    const kernels = await instantiateKernels(memory, readBuild(build));
    return new Workbench(kernels, memory);
  }

  /** Forgets every array. */
  reset(): void {
    this.#top = this.kernels.heapBase();
    this.#arrays.length = 0;
  }

  /** Room for `bytes` bytes between guards, 16-byte aligned plus `misalign` bytes. */
  reserve(bytes: number, misalign = 0): Address {
    const address = Math.ceil((this.#top + guardBytes) / 16) * 16 + misalign;
    const end = address + bytes + guardBytes;
    if (end > this.memory.buffer.byteLength)
      throw new RangeError(`workbench: ${end} bytes needed, create a larger one`);
    new Uint8Array(this.memory.buffer, this.#top, end - this.#top).fill(guardValue);
    this.#top = end;
    this.#arrays.push({ address, bytes });
    return address;
  }

  /** Copies values in as float32. */
  floats(values: ArrayLike<number>, misalign = 0): Address {
    const address = this.reserve(values.length * 4, misalign);
    new Float32Array(this.memory.buffer, address, values.length).set(values);
    return address;
  }

  integers(values: ArrayLike<number>, misalign = 0): Address {
    const address = this.reserve(values.length * 4, misalign);
    new Int32Array(this.memory.buffer, address, values.length).set(values);
    return address;
  }

  readFloats(address: Address, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length).slice();
  }

  readIntegers(address: Address, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length).slice();
  }

  /** Throws when any byte outside the arrays changed. */
  checkGuards(): void {
    const bytes = new Uint8Array(this.memory.buffer);
    for (const { address, bytes: length } of this.#arrays) {
      for (let i = 1; i <= guardBytes - 16; i++) {
        if (bytes[address - i] !== guardValue) throw new Error(`a kernel wrote ${i} bytes before an output`);
        if (bytes[address + length + i - 1] !== guardValue)
          throw new Error(`a kernel wrote ${i} bytes behind an output`);
      }
    }
  }
}

/** max|got - want| / max|want| over a tensor (the plain maximum difference where want is all zero). */
export function tensorError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < want.length; i++) {
    const d = Math.abs(got[i] - want[i]);
    if (!(d <= difference)) difference = Number.isNaN(d) ? Infinity : d;
    scale = Math.max(scale, Math.abs(want[i]));
  }
  return scale > 0 ? difference / scale : difference;
}
