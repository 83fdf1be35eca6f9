import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut, matmulScratchBytes } from "../../src/wasm/layout.ts";

describe("layout", () => {
  it("puts regions one behind the other, on 16 bytes, without an overlap, whatever their sizes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 20 }), (sizes) => {
        const { regions, bytes } = layOut(sizes.map((size, i) => [`region ${i}`, size] as const));
        let end = 0;
        for (const [i, region] of regions.entries()) {
          expect(region).toMatchObject({ name: `region ${i}`, bytes: sizes[i] });
          expect(region.offset % 16).toBe(0);
          expect(region.offset - end).toBeGreaterThanOrEqual(0);
          expect(region.offset - end).toBeLessThan(16);
          end = region.offset + region.bytes;
        }
        expect(bytes).toBe(Math.ceil(end / 16) * 16);
      }),
    );
  });

  it("refuses the same name twice and a size that is no number of bytes", () => {
    expect(() => layOut([["a", 1], ["a", 2]])).toThrow(/got "a" twice/); // prettier-ignore
    expect(() => layOut([["a", -1]])).toThrow(/expected a number of bytes, got -1/);
    expect(() => layOut([["a", NaN]])).toThrow(RangeError);
  });

  it("plans scratch for packed blocks that never exceed 2.4 MB, whatever the product", () => {
    expect(matmulScratchBytes(1, 1, 1)).toBe(4 * (12 * 8 + 8 * 8 + 12 * 96));
    expect(matmulScratchBytes(4096, 4096, 4096)).toBe(4 * (96 * 512 + 512 * 1024 + 12 * 96));
  });
});
