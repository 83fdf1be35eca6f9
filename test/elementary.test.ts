import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cos, exp, log, pow, sin, tanh } from "../src/elementary.ts";
import { exactly, ulpsFrom } from "./oracle/exact.ts";
import { ulpError64 } from "./oracle/ulp.ts";

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** 2,000,000 numbers spread evenly over an interval. */
function* sweep(low: number, high: number): Generator<number> {
  for (let i = 0; i < 2000000; i++) yield low + ((high - low) * (i + 0.37)) / 2000000;
}

describe.each([
  { name: "exp", got: exp, truth: exactly.exp, low: -745, high: 709.5, bound: 1 },
  { name: "exp", got: exp, truth: exactly.exp, low: -1, high: 1, bound: 1 },
  { name: "log", got: log, truth: exactly.log, low: 2 ** -1074, high: 2, bound: 1 },
  { name: "log", got: log, truth: exactly.log, low: 2, high: 2 ** 200, bound: 1 },
  { name: "sin", got: sin, truth: exactly.sin, low: -10, high: 10, bound: 1 },
  { name: "sin", got: sin, truth: exactly.sin, low: -1647099, high: 1647099, bound: 1 },
  { name: "cos", got: cos, truth: exactly.cos, low: -10, high: 10, bound: 1 },
  { name: "cos", got: cos, truth: exactly.cos, low: -1647099, high: 1647099, bound: 1 },
  { name: "tanh", got: tanh, truth: exactly.tanh, low: -20, high: 20, bound: 2 },
] as const)("$name from $low to $high", ({ name, got, truth, low, high, bound }) => {
  it(`is within ${bound} ulp of the truth, known to 200 bits, at drawn numbers`, () => {
    fc.assert(
      fc.property(between(low, high), (x) => {
        expect(ulpsFrom(truth(x), got(x))).toBeLessThan(bound);
      }),
      { numRuns: 300 },
    );
  });

  it(`is within ${bound + 1} ulp of Math.${name} at 2 million numbers`, () => {
    let worst = 0;
    for (const x of sweep(low, high)) worst = Math.max(worst, ulpError64(got(x), Math[name](x)));
    expect(worst).toBeLessThanOrEqual(bound + 1);
  });
});

describe("pow", () => {
  it("of a base in (0, 1] to an exponent up to 1e6 is within 1 ulp of the truth", () => {
    // Bases near 1, so that the results spread over the whole range.
    const drawn = fc.tuple(between(1, 1e6), between(0, 700)).map(([y, z]) => [Math.exp(-z / y), y]);
    fc.assert(
      fc.property(fc.oneof(drawn, fc.tuple(between(1e-4, 1), fc.integer({ min: 1, max: 60 }))), ([x, y]) => {
        expect(ulpsFrom(exactly.pow(x, y), pow(x, y))).toBeLessThan(1);
      }),
      { numRuns: 1000 },
    );
  });

  it("of any positive base is within 1 ulp of the truth", () => {
    fc.assert(
      fc.property(between(1e-6, 1e6), between(-40, 40), (x, y) => {
        expect(ulpsFrom(exactly.pow(x, y), pow(x, y))).toBeLessThan(1);
      }),
      { numRuns: 1000 },
    );
  });

  it("of an integer to an integer is exact where the result is below 2^53", () => {
    for (let x = -40; x <= 40; x++) {
      for (let y = 1, want = x; Math.abs(want) <= Number.MAX_SAFE_INTEGER && y < 53; y++, want *= x)
        expect(pow(x, y)).toBe(want);
    }
  });

  it("of 2 is exact over the whole range of exponents", () => {
    for (let y = -1074, want = 2 ** -1074; y <= 1023; y++, want *= 2) expect(pow(2, y)).toBe(want);
  });

  it("has the special cases of Math.pow", () => {
    const special = [NaN, -Infinity, -1e300, -2.5, -2, -1, -0.5, -0, 0, 0.5, 1, 3, 1e300, Infinity, 5e-324];
    for (const x of special) {
      for (const y of special) {
        const [got, want] = [pow(x, y), Math.pow(x, y)];
        if (ulpError64(got, want) > 1) expect.fail(`pow(${x}, ${y}): expected ${want}, got ${got}`);
      }
    }
  });
});

it.each([
  ["exp", exp, [-Infinity, -746, -0, 0, 710, Infinity, NaN], [0, 0, 1, 1, Infinity, Infinity, NaN]],
  ["log", log, [-Infinity, -1, -0, 0, 1, Infinity, NaN], [NaN, NaN, -Infinity, -Infinity, 0, Infinity, NaN]],
  ["sin", sin, [-0, 0, 2 ** -1074, NaN], [-0, 0, 2 ** -1074, NaN]],
  ["cos", cos, [-0, 0, 2 ** -1074, NaN], [1, 1, 1, NaN]],
  ["tanh", tanh, [-Infinity, -0, 0, 2 ** -1074, 40, Infinity, NaN], [-1, -0, 0, 2 ** -1074, 1, 1, NaN]],
] as const)("%s has its exact special values", (_name, got, x, want) => {
  expect(x.map((value) => got(value))).toEqual(want);
});

it("sin and cos refuse angles that they cannot reduce", () => {
  expect(() => sin(1647100)).toThrow(RangeError);
  expect(() => cos(-Infinity)).toThrow("expected an angle of at most 1647099 radians, got -Infinity");
});

it("sin and cos keep their accuracy beside the multiples of pi / 2", () => {
  for (let n = 1; n < 1048576; n = n * 2 + 1) {
    const angle = (n * Math.PI) / 2;
    expect(ulpsFrom(exactly.sin(angle), sin(angle))).toBeLessThan(1);
    expect(ulpsFrom(exactly.cos(angle), cos(angle))).toBeLessThan(1);
  }
});
