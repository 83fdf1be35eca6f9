import { describe, expect, it } from "vitest";
import { createMemory, instantiateKernels } from "../../src/wasm/kernels.ts";

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
