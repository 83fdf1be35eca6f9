import { expect, it } from "vitest";
import { builds, Workbench } from "./workbench.ts";

it("fillBox and copyBox change the box alone, at any width, colours and alignment", async () => {
  for (const build of builds) {
    const bench = await Workbench.create(build, 1 << 20);
    for (const [x0, x1] of [
      [0, 7],
      [2, 3],
      [1, 6],
      [4, 4],
    ]) {
      for (const colours of [1, 3]) {
        for (const shift of [0, 4, 12]) {
          bench.reset();
          const n = 3 * 4 * 7 * colours;
          const [first, second] = [0, 1000].map((base) => Array.from({ length: n }, (_, i) => base + i));
          const filled = bench.floats(first, shift);
          const copied = bench.floats(first, shift);
          const other = bench.floats(second, shift);
          bench.kernels.fillBox(filled, 4, 7, colours, 1, 3, 0, 2, x0, x1, -5);
          bench.kernels.copyBox(copied, other, 4, 7, colours, 1, 3, 0, 2, x0, x1);
          bench.checkGuards();
          const isInside = (i: number) => {
            const [x, y, z] = [
              Math.floor(i / colours) % 7,
              Math.floor(i / colours / 7) % 4,
              Math.floor(i / colours / 28),
            ];
            return x >= x0 && x < x1 && y < 2 && z >= 1;
          };
          expect([...bench.readFloats(filled, n)]).toEqual(first.map((value, i) => (isInside(i) ? -5 : value)));
          expect([...bench.readFloats(copied, n)]).toEqual(first.map((value, i) => (isInside(i) ? second[i] : value)));
          expect([...bench.readFloats(other, n)]).toEqual(second);
        }
      }
    }
  }
});
