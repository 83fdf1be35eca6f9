import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { split, type SplitSource } from "../../src/data/split.ts";

function source(labels: readonly number[] | null, groups: readonly string[] | null, length?: number): SplitSource {
  const classes = labels === null ? [] : Array.from({ length: Math.max(0, ...labels) + 1 }, (_, i) => `class ${i}`);
  const count = length ?? labels?.length ?? groups?.length ?? 0;
  return { length: count, labels: labels === null ? null : Int32Array.from(labels), groups, classes };
}

const ratio = fc.double({ min: 1e-3, max: 100, noNaN: true });
const ratios = fc.tuple(ratio, ratio, ratio);
const seed = fc.nat();

/** Any dataset: of a few images, or hundreds; groups of one image or of many, classes rare and common. */
const sources = fc
  .record({
    length: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 400 })),
    classCount: fc.nat(6),
    groupCount: fc.nat(40),
    skew: fc.integer({ min: 1, max: 4 }),
    seed,
  })
  .map(({ length, classCount, groupCount, skew, seed: drawn }) => {
    let state = drawn;
    const below = (bound: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) ** skew * bound);
    };
    const labels = classCount === 0 ? null : Array.from({ length }, () => below(classCount));
    const groups = groupCount === 0 ? null : Array.from({ length }, () => `patient ${below(groupCount)}`);
    return source(labels, groups, length);
  });

describe("split", () => {
  it("puts each image into exactly one set, in ascending order, divides no group and leaves no set empty", () => {
    fc.assert(
      fc.property(sources, ratios, seed, fc.boolean(), (dataset, drawnRatios, drawnSeed, stratify) => {
        const units = dataset.groups === null ? dataset.length : new Set(dataset.groups).size;
        const options = { seed: drawnSeed, ratios: drawnRatios, stratify };
        if (units < 3) {
          expect(() => split(dataset, options)).toThrow(RangeError);
          return;
        }
        const { train, validation, test, imbalance } = split(dataset, options);
        for (const set of [train, validation, test]) {
          expect(set.length).toBeGreaterThan(0);
          expect(Array.from(set)).toEqual(Array.from(set).sort((a, b) => a - b));
        }
        const all = [...train, ...validation, ...test].sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: dataset.length }, (_, i) => i));
        expect(imbalance).toBeGreaterThanOrEqual(0);
        expect(imbalance).toBeLessThan(1);
        const { groups } = dataset;
        if (groups === null) return;
        const names = [train, validation, test].map((set) => new Set(Array.from(set, (i) => groups[i])));
        expect(names[0].size + names[1].size + names[2].size).toBe(units);
      }),
      { numRuns: 3000 },
    );
  });

  it("gives each set its part of every class, to within two images, where no groups bind", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 30, maxLength: 300 }), seed, (labels, drawnSeed) => {
        const { train, validation, test } = split(source(labels, null), { seed: drawnSeed });
        [train, validation, test].forEach((set, i) => {
          const share = [0.7, 0.15, 0.15][i];
          expect(Math.abs(set.length - share * labels.length)).toBeLessThan(2);
          for (let label = 0; label < 6; label++) {
            const wanted = share * labels.filter((each) => each === label).length;
            expect(Math.abs(Array.from(set).filter((j) => labels[j] === label).length - wanted)).toBeLessThan(2);
          }
        });
      }),
    );
  });

  it("balances 1000 images of 700 patients to a class share within 0.01 and a set size within 1 per cent", () => {
    const groups = Array.from({ length: 1000 }, (_, i) => `patient ${i % 700}`);
    const labels = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    for (const drawnSeed of [1, 2, 3]) {
      const sets = split(source(labels, groups), { seed: drawnSeed });
      expect(sets.imbalance).toBeLessThan(0.01);
      expect(Math.abs(sets.train.length - 700)).toBeLessThan(10);
      expect(Math.abs(sets.test.length - 150)).toBeLessThan(10);
    }
  });

  it("balances exactly where the groups allow it: four groups of each class into 4, 2 and 2", () => {
    const groups = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const labels = [0, 0, 0, 0, 1, 1, 1, 1];
    for (let drawnSeed = 0; drawnSeed < 20; drawnSeed++) {
      const sets = split(source(labels, groups), { seed: drawnSeed, ratios: [2, 1, 1] });
      expect([sets.train.length, sets.validation.length, sets.test.length]).toEqual([4, 2, 2]);
      expect(sets.imbalance).toBe(0);
    }
  });

  it("comes to a chi-square that no move and no exchange of two groups lowers, and in half the cases to the best of all", () => {
    let atBest = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 7, maxLength: 7 }),
        seed,
        (drawn, drawnSeed) => {
          const sizes = drawn.map(([zeros, ones]): [number, number] => [zeros + 1, ones]);
          const images = sizes.flatMap(([zeros, ones], group) =>
            Array.from({ length: zeros + ones }, (_, i) => ({ group: `${group}`, label: i < zeros ? 0 : 1 })),
          );
          const groups = images.map((image) => image.group);
          const labels = images.map((image) => image.label);
          const sets = split(source(labels, groups), { seed: drawnSeed, ratios: [2, 1, 1] });
          const found = sizes.map((_, group) =>
            [sets.train, sets.validation, sets.test].findIndex((set) => set.includes(groups.indexOf(`${group}`))),
          );
          const distance = chiSquare(sizes, found);
          let best = Infinity;
          for (let code = 0; code < 3 ** 7; code++) {
            const other = sizes.map((_, group) => Math.floor(code / 3 ** group) % 3);
            if (new Set(other).size < 3) continue;
            best = Math.min(best, chiSquare(sizes, other));
            const moved = found.map((_, group) => group).filter((group) => found[group] !== other[group]);
            const isExchange =
              moved.length === 2 && other[moved[0]] === found[moved[1]] && other[moved[1]] === found[moved[0]];
            if (moved.length === 1 || isExchange) expect(chiSquare(sizes, other)).toBeGreaterThan(distance - 1e-6);
          }
          runs++;
          if (distance < best + 1e-6) atBest++;
        },
      ),
      { numRuns: 100, seed: 5 },
    );
    expect(atBest / runs).toBeGreaterThan(0.5);
  });

  it("is a function of the seed: the same again, and another for another seed", () => {
    const dataset = source(null, null, 100);
    expect(split(dataset, { seed: 3 })).toEqual(split(dataset, { seed: 3 }));
    expect(split(dataset, { seed: 3 }).test).not.toEqual(split(dataset, { seed: 4 }).test);
  });

  it("puts every image into the test set as often as any other", () => {
    const dataset = source(
      Array.from({ length: 40 }, (_, i) => i % 2),
      null,
    );
    const times = new Float64Array(40);
    for (let drawnSeed = 0; drawnSeed < 1000; drawnSeed++)
      for (const image of split(dataset, { seed: drawnSeed }).test) times[image] += 1;
    // 150 of 1000 are expected with a deviation of 11.3.
    for (const count of times) expect(Math.abs(count - 150)).toBeLessThan(50);
  });

  it("says how far off an unbalanced division is", () => {
    // Three groups, one a set: shares of class 1 are 0, 0 and 1, of the whole 1/3.
    expect(split(source([0, 0, 1], ["a", "b", "c"]), { seed: 1 }).imbalance).toBeCloseTo(2 / 3, 12);
    expect(split(source(null, null, 10), { seed: 1 }).imbalance).toBe(0);
  });

  it("refuses too few groups, ratios that leave a set out, and groups that are not there", () => {
    const two = source(null, ["a", "a", "b"]);
    expect(() => split(two, { seed: 1 })).toThrow(/at least 3 groups.*got 2.*byGroup: false/);
    expect(split(two, { seed: 1, byGroup: false }).train.length).toBe(1);
    expect(() => split(source(null, null, 2), { seed: 1 })).toThrow(/at least 3 images.*got 2/);
    const ten = source(null, null, 10);
    for (const wrong of [
      [0.8, 0.2, 0],
      [0.8, 0.2],
      [1, NaN, 1],
      [1, Infinity, 1],
      [1, -1, 1],
    ])
      expect(() => split(ten, { seed: 1, ratios: wrong })).toThrow(RangeError);
    expect(() => split(ten, { seed: 1, byGroup: true })).toThrow(TypeError);
  });
});

/** The distance of an assignment of groups of (zeros, ones) from parts of 1/2, 1/4, 1/4. */
function chiSquare(sizes: readonly (readonly [number, number])[], assignment: readonly number[]): number {
  const columns = [
    sizes.map(([zeros, ones]) => zeros + ones),
    sizes.map(([zeros]) => zeros),
    sizes.map(([, ones]) => ones),
  ];
  let distance = 0;
  for (const column of columns) {
    const total = column.reduce((sum, size) => sum + size, 0);
    if (total === 0) continue;
    [0.5, 0.25, 0.25].forEach((share, set) => {
      const own = column.reduce((sum, size, group) => sum + (assignment[group] === set ? size : 0), 0);
      distance += (own - share * total) ** 2 / (share * total);
    });
  }
  return distance;
}
