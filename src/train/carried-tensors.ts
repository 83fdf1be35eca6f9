// Tensors carried over from one network to another, and the names of layers with them.
import type { Network } from "../model/network.ts";
import type { Weights } from "../model/weights.ts";
import type { WarmStart } from "./warm-start.ts";

/** The drawn tensors with the model's in the place of those that fit. */
export function withTensors(drawn: Weights, model: Weights, { tensors }: WarmStart): Weights {
  return new Map([...drawn].map(([name, tensor]) => [name, model.get(tensors[name] ?? "") ?? tensor]));
}

/** What is named by layers of one network, by those of another with the same tensors in the same order. */
export function renamed(
  { from, freeze }: { readonly from: WarmStart | null; readonly freeze: readonly string[] },
  before: Network,
  after: Network,
): { readonly from: WarmStart | null; readonly freeze: readonly string[] } {
  const names = new Map(before.parameters.map(({ name }, i) => [name, after.parameters[i].name]));
  const indexes = new Map(before.parameters.map(({ placed }, i) => [placed.index, after.parameters[i].placed.index]));
  const tensors = from ? Object.entries(from.tensors).map(([name, own]) => [names.get(name) ?? name, own]) : [];
  return {
    from: from && { ...from, tensors: Object.fromEntries(tensors) as Record<string, string> },
    freeze: freeze.map((name) => (/^\d+$/.test(name) ? String(indexes.get(Number(name)) ?? name) : name)),
  };
}
