// Whether a few large masks decide the figures of pooled voxels.
import type { Confusion } from "../metrics/classification.ts";
import { groupIndexes } from "../metrics/resamples.ts";
import { plural } from "./format.ts";

/** How many masks there are to judge by. */
export interface MaskSizes {
  /** Images with foreground in the truth; whole groups where groups have more than one image. */
  readonly withForeground: number;
  /** How many masks of one size would say as much: `(sum v)^2 / sum v^2` of their voxels v, by weight (Kish 1965). */
  readonly effectiveSize: number;
  readonly units: "images" | "groups";
}

/** Of fewer the intervals may be too narrow (docs/numerics.md). */
const fewMasks = 20;

/** @param groups the group of each image where groups have more than one */
export function maskSizes(
  confusions: readonly Confusion[],
  weights: ArrayLike<number> | undefined,
  groups: readonly string[] | null,
): MaskSizes {
  const unitOf = groups ? groupIndexes(groups, confusions.length) : null;
  const voxels = new Float64Array(confusions.length);
  confusions.forEach((confusion, i) => {
    const foreground = confusion.slice(1).reduce((sum, row) => sum + row.reduce((all, cell) => all + cell, 0), 0);
    voxels[unitOf ? unitOf[i] : i] += (weights ? weights[i] : 1) * foreground;
  });
  const sizes = voxels.filter((size) => size > 0);
  const sum = sizes.reduce((all, size) => all + size, 0);
  const squares = sizes.reduce((all, size) => all + size * size, 0);
  return {
    withForeground: sizes.length,
    effectiveSize: squares > 0 ? (sum * sum) / squares : 0,
    units: groups ? "groups" : "images",
  };
}

/** What stands beside a figure of pooled voxels that few masks decide; else nothing. */
export function fewMasksClause(sizes: MaskSizes): string {
  if (!isFew(sizes)) return "";
  return `, decided by few masks (as many as ${sizes.effectiveSize.toFixed(1)} of one size): the interval may be too narrow`;
}

/** The same in a sentence; none where there are enough. */
export function fewMasksWarning(sizes: MaskSizes | undefined): string[] {
  if (!sizes || !isFew(sizes)) return [];
  const { withForeground, effectiveSize, units } = sizes;
  const has = `${plural(withForeground, units.slice(0, -1))} of the test set ${withForeground === 1 ? "has" : "have"} foreground`;
  const alike = effectiveSize < 0.75 * withForeground ? `, with a few large masks: as many as ${effectiveSize.toFixed(1)} of one size would say as much of the pooled voxels` : ""; // prettier-ignore
  return [`${has}${alike}. The 95 % intervals of so few masks may be too narrow.`];
}

function isFew({ withForeground, effectiveSize }: MaskSizes): boolean {
  return withForeground > 0 && effectiveSize < fewMasks;
}
