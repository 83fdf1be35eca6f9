import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut } from "../../src/wasm/layout.ts";
import { allocate } from "../../src/wasm/memory.ts";

describe("a block of memory", () => {
  it("holds every region apart, all zero, 16-byte aligned, whatever the sizes", async () => {
    const sizes = fc.array(fc.nat(200), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (floats) => {
        using block = await allocate(layOut(floats.map((count, i) => [`region ${i}`, 4 * count] as const)));
        floats.forEach((count, i) => {
          expect(block.address(`region ${i}`) % 16).toBe(0);
          expect([...block.floats(`region ${i}`)]).toEqual(Array<number>(count).fill(0));
          block.floats(`region ${i}`).fill(i + 1);
        });
        floats.forEach((count, i) =>
          expect([...block.floats(`region ${i}`)]).toEqual(Array<number>(count).fill(i + 1)),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("lies behind what the kernels keep for themselves, and its kernels work on it", async () => {
    using block = await allocate(layOut([["x", 40]]));
    expect(block.address("x")).toBeGreaterThanOrEqual(block.kernels.heapBase());
    block.floats("x").fill(2);
    expect(block.kernels.sum(block.address("x"), 10)).toBe(20);
    expect([...block.integers("x")]).toEqual(Array<number>(10).fill(0x40000000));
  });

  it("refuses a region that is not there by naming those that are, and any use after it was freed", async () => {
    const block = await allocate(layOut([["x", 4], ["y", 4]])); // prettier-ignore
    expect(() => block.floats("z")).toThrow('memory: expected one of x, y; got "z"');
    block.free();
    expect(() => block.address("x")).toThrow(/was freed/);
    expect(() => block.floats("x")).toThrow(/was freed/);
    expect(() => block.integers("x")).toThrow(/was freed/);
  });

  it("says what to do when more than 4 GiB are asked for", async () => {
    await expect(allocate(layOut([["x", 2 ** 33]]))).rejects.toThrow(
      /expected at most 4 GiB, got 8,590,000,128 bytes. Use smaller images/,
    );
  });
});
