import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { softmaxOracle } from "../oracle/activation.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";
import { builds, tensorError, Workbench } from "./workbench.ts";

interface SoftmaxCase {
  activation: string;
  x: Tensor;
  y: Tensor;
  upstream: Tensor;
  dx: Tensor;
}

const cases = readVectors<SoftmaxCase>("activations").filter((item) => item.activation === "softmax");

describe.each(builds)("softmax (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function run(values: ArrayLike<number>, upstream: ArrayLike<number>, rows: number, columns: number, shift = 0) {
    bench.reset();
    const n = rows * columns;
    const unset = new Float32Array(n).fill(NaN);
    const [x, dy] = [bench.floats(values, shift), bench.floats(upstream, shift)];
    const [y, dx] = [bench.floats(unset, shift), bench.floats(unset, shift)];
    bench.kernels.softmaxForward(y, x, rows, columns);
    bench.kernels.softmaxBackward(dx, dy, y, rows, columns);
    bench.checkGuards();
    return { y: bench.readFloats(y, n), dx: bench.readFloats(dx, n) };
  }

  it.each(cases)("of $x.shape agrees with PyTorch: value and gradient to 1e-5 of the largest", (item) => {
    const [rows, columns] = item.x.shape;
    const { y, dx } = run(item.x.data, item.upstream.data, rows, columns);
    expect(tensorError(y, item.y.data)).toBeLessThanOrEqual(1e-5);
    expect(tensorError(dx, item.dx.data)).toBeLessThanOrEqual(1e-5);
  });

  const drawn = fc
    .record({ rows: fc.integer({ min: 0, max: 5 }), columns: fc.integer({ min: 1, max: 19 }) })
    .chain(({ rows, columns }) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        shift: fc.constantFrom(0, 4, 8, 12),
        x: fc.array(fc.float({ min: -20, max: 20, noNaN: true }), {
          minLength: rows * columns,
          maxLength: rows * columns,
        }),
      }),
    );

  it("agrees with its float64 twin to 3e-6 of each element (the rounding of x - max) at any shape; its rows sum to 1 within 5e-7", () => {
    fc.assert(
      fc.property(drawn, ({ x, rows, columns, shift }) => {
        const { y } = run(x, x, rows, columns, shift);
        const want = softmaxOracle(x, rows, columns);
        y.forEach((value, i) => {
          expect(Math.abs(value - want[i])).toBeLessThanOrEqual(3e-6 * want[i] + 1e-38);
        });
        for (let row = 0; row < rows; row++) {
          const total = y.slice(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, 0);
          expect(Math.abs(total - 1)).toBeLessThanOrEqual(5e-7);
        }
      }),
    );
  });

  it("has the gradient of the central difference of its float64 twin, to 2e-6 of an element", () => {
    fc.assert(
      fc.property(drawn, ({ x, rows, columns, shift }) => {
        const upstream = x.map((_, i) => Math.fround(Math.cos(i)));
        const { dx } = run(x, upstream, rows, columns, shift);
        const objective = (i: number, step: number) => {
          const moved = softmaxOracle(
            x.map((value, j) => (i === j ? value + step : value)),
            rows,
            columns,
          );
          return moved.reduce((sum, value, j) => sum + value * upstream[j], 0);
        };
        dx.forEach((value, i) => {
          const difference = (objective(i, 1e-5) - objective(i, -1e-5)) / 2e-5;
          expect(Math.abs(value - difference)).toBeLessThanOrEqual(2e-6);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("keeps the digits of a row that is nearly 0 and 1: its gradient is within 1e-5 of the largest of y_i sum y_j (dy_i - dy_j)", () => {
    const row = fc.array(fc.float({ min: -40, max: 40, noNaN: true }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(row, (x) => {
        const upstream = x.map((_, i) => Math.fround(Math.cos(i)));
        const { dx } = run(x, upstream, 1, x.length);
        const y = softmaxOracle(x, 1, x.length);
        const want = x.map((_, i) => x.reduce((sum, _value, j) => sum + y[i] * y[j] * (upstream[i] - upstream[j]), 0));
        // Smaller gradients are subnormal.
        if (Math.max(...want.map(Math.abs)) > 1e-32) expect(tensorError(dx, want)).toBeLessThanOrEqual(1e-5);
      }),
    );
  });

  it("works in place, forward over x and backward over dy", () => {
    for (const columns of [1, 2, 3, 4, 5, 9]) {
      const values = Float32Array.from({ length: 3 * columns }, (_, i) => Math.sin(i) * 5);
      const want = run(values, values, 3, columns);
      bench.reset();
      const [y, dy] = [bench.floats(values), bench.floats(values)];
      bench.kernels.softmaxForward(y, y, 3, columns);
      bench.kernels.softmaxBackward(dy, dy, y, 3, columns);
      bench.checkGuards();
      expect([...bench.readFloats(y, 3 * columns)]).toEqual([...want.y]);
      expect([...bench.readFloats(dy, 3 * columns)]).toEqual([...want.dx]);
    }
  });

  it("of the largest floats is finite, of -infinity 0, and a row with a NaN is NaN throughout", () => {
    const x = [3.4e38, -3.4e38, 3.4e38, -Infinity, 0, 0, 1, NaN, 3];
    const { y } = run(x, x, 3, 3);
    expect([...y]).toEqual([0.5, 0, 0.5, 0, 0.5, 0.5, NaN, NaN, NaN]);
  });
});
