import fc from "fast-check";
import { expect, test } from "vitest";
import { rocAuc } from "../../src/metrics/curves.ts";
import { resampledRocAuc } from "../../src/metrics/resampling.ts";

test("the area of a resample is exactly that of its truths and scores, one resample after another", () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -3, max: 3 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(rows, fc.array(fc.array(fc.nat(), { maxLength: 40 }), { maxLength: 4 }), (rows, draws) => {
      const truth = rows.map(([t]) => t);
      const scores = rows.map(([, s]) => s / 7);
      const area = resampledRocAuc(truth, scores);
      for (const draw of draws) {
        const drawn = Int32Array.from(draw, (d) => d % rows.length);
        const gathered = rocAuc(
          drawn.map((i) => truth[i]),
          Float64Array.from(drawn, (i) => scores[i]),
        );
        expect(area(drawn)).toBe(gathered.value);
      }
    }),
  );
});
