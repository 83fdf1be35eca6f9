import { describe, expect, it } from "vitest";
import { deform } from "../../src/index.ts";
import { planAugmentation } from "../../src/data/augment-plan.ts";
import { drawKinds, stream } from "../../src/random.ts";
import { Workbench } from "../assembly/workbench.ts";

/** The four weights of a cubic B-spline at t, and their slopes. */
const weightsAt = (t: number) => [(1 - t) ** 3 / 6, (3 * t ** 3 - 6 * t ** 2 + 4) / 6, (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6, t ** 3 / 6]; // prettier-ignore
const slopesAt = (t: number) => [-((1 - t) ** 2) / 2, (9 * t ** 2 - 12 * t) / 6, (-9 * t ** 2 + 6 * t + 3) / 6, t ** 2 / 2]; // prettier-ignore

/** At each of the places along an axis: the first control point, weights and slopes. */
function basis(places: readonly number[], n: number, cells: number) {
  return places.map((i) => {
    if (cells === 0) return { first: 0, weights: [1], slopes: [0] };
    const u = (i * cells) / (n - 1);
    const first = Math.min(Math.floor(u), cells - 1);
    return { first, weights: weightsAt(u - first), slopes: slopesAt(u - first) };
  });
}

describe.each([
  { shape: [10, 10, 10], step: 1, magnitude: 0.4, bound: 1 / 2.479472335 },
  { shape: [64, 64, 64], step: 7, magnitude: 0.4, bound: 1 / 2.479472335 },
  { shape: [28, 28], step: 1, magnitude: 0.48, bound: 1 / 2.046392675 },
])("10,000 deformations of $shape at the largest magnitude", ({ shape, step, magnitude, bound }) => {
  it("have control points within the bound of Choi & Lee (2000) and a positive Jacobian at every voxel (of 64^3 at every 7th)", async () => {
    const bench = await Workbench.create("reproducible.release");
    const { grid, sizes } = planAugmentation([deform({ magnitude: 0.48 })], shape);
    if (!grid) throw new Error("expected a grid");
    const { points, cells, columns, amplitude } = grid;
    const length = 3 * points[1] * points[2] * columns;
    const control = bench.reserve(4 * length);
    const scratch = bench.reserve(2 * length);
    const matrix = bench.reserve(72);
    // In units of the grid's spacing, in which the determinant is the same.
    const numbers = new Float64Array(bench.memory.buffer, matrix, 9);
    for (let axis = 0; axis < 3; axis++)
      numbers[4 * axis] = cells[axis] > 0 ? (amplitude[axis] * cells[axis]) / (sizes[axis] - 1) : 0;
    const values = new Float32Array(bench.memory.buffer, control, length);
    const [bx, by, bz] = sizes.map((n, axis) => basis(Array.from({ length: Math.ceil(n / step) }, (_, i) => step * i), n, cells[axis])); // prettier-ignore
    const { key, counter } = stream(7, "augment", 1);
    let largest = 0;
    let smallest = Infinity;
    // Rows of control points joined along z and y: value, slope along y, slope along z.
    const rows = new Float64Array(9 * columns);
    for (let draw = 0; draw < 10000; draw++) {
      bench.kernels.drawControl(control, matrix, scratch, points[1] * points[2], columns, key[0], key[1], counter, drawKinds.deformation, draw); // prettier-ignore
      for (const value of values) largest = Math.max(largest, Math.abs(value));
      for (const [z, y] of bz.flatMap((slice) => by.map((line) => [slice, line] as const))) {
        rows.fill(0);
        for (let c = 0; c < z.weights.length; c++)
          for (let b = 0; b < y.weights.length; b++) {
            const from = ((z.first + c) * points[1] + y.first + b) * 3 * columns;
            const [v, vy, vz] = [z.weights[c] * y.weights[b], z.weights[c] * y.slopes[b], z.slopes[c] * y.weights[b]];
            for (let i = 0; i < 3 * columns; i++) {
              rows[i] += v * values[from + i];
              rows[3 * columns + i] += vy * values[from + i];
              rows[6 * columns + i] += vz * values[from + i];
            }
          }
        for (const x of bx) {
          const j = [1, 0, 0, 0, 1, 0, 0, 0, 1];
          for (let a = 0; a < x.weights.length; a++)
            for (let axis = 0; axis < 3; axis++) {
              const at = axis * columns + x.first + a;
              j[3 * axis] += x.slopes[a] * rows[at];
              j[3 * axis + 1] += x.weights[a] * rows[3 * columns + at];
              j[3 * axis + 2] += x.weights[a] * rows[6 * columns + at];
            }
          const determinant =
            j[0] * (j[4] * j[8] - j[5] * j[7]) -
            j[1] * (j[3] * j[8] - j[5] * j[6]) +
            j[2] * (j[3] * j[7] - j[4] * j[6]);
          smallest = Math.min(smallest, determinant);
        }
      }
    }
    bench.checkGuards();
    expect(largest).toBeLessThanOrEqual(Math.fround(magnitude));
    expect(largest).toBeGreaterThan(0.99 * magnitude);
    expect(magnitude).toBeLessThan(bound);
    expect(smallest).toBeGreaterThan(0);
  }, 300000);
});
