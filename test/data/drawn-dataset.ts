// Drawn datasets with everything that was put into them, for property tests.
import fc from "fast-check";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset, Pixels } from "../../src/data/dataset.ts";

export interface Drawn {
  readonly set: Dataset;
  readonly shape: readonly number[];
  readonly size: number;
  readonly images: Pixels;
  /** As given, before they are mapped to indexes. */
  readonly labels: readonly number[];
  readonly masks: readonly number[];
  readonly groups: readonly (string | number)[];
}

const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 9 })),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
);
const kinds = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array];

/** Up to eight images with labels, masks of up to three values, and groups. */
export const drawnDatasets: fc.Arbitrary<Drawn> = fc
  .tuple(fc.integer({ min: 1, max: 8 }), shapes, fc.constantFrom(...kinds))
  .chain(([length, shape, kind]) => {
    const size = shape.reduce((product: number, axis) => product * axis, 1);
    const list = <T>(element: fc.Arbitrary<T>, count: number) =>
      fc.array(element, { minLength: count, maxLength: count });
    return fc.record({
      shape: fc.constant(shape as readonly number[]),
      size: fc.constant(size),
      images: list(fc.nat(100), length * size).map((values): Pixels => kind.from(values)),
      labels: list(fc.integer({ min: -3, max: 5 }), length),
      masks: list(fc.constantFrom(0, 0, 1, 4, 200), length * size),
      groups: list(fc.oneof(fc.string(), fc.nat(9)), length),
    });
  })
  .map((drawn) => ({ ...drawn, set: arrayDataset(drawn) }));
