// Where the regions of a plan's memory begin: all that whoever augments has to ask of a plan.
import type { AugmentPlan } from "./augment-plan.ts";

/** Where each region of the plan begins: in bytes. */
export function offsetsOf({ layout }: AugmentPlan): (name: string) => number {
  const offsets = new Map(layout.regions.map(({ name, offset }) => [name, offset]));
  return (name) => offsets.get(name) ?? 0;
}
