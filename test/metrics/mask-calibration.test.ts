// One temperature for all voxels: that of fitTemperature, from binned logits; no voxel changes sides.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitTemperature } from "../../src/metrics/calibration.ts";
import { logLoss, brier, expectedCalibrationError } from "../../src/metrics/probability-scores.ts";
import { calibrateVoxel, calibrateVoxels, createVoxelLogits } from "../../src/metrics/mask-calibration.ts";
import { voxelScores, voxelSums } from "../../src/metrics/voxel-scores.ts";
import { stream } from "../../src/random.ts";

const random = stream(3, "phantom");

/** Probabilities whose logits are `factor` times too large, and what came true of them. */
function overconfident(count: number, factor: number) {
  const logits = Float64Array.from({ length: count }, (_, i) => 2 * random.normal(i));
  const truth = Uint8Array.from(logits, (z, i) => Number(random.uniform(50000 + i) < 1 / (1 + Math.exp(-z))));
  const said = Float32Array.from(logits, (z) => 1 / (1 + Math.exp(-factor * z)));
  return { truth, said };
}

/** Both classes beside one another, as the functions of labels take them. */
const pairs = (p: Float32Array) => Float32Array.from({ length: 2 * p.length }, (_, i) => (i % 2 ? p[i >> 1] : 1 - p[i >> 1])); // prettier-ignore

describe("the temperature of voxels", () => {
  test("is that of fitTemperature to 1e-3, and finds how far logits were stretched", () => {
    for (const factor of [0.5, 1, 3]) {
      const { truth, said } = overconfident(20000, factor);
      const voxels = createVoxelLogits();
      said.forEach((p, i) => voxels.add(p, truth[i] === 1, 1));
      const found = voxels.temperature();
      const exact = fitTemperature(truth, pairs(said), 2, undefined, 2.98023223876953125e-8);
      expect(Math.abs(found / exact - 1), `${found} and ${exact}`).toBeLessThan(1e-3);
      expect(Math.abs(found / factor - 1)).toBeLessThan(0.05);
      const own = logLoss(Int32Array.from(truth), pairs(calibrateVoxels(said, found)), 2).value!;
      expect(Math.abs(voxels.logLoss(found) - own)).toBeLessThan(1e-4);
      expect(voxels.logLoss(found)).toBeLessThanOrEqual(voxels.logLoss(1));
    }
  });

  test("counts a voxel as often as its weight says", () => {
    const { truth, said } = overconfident(500, 2);
    const [weighted, repeated] = [createVoxelLogits(), createVoxelLogits()];
    said.forEach((p, i) => {
      weighted.add(p, truth[i] === 1, i % 3);
      for (let time = 0; time < i % 3; time++) repeated.add(p, truth[i] === 1, 1);
    });
    expect(weighted.temperature()).toBeCloseTo(repeated.temperature(), 9);
  });

  test("is not below 1 where every voxel is right, and none where a probability is no number", () => {
    const voxels = createVoxelLogits();
    [0.9, 0.8, 0.1].forEach((p) => voxels.add(p, p > 0.5, 1));
    expect(voxels.temperature()).toBe(1);
    expect(voxels.isBroken).toBe(false);
    voxels.add(NaN, true, 1);
    expect(voxels.isBroken).toBe(true);
    expect(createVoxelLogits().isBroken).toBe(true);
  });
});

describe("calibrated voxels", () => {
  test("stay on their side of 0.5 and in their order, at any temperature", () => {
    const p = fc.float({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(p, p, fc.double({ min: 0.05, max: 20, noNaN: true }), (a, b, temperature) => {
        const [x, y] = calibrateVoxels(Float32Array.of(a, b), temperature);
        expect(x >= 0.5).toBe(a >= 0.5);
        if (a <= b) expect(x).toBeLessThanOrEqual(y);
      }),
    );
  });

  test("are the sigmoid of the logit over the temperature, 0, 0.5 and 1 as they are", () => {
    expect(calibrateVoxel(0.9, 2)).toBeCloseTo(0.75, 12);
    expect([0, 0.5].map((p) => calibrateVoxel(p, 3))).toEqual([0, 0.5]);
    // The largest float32 below 1 has a logit of 16.6.
    const [below1, one] = [calibrateVoxel(0.9999999403953552, 5), calibrateVoxel(1, 5)];
    expect(below1).toBeCloseTo(0.9653, 4);
    expect(one).toBeCloseTo(0.9697, 4);
    expect(calibrateVoxel(1, 0.5)).toBeCloseTo(1, 12);
    const below = 0.4999999701976776;
    expect(calibrateVoxels(Float32Array.of(below), 20)[0]).toBe(below);
  });
});

test("sums of images make Brier score, log loss and calibration error of all voxels, as those of labels", () => {
  const { truth, said } = overconfident(600, 2);
  const sums = [0, 1, 2].map((image) => voxelSums(said, image, truth.subarray(200 * image, 200 * image + 200), 1));
  const found = voxelScores(sums, [1, 1, 1]);
  const labels = Int32Array.from(truth);
  expect(found.brier).toBeCloseTo(brier(labels, pairs(said), 2).value!, 7);
  expect(found.logLoss).toBeCloseTo(logLoss(labels, pairs(said), 2).value!, 6);
  expect(found.expectedCalibrationError).toBeCloseTo(expectedCalibrationError(labels, pairs(said), 2).value!, 7);
  expect(voxelScores(sums, [0, 2, 0]).brier).toBeCloseTo(voxelScores([sums[1]], [1]).brier, 12);
});
