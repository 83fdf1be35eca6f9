import { describe, expect, it } from "vitest";
import { byteReader, sectionIds, sectionsOf, withUnsharedMemory } from "../../src/wasm/binary.ts";
import { createMemory, instantiateKernels } from "../../src/wasm/kernels.ts";
import { readBuild } from "./workbench.ts";

/** Whether each global that a file defines is mutable. All of the kernels' are i32 constants. */
function mutableGlobals(bytes: Uint8Array): number {
  const section = sectionsOf(bytes).find(({ id }) => id === sectionIds.global);
  if (!section) return 0;
  const reader = byteReader(bytes, section.start);
  let mutable = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.skip(1); // type
    mutable += reader.byte();
    expect(reader.byte(), "i32.const").toBe(0x41);
    reader.number();
    expect(reader.byte(), "end").toBe(0x0b);
  }
  return mutable;
}

// The fast build is read, not run, so that every engine checks it.
describe.each(["reproducible.release", "fast.release"] as const)("kernels.%s.wasm", (build) => {
  const bytes = readBuild(build);

  it("has no data segment, no mutable global, no memory of its own and no start function", () => {
    const ids = sectionsOf(bytes).map(({ id }) => id);
    for (const name of ["data", "dataCount", "memory", "start"] as const) {
      expect(ids, name).not.toContain(sectionIds[name]);
    }
    expect(mutableGlobals(bytes)).toBe(0);
  });

  it("differs by one byte when its memory is unshared: the limits' flags 3 become 1", () => {
    const unshared = withUnsharedMemory(bytes);
    const changed = [...bytes.keys()].filter((i) => bytes[i] !== unshared[i]);
    expect(changed.map((i) => [bytes[i], unshared[i]])).toEqual([[3, 1]]);
    expect(withUnsharedMemory(unshared)).toEqual(unshared);
  });
});

describe("instantiateKernels", () => {
  it("takes a shared memory, on which two instances find each other's numbers", async () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
    const [first, second] = await Promise.all([instantiateKernels(memory), instantiateKernels(memory)]);
    const base = Math.ceil(first.heapBase() / 16) * 16;
    new Float32Array(memory.buffer, base, 5).set([1, 2, 3, 4, 5]);
    first.scale(base, base, 5, 2);
    second.scale(base, base, 5, 10);
    expect([...new Float32Array(memory.buffer, base, 5)]).toEqual([20, 40, 60, 80, 100]);
  });

  it("gives a mode that the engine has, and says what is no WebAssembly file of kernels", async () => {
    const kernels = await instantiateKernels(createMemory(65536), "fast");
    expect([0, 1]).toContain(kernels.isFused(2 ** -12));
    const header = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(instantiateKernels(createMemory(1), header)).rejects.toThrow(/imports its memory/);
  });
});
