// Beginning from a saved model: which of its tensors fit, and putting them in place.
import type { Network } from "../model/network.ts";
import type { Weights } from "../model/weights.ts";
import type { Model } from "./model.ts";

/** What a run began from. JSON-safe: it stands in study.json. */
export interface WarmStart {
  /** The tensors that were taken: the network's names, and for each the model's. */
  readonly tensors: Readonly<Record<string, string>>;
  /** `weightsSha256` of the model that they were taken from; null where nobody asked. */
  readonly weightsSha256: string | null;
}

/**
 * The names of a model's tensors that have the name and the shape of one of the network's.
 * @throws RangeError when there is none.
 */
export function fittingTensors({ parameters }: Network, { weights }: Model): Readonly<Record<string, string>> {
  const fitting = parameters.filter(({ name, shape }) => {
    const given = weights.get(name);
    return given?.shape.length === shape.length && given.shape.every((size, axis) => size === shape[axis]);
  });
  if (fitting.length > 0) return Object.freeze(Object.fromEntries(fitting.map(({ name }) => [name, name])));
  const list = (all: Iterable<readonly [string, { readonly shape: readonly number[] }]>) =>
    [...all].map(([name, { shape }]) => `${name} (${shape.join("x")})`).join(", ");
  throw new RangeError(
    `from: expected a model with one of ${list(parameters.map((one) => [one.name, one]))}; got ${list(weights)}. ` +
      "Name the layers alike in both networks.",
  );
}

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
