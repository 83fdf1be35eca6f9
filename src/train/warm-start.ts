// Beginning from a saved model: which of its tensors fit.
import type { Network } from "../model/network.ts";
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
