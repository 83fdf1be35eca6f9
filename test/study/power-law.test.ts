import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorAt, extrapolate, fitPowerLaw } from "../../src/study/power-law.ts";

const sizes = [50, 100, 200, 400];

describe("the power law of a learning curve", () => {
  test("is found again where the errors follow one, to 1e-6 at twice the images", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (floor, factor, twentieths) => {
          const law = { floor, factor, exponent: 0.05 * twentieths };
          const found = fitPowerLaw(sizes.map((images) => ({ images, error: errorAt(law, images) })));
          expect(Math.abs(errorAt(found, 800) - errorAt(law, 800))).toBeLessThan(1e-6);
        },
      ),
    );
  });

  test("never rises and never falls below 0", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }), (errors) => {
        const law = fitPowerLaw(sizes.map((images, i) => ({ images, error: errors[i] })));
        expect(errorAt(law, 800)).toBeLessThanOrEqual(errorAt(law, 400));
        expect(errorAt(law, 1e6)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("has an interval that the noise widens and that holds the truth, in 90 of 100 curves or more", () => {
    const truth = { floor: 0.1, factor: 4, exponent: 0.5 };
    let held = 0;
    for (let seed = 0; seed < 100; seed++) {
      const draw = (i: number) => Math.sin(1000 * seed + 77 * i) * 0.02 * Math.SQRT2;
      const points = sizes.map((images, i) => ({
        images,
        error: errorAt(truth, images) + draw(i),
        standardError: 0.02,
      }));
      const { interval } = extrapolate(points, 800, seed);
      if (interval[0] <= errorAt(truth, 800) && errorAt(truth, 800) <= interval[1]) held++;
    }
    expect(held).toBeGreaterThanOrEqual(90);
    const exact = sizes.map((images) => ({ images, error: errorAt(truth, images), standardError: 0 }));
    const { error, interval } = extrapolate(exact, 800, 1);
    expect(interval).toEqual([error, error]);
  });
});
