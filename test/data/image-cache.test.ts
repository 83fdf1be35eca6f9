import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageCache } from "../../src/data/image-cache.ts";

/** Calls of up to five images among twelve. */
const calls = fc.array(fc.array(fc.nat(11), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 20 });

describe("a cache of images", () => {
  it("has every image of the last two calls at hand, and beyond them no more than its budget", async () => {
    await fc.assert(
      fc.asyncProperty(calls, fc.nat(12), fc.boolean(), async (asked, budget, isLate) => {
        const item = (index: number) => ({ index, bytes: 1 });
        const cache = imageCache((index) => (isLate ? Promise.resolve(item(index)) : item(index)), budget);
        for (let i = 0; i < asked.length; i++) {
          const pending = cache.prepare(asked[i]);
          if (!isLate) expect(pending).toBeUndefined();
          await pending;
          const recent = new Set([...(asked[i - 1] ?? []), ...asked[i]]);
          for (const index of recent) expect(cache.get(index)).toEqual(item(index));
          expect(cache.bytes).toBeLessThanOrEqual(Math.max(budget, recent.size));
        }
      }),
    );
  });

  it("loads an image once while it is loading, however often it is asked for", async () => {
    let loads = 0;
    const cache = imageCache(async (index) => {
      loads++;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { index, bytes: 1 };
    }, 10);
    await Promise.all([cache.prepare([1, 2, 3]), cache.prepare([3, 2]), cache.prepare([1])]);
    expect(loads).toBe(3);
  });

  it("drops what was used longest ago", async () => {
    const cache = imageCache((index) => ({ index, bytes: 1 }), 3);
    for (const index of [0, 1, 2, 0, 3]) await cache.prepare([index]);
    expect([0, 1, 2, 3].map((index) => cache.get(index) !== undefined)).toEqual([true, false, true, true]);
  });

  it("forgets a load that failed: the next call tries again", async () => {
    let isBroken = true;
    const cache = imageCache(
      (index) => (isBroken ? Promise.reject(new Error("no such file")) : Promise.resolve({ index, bytes: 1 })),
      10,
    );
    await expect(cache.prepare([4])).rejects.toThrow("no such file");
    isBroken = false;
    await cache.prepare([4]);
    expect(cache.get(4)).toBeDefined();
  });
});
