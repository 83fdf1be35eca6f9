// Which layers of a network are frozen.
import type { Network } from "../model/network.ts";
import { learns } from "../model/shapes.ts";
import type { PlacedLayer } from "../model/shapes.ts";

/**
 * The indexes of the layers of these names: what the layer was named, "hidden 1" or "output" as in summaries, or its number.
 * @throws RangeError when no layer is called so, it has nothing to learn, or nothing would be left to learn.
 */
export function frozenLayers(network: Network, names: readonly string[]): ReadonlySet<number> {
  const learning = network.placed.filter(({ layer }) => learns(layer));
  const isCalled = (name: string) => (placed: PlacedLayer) => placed.title === name || String(placed.index) === name;
  const frozen = new Set(
    names.map((name) => {
      const found = learning.find(isCalled(name));
      if (found) return found.index;
      const known = learning.map(({ title, index }) => `"${title}" (${index})`).join(", ");
      throw new RangeError(`freeze: expected layers with weights, one of ${known}; got "${name}"`);
    }),
  );
  if (frozen.size === learning.length) {
    throw new RangeError("freeze: expected at least one layer that learns, got all of them frozen");
  }
  return frozen;
}
