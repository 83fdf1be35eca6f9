import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import { imageDigest } from "../../src/data/digest.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
const image = fc.record({
  pixels: bytes,
  label: fc.option(fc.nat(3)),
  mask: fc.option(fc.uint8Array({ minLength: 1, maxLength: 20, max: 2 })),
});
type Image = { pixels: Uint8Array; label: number | null; mask: Uint8Array | null };
const digestOf = ({ pixels, label, mask }: Image) => imageDigest(pixels, label, mask);
const key = ({ pixels, label, mask }: Image) => JSON.stringify([[...pixels], label, mask && [...mask]]);

describe("imageDigest", () => {
  it("is the same for the same image, and another when a pixel, the label, the mask or where one ends is another", async () => {
    const changed = (drawn: Image): Image[] => [
      ...Array.from(drawn.pixels, (value, i) => ({ ...drawn, pixels: drawn.pixels.with(i, value ^ 1) })),
      ...Array.from(drawn.mask ?? [], (value, i) => ({ ...drawn, mask: drawn.mask?.with(i, value ^ 1) ?? null })),
      { ...drawn, label: (drawn.label ?? -1) + 1 },
      { ...drawn, label: drawn.label === null ? 0 : null },
      { ...drawn, mask: drawn.mask ? null : new Uint8Array([0]) },
      { ...drawn, pixels: Uint8Array.of(...drawn.pixels, ...(drawn.mask ?? [0])), mask: null },
    ];
    await fc.assert(
      fc.asyncProperty(image, async (drawn) => {
        const digest = await digestOf(drawn);
        expect(await digestOf({ ...drawn, pixels: drawn.pixels.slice() })).toBe(digest);
        for (const other of changed(drawn)) expect(await digestOf(other)).not.toBe(digest);
      }),
    );
  });

  it("tells any two images apart that differ in anything", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(image, { selector: key, minLength: 2, maxLength: 12 }), async (images) => {
        const digests = await Promise.all(images.map(digestOf));
        expect(new Set(digests).size).toBe(images.length);
      }),
    );
  });

  it("is over the type's name, the lengths, the label, little-endian pixels and the mask", async () => {
    const want = createHash("sha256")
      .update("Uint16Array 2 1 2\n")
      .update(Uint8Array.of(0x34, 0x12, 0xff, 0x00, 0, 1))
      .digest("hex");
    expect(await imageDigest(Uint16Array.of(0x1234, 0xff), 1, Uint8Array.of(0, 1))).toBe(want);
  });

  it("does not depend on where in a buffer an image lies, nor on whether Node calls the bytes a Buffer", async () => {
    const whole = Uint8Array.of(9, 9, 1, 2, 3, 9);
    const want = await imageDigest(Uint8Array.of(1, 2, 3), null, null);
    expect(await imageDigest(whole.subarray(2, 5), null, null)).toBe(want);
    expect(await imageDigest(Buffer.from([1, 2, 3]), null, null)).toBe(want);
  });

  it("differs between types that store the same values, which float32 might round to one", async () => {
    const types = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array];
    const digests = await Promise.all(types.map((type) => imageDigest(type.of(1, 2, 3), null, null)));
    expect(new Set(digests).size).toBe(types.length);
  });

  it("of an image in a set is that of its own pixels, class index and mask alone", async () => {
    const images = Float32Array.of(1, 2, 3, 4, 5, 6);
    const masks = Uint8Array.of(0, 1, 1, 0, 0, 0);
    const set = arrayDataset({ images, shape: [2], labels: [5, 7, 5], masks });
    expect(await set.digest(1)).toBe(await imageDigest(Float32Array.of(3, 4), 1, Uint8Array.of(1, 0)));
  });
});
