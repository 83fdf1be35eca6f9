// The distance of neighbouring voxels of each image's mask, for surfaces in millimetres.
import type { Dataset } from "../data/dataset.ts";
import { featuresOf } from "../data/dataset.ts";

/** What distances count. */
export type SpacingUnit = "millimetres" | "units of the files' spacing" | "voxels";

export interface MaskSpacing {
  /** The mask's shape, slowest axis first. */
  readonly shape: readonly number[];
  readonly unit: SpacingUnit;
  /** Along each of these axes. */
  of(image: number): readonly number[];
}

const millimetres = { mm: 1, m: 1000, um: 0.001, unknown: 1 } as const;

/** Millimetres where the spacing of every image is known, else voxels. */
export function maskSpacing(set: Dataset): MaskSpacing {
  const shape = set.maskLength < featuresOf(set) ? set.shape.slice(0, -1) : set.shape;
  const all = set.geometry?.map(({ spacing, unit }) => {
    if (!spacing || spacing.length < shape.length) return null;
    // x comes first in a spacing, last in a shape.
    const own = shape.map((_, axis) => spacing[shape.length - 1 - axis] * millimetres[unit]);
    return own.every((step) => step > 0 && Number.isFinite(step)) ? own : null;
  });
  if (!all || all.length !== set.length || all.includes(null))
    return { shape, unit: "voxels", of: () => shape.map(() => 1) };
  const isKnown = set.geometry?.every(({ unit }) => unit !== "unknown") ?? false;
  return {
    shape,
    unit: isKnown ? "millimetres" : "units of the files' spacing",
    of: (image) => all[image] ?? shape.map(() => 1),
  };
}
