import { beforeAll, describe, expect, it } from "vitest";
import { callables, callShape } from "../../src/wasm/calls.ts";
import type { CallableKernels } from "../../src/wasm/calls.ts";
import { builds, Workbench } from "../assembly/workbench.ts";
import { listOn } from "./call-list.ts";

/** Floats that each array of a call has. */
const room = 400;

describe.each(builds)("a list of calls (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build, 1 << 20);
  });

  it.each(callables.filter(isKernel))(
    "carries %s out with the arguments that were recorded: the bits, and what it returns, of calling it at once",
    (name) => {
      const { words, scalars } = callShape(name);
      const run = (asList: boolean) => {
        bench.reset();
        const list = listOn(bench);
        // Arrays first, then sizes: as many words as are not sizes, which every kernel takes at least one of.
        const sizes = sizesOf(name);
        const arrays = Array.from({ length: words - sizes.length }, (_, k) =>
          bench.floats(Float32Array.from({ length: room }, (_, i) => ((7 * i + 13 * k) % 17) / 17)),
        );
        if (name.startsWith("softmaxCrossEntropy")) arrays[2] = bench.integers([0, 2, 1, 0, 2]);
        const given = [...arrays, ...sizes, ...Array.from({ length: scalars }, (_, k) => 0.5 + k / 16)];
        let returned: number | undefined;
        if (asList) {
          (list.recorder[name] as (...given: number[]) => number)(...given);
          expect(list.run()).toBe(-1);
          returned = list.result(0);
        } else {
          returned = (bench.kernels[name] as (...given: number[]) => number | undefined)(...given);
        }
        bench.checkGuards();
        return { returned, after: arrays.map((address) => Array.from(bench.readIntegers(address, room))) };
      };
      const [recorded, direct] = [run(true), run(false)];
      expect(recorded.after).toEqual(direct.after);
      if (direct.returned !== undefined) expect(recorded.returned).toBe(direct.returned);
    },
  );

  it("finds a NaN or infinity at any place of any length, and takes every finite number", () => {
    for (const n of [0, 1, 3, 4, 15, 16, 17, 33, 50]) {
      for (let place = -1; place < n; place++) {
        for (const value of [NaN, -NaN, Infinity, -Infinity]) {
          bench.reset();
          const list = listOn(bench);
          const values = Float32Array.from({ length: n }, (_, i) => (i % 2 ? 3.4028234e38 : -1e-45));
          if (place >= 0) values[place] = value;
          list.requireFinite(bench.floats(values), n);
          expect(list.run()).toBe(place < 0 ? -1 : 0);
        }
      }
    }
  });

  it("stops at an array that is not finite, and carries out what stands before it but nothing behind", () => {
    bench.reset();
    const list = listOn(bench);
    const [first, second, third] = [[1], [NaN], [3]].map((values) => bench.floats(values));
    list.recorder.scale(first, first, 1, 2);
    list.requireFinite(second, 1);
    list.recorder.scale(third, third, 1, 2);
    expect(list.run()).toBe(1);
    expect([bench.readFloats(first, 1)[0], bench.readFloats(third, 1)[0]]).toEqual([2, 3]);
    list.clear();
    expect(list.run()).toBe(-1);
  });

  it("refuses more calls than it has room for", () => {
    bench.reset();
    const list = listOn(bench, 2);
    const x = bench.floats([1]);
    list.recorder.scale(x, x, 1, 1);
    list.recorder.scale(x, x, 1, 1);
    expect(() => list.recorder.scale(x, x, 1, 1)).toThrow(/expected at most 2 in a list/);
  });
});

/** Not what stands in lists alone. */
function isKernel(name: (typeof callables)[number]): name is keyof CallableKernels {
  return !["requireFinite", "meet", "markFinite", "requireUnmarked"].includes(name);
}

/** Sizes that fit into the arrays: rows 5, columns 3, dense layers of 5 images, 3 inputs, 4 outputs. */
function sizesOf(name: string): number[] {
  if (name.startsWith("advance")) return [];
  if (name === "spatialDropoutApply") return [2, 2, 5, 3];
  if (name === "gaussianMask") return [15, 1, 2, 3, 4];
  if (name === "limitUnitNorms") return [7, 5];
  if (name === "batchNormFixedStatistics") return [3];
  if (/^(batch|layer)Norm/.test(name)) return [5, 3];
  if (name === "dropoutMask") return [15, 1, 2, 3, 4, 1 << 30];
  if (/^denseBackwardBias/.test(name)) return [5, 4];
  if (name.includes("WeightPart")) return [5, 3, 4, 4];
  if (name.startsWith("dense")) return [5, 3, 4];
  if (/^(softmax|softCross|sigmoid(Cross|Focal|Dice)|squared|absolute|huber|scaleRows)/.test(name)) return [5, 3];
  return [15];
}
