import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fromPanels, toPanels } from "../../src/model/panels.ts";
import { panelFloats } from "../../src/wasm/layout.ts";
import { builds, Workbench } from "./workbench.ts";

const sizes = fc.oneof(fc.constantFrom(1, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 33), fc.integer({ min: 1, max: 40 }));
const drawn = fc
  .record({ outputs: sizes, inputs: sizes, maximum: fc.constantFrom(0.01, 1, 3, 100) })
  .chain(({ outputs, inputs, maximum }) =>
    fc.record({
      outputs: fc.constant(outputs),
      inputs: fc.constant(inputs),
      maximum: fc.constant(maximum),
      w: fc.array(fc.float({ min: -2, max: 2, noNaN: true }), {
        minLength: outputs * inputs,
        maxLength: outputs * inputs,
      }),
    }),
  );

describe.each(builds)("the limit of units' norms (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function limit(w: ArrayLike<number>, outputs: number, inputs: number, maximum: number): Float32Array {
    bench.reset();
    const panels = new Float32Array(panelFloats(outputs, inputs));
    toPanels(w, panels, outputs, inputs);
    const at = bench.floats(panels);
    bench.kernels.limitUnitNorms(at, outputs, inputs, maximum);
    bench.checkGuards();
    const after = bench.readFloats(at, panels.length);
    const rows = new Float32Array(outputs * inputs);
    fromPanels(after, rows, outputs, inputs);
    toPanels(rows, panels, outputs, inputs);
    expect(after, "what pads the panels stays zero").toEqual(panels);
    return rows;
  }

  const normOf = (w: ArrayLike<number>) => Math.sqrt(Array.from(w).reduce((sum, value) => sum + value * value, 0));

  it("scales each output's weights to the maximum where they are longer, within 2e-7; shorter ones keep their bits; any shape", () => {
    fc.assert(
      fc.property(drawn, ({ w, outputs, inputs, maximum }) => {
        const got = limit(w, outputs, inputs, maximum);
        for (let output = 0; output < outputs; output++) {
          const before = w.slice(output * inputs, (output + 1) * inputs);
          const after = got.subarray(output * inputs, (output + 1) * inputs);
          const norm = normOf(before);
          if (norm <= maximum * (1 - 1e-12)) expect(after).toEqual(Float32Array.from(before));
          const factor = Math.min(1, maximum / norm);
          before.forEach((value, i) =>
            expect(Math.abs(after[i] - value * factor)).toBeLessThanOrEqual(2e-7 * maximum + 1e-45),
          );
          expect(normOf(after)).toBeLessThanOrEqual(Math.max(maximum, 0) * (1 + 2e-7));
        }
      }),
    );
  });

  it("leaves zeros zero, and lets a NaN through", () => {
    expect([...limit([0, 0, 3, 4], 2, 2, 1)]).toEqual([0, 0, Math.fround(3 * Math.fround(0.2)), Math.fround(4 * Math.fround(0.2))]); // prettier-ignore
    expect(limit([NaN, 1], 1, 2, 1)[0]).toBeNaN();
  });
});
