// What of a network's block an update moves, and which parts of it alike.
import type { Network } from "../model/network.ts";
import { parameterPlaces } from "../model/plan.ts";
import { isLearned } from "../model/shapes.ts";
import type { ParameterRole, PlacedLayer } from "../model/shapes.ts";

/** One learned tensor's place in a block of parameters, in floats. */
export interface LearnedPlace {
  readonly role: ParameterRole;
  readonly placed: PlacedLayer;
  readonly offset: number;
  readonly length: number;
}

/** What is learned and not frozen, in the order of the block. */
export function learnedPlaces(network: Network, frozen: ReadonlySet<number>): readonly LearnedPlace[] {
  const { offsets, lengths } = parameterPlaces(network.parameters);
  return network.parameters.flatMap((parameter, i) =>
    isLearned(parameter) && !frozen.has(parameter.placed.index)
      ? [{ role: parameter.role, placed: parameter.placed, offset: offsets[i], length: lengths[i] }]
      : [],
  );
}

/** A run of floats in a block that an optimizer moves in one call. */
export interface Part {
  readonly offset: number;
  readonly length: number;
  /** Whether weight decay shrinks them. */
  readonly decays: boolean;
}

/** Neighbours that are moved alike, as one part each. @param decays whether a tensor of this role is shrunk. */
export function partsOf(places: readonly LearnedPlace[], decays: (role: ParameterRole) => boolean): readonly Part[] {
  const parts: Part[] = [];
  for (const { role, offset, length } of places) {
    const last = parts.at(-1);
    const isNext = last !== undefined && last.offset + last.length === offset && last.decays === decays(role);
    if (isNext) parts[parts.length - 1] = { ...last, length: last.length + length };
    else parts.push({ offset, length, decays: decays(role) });
  }
  return parts;
}
