import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classIndexes, distinctValues, groupNames, maskIndexes } from "../../src/data/truth.ts";

const bytes = fc.array(fc.nat(255), { maxLength: 300 });

describe("labels, masks and groups", () => {
  it("have the same distinct values, in sorted order, as bytes, floats, 64-bit integers and lists", () => {
    fc.assert(
      fc.property(bytes, (values) => {
        const want = [...new Set(values)].sort((a, b) => a - b);
        const kinds = [values, Uint8Array.from(values), Float32Array.from(values), Float64Array.from(values), BigInt64Array.from(values, BigInt), BigUint64Array.from(values, BigInt)]; // prettier-ignore
        for (const kind of kinds) expect(distinctValues("set", "labels", kind)).toEqual(want);
      }),
    );
    expect(distinctValues("set", "labels", [10, -2, 9, -0, 0])).toEqual([-2, 0, 9, 10]);
  });

  it("map to indexes and back to the values they were, in the classes of the set or of all sets", () => {
    const values = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(values, values, (labels, more) => {
        for (const all of [undefined, [...more, ...labels]]) {
          const { values: classes, indexes } = classIndexes("set", labels, labels.length, all);
          expect(Array.from(indexes, (index) => classes[index])).toEqual(labels);
          expect(classes).toEqual([...new Set(all ?? labels)].sort((a, b) => a - b));
        }
      }),
    );
  });

  it("map masks to 0 for background and 1, 2, ... for the others, the same whatever type they are stored in", () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (masks, isShifted) => {
        const values = isShifted ? masks : masks.map((value) => value % 4);
        const kinds = [values, Uint8Array.from(values), Int32Array.from(values), BigUint64Array.from(values, BigInt)];
        for (const kind of kinds) {
          const { values: classes, indexes } = maskIndexes("set", kind, values.length);
          expect(indexes).toBeInstanceOf(Uint8Array);
          expect(Array.from(indexes, (index) => (index === 0 ? 0 : classes[index - 1]))).toEqual(values);
          expect(classes).not.toContain(0);
        }
      }),
    );
    expect(maskIndexes("set", [0, 0], 2).values).toEqual([1]);
  });

  it("take 1,000 classes and 255 mask values, and no more", () => {
    const count = (length: number) => Array.from({ length }, (_, i) => i);
    expect(distinctValues("set", "labels", count(1000))).toHaveLength(1000);
    expect(() => distinctValues("set", "labels", count(1001))).toThrow(/at most 1000 different values.*really classes/);
    expect(maskIndexes("set", count(256), 256).indexes[255]).toBe(255);
    expect(() => maskIndexes("set", count(257), 257)).toThrow(
      "set: expected at most 255 foreground values in masks, got 256",
    );
  });

  it("are refused where they are no whole numbers: fractions, NaN, infinities, beyond 2^53", () => {
    for (const wrong of [0.5, NaN, Infinity, -Infinity, 2 ** 53])
      expect(() => classIndexes("set", [1, wrong], 2)).toThrow(
        `set: expected whole numbers as labels, got ${wrong} at index 1`,
      );
    expect(() => classIndexes("set", BigInt64Array.of(2n ** 60n), 1)).toThrow(RangeError);
    expect(classIndexes("set", Float32Array.of(2, 1, 2), 3).indexes).toEqual(Int32Array.of(1, 0, 1));
  });

  it("are refused where they are no numbers: what is missing, or a text that looks like one, becomes no class", () => {
    const wrong = [null, undefined, "", "1", " ", true, [1]];
    for (const label of wrong)
      expect(() => classIndexes("set", [0, label] as number[], 2)).toThrow(/expected whole numbers as labels, got .* at index 1$/); // prettier-ignore
  });

  it("name groups by their text: a number and a text that look the same are the same patient in every set", () => {
    expect(groupNames("set", ["7", "a", ""], 3)).toEqual(["7", "a", ""]);
    expect(groupNames("set", Float64Array.of(7, -1.5), 2)).toEqual(["7", "-1.5"]);
    expect(groupNames("set", BigInt64Array.of(7n, 2n ** 60n), 2)).toEqual(["7", "1152921504606846976"]);
    for (const missing of [NaN, Infinity, null, undefined, {}])
      expect(() => groupNames("set", [1, missing] as number[], 2)).toThrow(/for image 1\. Give it/);
  });
});
