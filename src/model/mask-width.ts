// How many factors a dropout layer's mask has.
import { groupsOf } from "./shapes.ts";
import type { PlacedLayer } from "./shapes.ts";

/** Factors that an image's mask has; 0 for layers without one. */
export function maskWidth({ layer, outputs, shape }: PlacedLayer): number {
  switch (layer.kind) {
    case "dropout":
    case "gaussianDropout":
      return outputs;
    case "spatialDropout":
      return groupsOf(shape, layer.axis).size;
    default:
      return 0;
  }
}
