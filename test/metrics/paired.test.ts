import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rocAuc } from "../../src/metrics/curves.ts";
import { delong, wilson } from "../../src/metrics/intervals.ts";
import { normalQuantile, normalShare, studentQuantile, twoSidedTail, z } from "../../src/metrics/normal.ts";
import { mcnemar, pairedDelong } from "../../src/metrics/paired.ts";
import { stream } from "../../src/random.ts";

/**
 * The worked example of DeLong, DeLong & Clarke-Pearson 1988: albumin, total protein and 10 - (K-G score) of ovarian cancer
 * patients, and whether surgery brought a benefit; the 43 without missing values and their results are those of SAS/STAT's
 * "Comparing Receiver Operating Characteristic Curves".
 */
const patients = `3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0 1.6 5.6 5 1
3.8 5.7 5 1 3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1 4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1 4.2 7.6 4 0
4.0 6.6 6 0 3.5 5.8 6 1 3.8 6.8 7 1 3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1 4.3 7.0 5 1 4.3 6.5 4 1
3.2 5.1 5 1 2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1 3.5 6.2 5 1 2.9 5.7 9 0 2.1 4.8 7 1
2.8 6.2 8 0 4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1 3.6 6.6 5 1`
  .split(/\s+/)
  .map(Number);
const column = (at: number) => patients.filter((_, i) => i % 4 === at);
const [albumin, protein, truth] = [column(0), column(1), column(3)];
const score = column(2).map((value) => 10 - value);

describe("DeLong's worked example", () => {
  test.each([
    ["albumin", albumin, 0.7366, 0.5549, 0.9182],
    ["total protein", protein, 0.6478, 0.4518, 0.8439],
    ["K-G score", score, 0.7258, 0.5243, 0.9273],
  ])("%s: the area and its interval, to four digits", (_, scores, area, low, high) => {
    expect(truth.length).toBe(43);
    expect(rocAuc(truth, scores).value).toBeCloseTo(area, 4);
    expect(delong(truth, scores).interval![0]).toBeCloseTo(low, 4);
    expect(delong(truth, scores).interval![1]).toBeCloseTo(high, 4);
  });

  test.each([
    ["albumin", albumin, 0.0108, -0.1761, 0.1976, 0.0127, 0.9102],
    ["total protein", protein, -0.078, -0.283, 0.1271, 0.5554, 0.4561],
  ])("%s against the K-G score: difference, interval, chi squared and p, to four digits", (_, scores, ...want) => {
    const { difference, interval, z: ratio, pValue } = pairedDelong(truth, score, scores);
    const got = [difference!, interval![0], interval![1], ratio! * ratio!, pValue!];
    got.forEach((value, i) => expect(value).toBeCloseTo(want[i], 4));
  });
});

describe("DeLong's paired test", () => {
  const rows = fc
    .array(fc.tuple(fc.nat(1), fc.nat(9), fc.nat(9)), { minLength: 6, maxLength: 40 })
    .map((list) => ({ truth: list.map(([t]) => t), first: list.map(([, a]) => a), second: list.map(([, , b]) => b) }));

  test("turns its sign when the models change places, and does not depend on the order of the images, to 1e-12", () => {
    fc.assert(
      fc.property(rows, ({ truth, first, second }) => {
        const there = pairedDelong(truth, first, second);
        const back = pairedDelong(truth, second, first);
        const turned = pairedDelong(truth.toReversed(), first.toReversed(), second.toReversed());
        expect(there.first).toBe(back.second);
        if (there.difference === null) return;
        expect(there.first).toBeCloseTo(rocAuc(truth, first).value!, 12);
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        if (there.pValue === null || back.pValue === null || turned.pValue === null) return;
        expect(back.pValue).toBeCloseTo(there.pValue, 9);
        expect(turned.pValue).toBeCloseTo(there.pValue, 9);
      }),
    );
  });

  test("of models that are equally good has p below 0.05 in 3 to 7 % of 1,000 draws of 80 images", () => {
    let small = 0;
    for (let draw = 0; draw < 1000; draw++) {
      const random = stream(draw, "phantom");
      const labels = Array.from({ length: 80 }, (_, i) => i % 2);
      const scores = (of: number) => labels.map((t, i) => t + random.normal(i) + random.normal(80 * of + i));
      if (pairedDelong(labels, scores(1), scores(2)).pValue! < 0.05) small++;
    }
    expect(small).toBeGreaterThan(30);
    expect(small).toBeLessThan(70);
  });

  test("is null with a reason where there is no variance, or a class is missing", () => {
    expect(pairedDelong([1, 1], [0, 1], [0, 1])).toMatchObject({
      first: null,
      reason: "no image of the negative class",
    });
    expect(pairedDelong([0, 1, 1], [0, 1, 2], [2, 1, 0])).toMatchObject({
      difference: -1,
      pValue: null,
      reason: "a class has a single image, which has no variance",
    });
    expect(pairedDelong([0, 0, 1, 1], [0, 2, 1, 3], [0, 4, 2, 6])).toMatchObject({ difference: 0, pValue: null });
    expect(() => pairedDelong([0, 1], [0, 1], [0])).toThrow(/scores: expected 2 values/);
  });
});

describe("McNemar's test", () => {
  /** Images that both, only the first, only the second, and neither has right. */
  const images = (both: number, onlyFirst: number, onlySecond: number, neither: number) => {
    const kinds = [
      [both, 1, 1],
      [onlyFirst, 1, 0],
      [onlySecond, 0, 1],
      [neither, 0, 0],
    ];
    const of = (at: number) => kinds.flatMap((kind) => Array<number>(kind[0]).fill(kind[at]));
    return [of(1).map(() => 1), of(1), of(2)] as const;
  };

  test("gives the worked example of Fagerlund et al. 2013: 1 and 7 of 21, exact p 0.070, mid-p 0.039, asymptotic 0.034", () => {
    const { onlyFirst, onlySecond, exact, midP, asymptotic } = mcnemar(...images(1, 1, 7, 12));
    expect([onlyFirst, onlySecond]).toEqual([1, 7]);
    expect(exact).toBeCloseTo(0.0703, 4);
    expect(midP).toBeCloseTo(0.0391, 4);
    expect(asymptotic).toBeCloseTo(0.0339, 4);
  });

  test.each([
    // scipy.stats.binomtest(min, sum, 0.5).pvalue and chi2.sf((b - c)^2 / (b + c), 1)
    [12, 30, 0.007915897334896727, 0.00547855324254737],
    [400, 460, 0.04416954819458915, 0.040758041466261864],
    [6, 6, 1, 1],
  ])("%i against %i differences are SciPy's to 1e-9", (b, c, exact, asymptotic) => {
    const got = mcnemar(...images(50, b, c, 3));
    expect(got.exact).toBeCloseTo(exact, 9);
    expect(got.asymptotic).toBeCloseTo(asymptotic, 9);
    expect(got.difference).toBeCloseTo((c - b) / (53 + b + c), 12);
  });

  test("models that never differ have p-values of 1, and the p-values stay when the models change places", () => {
    expect(mcnemar([0, 1], [0, 1], [0, 1])).toMatchObject({ difference: 0, exact: 1, midP: 1, asymptotic: 1 });
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), (b, c) => {
        const [labels, first, second] = images(4, b, c, 4);
        const there = mcnemar(labels, first, second);
        const back = mcnemar(labels, second, first);
        expect([back.exact, back.midP, back.asymptotic]).toEqual([there.exact, there.midP, there.asymptotic]);
        expect(there.midP).toBeLessThanOrEqual(there.exact);
        expect(there.exact).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("Wilson's interval", () => {
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])(
    "of %i in %i is that of Newcombe 1998 (Statistics in Medicine 17, table I, method 3), to four digits",
    (r, n, low, high) => {
      const { interval } = wilson(r, n);
      expect(interval![0]).toBeCloseTo(low, 4);
      expect(interval![1]).toBeCloseTo(high, 4);
    },
  );
});

describe("the normal distribution", () => {
  test.each([
    // 2 * scipy.stats.norm.sf
    [0.1, 0.920344325445942],
    [1, 0.31731050786291415],
    [2.4999, 0.012422836749889175],
    [2.5, 0.012419330651552265],
    [3, 0.0026997960632601866],
    [5, 5.733031437583866e-7],
    [8, 1.244192114854348e-15],
  ])("has SciPy's tails beyond %d, to 1e-13 relatively", (x, tail) => {
    expect(twoSidedTail(x) / tail).toBeCloseTo(1, 12);
    expect(twoSidedTail(-x)).toBe(twoSidedTail(x));
    expect(normalQuantile(normalShare(-x))).toBeCloseTo(-x, 9);
  });

  test("has the quantile 1.95996 at 0.975; Student's are SciPy's to 1 %, to 1e-4 from 10 degrees of freedom on", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(z, 12);
    expect(studentQuantile(3) / 3.182446305284263).toBeCloseTo(1, 1);
    expect(studentQuantile(10) / 2.2281388519649385).toBeCloseTo(1, 3);
    expect(studentQuantile(49) / 2.009575234489209).toBeCloseTo(1, 6);
  });
});
