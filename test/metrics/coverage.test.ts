import { expect, test } from "vitest";
import { maskCoverageOf, trueMaskFigures } from "../../bench/coverage-of-masks.ts";
import { coverageOf, trueFigures } from "../../bench/coverage-of.ts";

// The whole table is in docs/numerics.md: `npm run bench -- coverage`. Of 400 sets 95 % is 91.7 to 98.3 % within three
// standard errors.
test.each([
  { prevalence: 0.5, skill: 1.5, sharpness: 2, imagesPerPatient: 1 },
  { prevalence: 0.4, skill: 1.5, sharpness: 1.5, imagesPerPatient: 4 },
  { prevalence: 0.4, skill: 1.5, sharpness: 1.5, imagesPerPatient: 4, spread: 0.6 },
])("the intervals of 60 units cover the true figure in 91.5 to 98.5 % of 400 sets: %o", (world) => {
  const known = trueFigures(world, 200_000);
  const found = coverageOf({ world, count: 60 * world.imagesPerPatient, sets: 400, resamples: 300 }, known);
  expect(found.length).toBeGreaterThan(12);
  for (const { name, intervals, covering } of found) {
    expect(intervals, name).toBeGreaterThan(380);
    // Of 300 resamples the average precision is covered a little less than of 10,000 (docs/numerics.md).
    expect(covering / intervals, name).toBeGreaterThan(name === "averagePrecision" ? 0.905 : 0.915);
    expect(covering / intervals, name).toBeLessThan(0.985);
  }
});

test("the intervals of 60 masks of different sizes, a tenth missed, cover the true figure in 91.5 to 98.5 % of 400 sets", () => {
  const world = { missed: 0.1, logit: 1.8, imagesPerPatient: 1 };
  const known = trueMaskFigures(world, 100_000);
  const found = maskCoverageOf({ world, count: 60, sets: 400, resamples: 300 }, known);
  expect(found.length).toBeGreaterThan(12);
  for (const { name, intervals, covering } of found) {
    expect(intervals, name).toBe(400);
    expect(covering / intervals, name).toBeGreaterThan(0.915);
    expect(covering / intervals, name).toBeLessThan(0.985);
  }
});
