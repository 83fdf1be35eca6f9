import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { activations } from "../oracle/activation.ts";
import type { Activation } from "../oracle/activation.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";
import { builds, edgeLengths, tensorError, Workbench } from "./workbench.ts";

interface ActivationCase {
  activation: string;
  x: Tensor;
  y: Tensor;
  upstream: Tensor;
  dx: Tensor;
}

const cases = readVectors<ActivationCase>("activations").filter((item) => item.activation !== "softmax");

type Kernel = (...addressesAndSizes: number[]) => void;

describe.each(builds)("activations (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  const kernel = (name: string) => (bench.kernels as unknown as Record<string, Kernel>)[name];

  function run({ name, parameter }: Activation, values: ArrayLike<number>, upstream: ArrayLike<number>, shift = 0) {
    bench.reset();
    const n = values.length;
    const unset = new Float32Array(n).fill(NaN);
    const [x, dy] = [bench.floats(values, shift), bench.floats(upstream, shift)];
    const [y, dx] = [bench.floats(unset, shift), bench.floats(unset, shift)];
    const last = parameter === undefined ? [] : [parameter];
    kernel(`${name}Forward`)(y, x, n, ...last);
    kernel(`${name}Backward`)(dx, dy, x, y, n, ...last);
    bench.checkGuards();
    return { y: bench.readFloats(y, n), dx: bench.readFloats(dx, n) };
  }

  it.each(cases)("$activation agrees with PyTorch: value and gradient to 1e-5 of the largest", (item) => {
    const subject = activations.find(({ name }) => name === item.activation)!;
    const { y, dx } = run(subject, item.x.data, item.upstream.data);
    expect(tensorError(y, item.y.data)).toBeLessThanOrEqual(1e-5);
    expect(tensorError(dx, item.dx.data)).toBeLessThanOrEqual(1e-5);
  });

  const labelled = activations.map((subject) => [`${subject.name}(${subject.parameter ?? ""})`, subject] as const);
  describe.each(labelled)("%s", (_label, subject) => {
    it("agrees with its float64 twin to 2e-6 (1 + |x|) of an element, at any length and alignment", () => {
      const value = fc.float({ min: -30, max: 30, noNaN: true });
      const pair = fc.tuple(value, fc.float({ min: -1, max: 1, noNaN: true }));
      fc.assert(
        fc.property(fc.array(pair, { maxLength: 40 }), fc.constantFrom(0, 4, 8, 12), (pairs, shift) => {
          const x = pairs.map((both) => both[0]);
          const { y, dx } = run(
            subject,
            x,
            pairs.map((both) => both[1]),
            shift,
          );
          pairs.forEach(([at, upstream], i) => {
            const tolerance = 2e-6 * (1 + Math.abs(at));
            expect(Math.abs(y[i] - subject.value(at))).toBeLessThanOrEqual(tolerance);
            expect(Math.abs(dx[i] - upstream * subject.slope(at))).toBeLessThanOrEqual(tolerance);
          });
        }),
      );
    });

    it("has the slope of the central difference of its float64 value, to 1e-6 of an element", () => {
      const x = Float32Array.from({ length: 61 }, (_, i) => (i - 30) / 4 + 0.11);
      const { dx } = run(subject, x, new Float32Array(x.length).fill(1));
      x.forEach((at, i) => {
        const difference = (subject.value(at + 1e-5) - subject.value(at - 1e-5)) / 2e-5;
        expect(Math.abs(dx[i] - difference)).toBeLessThanOrEqual(1e-6);
      });
    });

    it("works in place, forward over x and backward over dy, at every length around the vector edge", () => {
      for (const length of edgeLengths) {
        const values = Float32Array.from({ length }, (_, i) => Math.sin(i) * 4);
        const upstream = Float32Array.from({ length }, (_, i) => Math.cos(i));
        const want = run(subject, values, upstream);
        const last = subject.parameter === undefined ? [] : [subject.parameter];
        bench.reset();
        const [x, dy, y] = [bench.floats(values), bench.floats(upstream), bench.floats(values)];
        kernel(`${subject.name}Forward`)(y, y, length, ...last);
        kernel(`${subject.name}Backward`)(dy, dy, x, y, length, ...last);
        bench.checkGuards();
        expect([...bench.readFloats(y, length)]).toEqual([...want.y]);
        expect([...bench.readFloats(dy, length)]).toEqual([...want.dx]);
      }
    });

    it("stays finite up to the largest float, and lets NaN through", () => {
      const extremes = [3.4e38, 1e30, 1e20, 1e10, 1e3, 100, 1e-20, 1e-45, 0];
      const x = [...extremes, ...extremes.map((value) => -value)];
      const { y, dx } = run(subject, x, new Float32Array(x.length).fill(1));
      // selu's scale of 1.05 overflows at the very largest, as it does in PyTorch.
      const start = subject.name === "selu" ? 1 : 0;
      expect([...y.slice(start), ...dx].filter((value) => !Number.isFinite(value))).toEqual([]);
      expect(run(subject, [NaN], [1]).y).toEqual(new Float32Array([NaN]));
    });
  });

  const places = [-Infinity, Infinity, NaN, -3e38, 3e38, -0];
  const [low, top] = [Math.fround(-3e38), Math.fround(3e38)];
  it.each([
    ["relu", [0, Infinity, NaN, 0, top, -0], [0, 1, 1, 0, 1, 0]],
    ["leakyRelu", [-Infinity, Infinity, NaN, low * 0.01, top, 0], [0.01, 1, 0.01, 0.01, 1, 0.01]],
    ["elu", [-1, Infinity, NaN, -1, top, 0], [0, 1, NaN, 0, 1, 1]],
    ["sigmoid", [0, 1, NaN, 0, 1, 0.5], [0, 0, NaN, 0, 0, 0.25]],
    ["tanh", [-1, 1, NaN, -1, 1, 0], [0, 0, NaN, 0, 0, 1]],
    ["softplus", [0, Infinity, NaN, 0, top, 0.6931472], [0, 1, NaN, 0, 1, 0.5]],
    ["silu", [NaN, Infinity, NaN, 0, top, 0], [NaN, NaN, NaN, 0, 1, 0.5]],
    ["gelu", [NaN, Infinity, NaN, 0, top, 0], [NaN, NaN, NaN, 0, 1, 0.5]],
    ["geluTanh", [NaN, Infinity, NaN, 0, top, 0], [0, 1, NaN, 0, 1, 0.5]],
  ] as [string, number[], number[]][])(
    "%s of infinities, NaN, the largest floats and -0 is what PyTorch 1.13 gives, to 1e-6; so is its gradient, but elu's at NaN is NaN, and geluTanh's at infinities is finite",
    (name, y, dx) => {
      const subject = activations.find((one) => one.name === name)!;
      const got = run(subject, places, Array<number>(6).fill(1), 4);
      const check = (values: Float32Array, want: number[]) =>
        want.forEach((value, i) => {
          if (!Number.isFinite(value)) expect(values[i], `at ${places[i]}`).toBe(value);
          else expect(Math.abs(values[i] - value), `at ${places[i]}`).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(value)));
        });
      check(got.y, y);
      check(got.dx, dx);
    },
  );
});
