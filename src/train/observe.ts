// Watches images go forward: how bright each is, and what the last hidden layer makes of it.
import type { Dataset } from "../data/dataset.ts";
import { featuresOf } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { regionOf } from "../model/plan.ts";
import type { PlacedLayer } from "../model/shapes.ts";
import type { BatchVisit, Evaluator, Visit } from "./evaluate.ts";

/** Numbers that an image's intensities are told by, in this order. */
export const intensityNames = ["darkest", "brightest", "mean", "deviation"] as const;

export interface Observations {
  /** (images, 4), as intensityNames has them; of the pixels as they were read, before they are scaled. */
  readonly intensities: Float64Array;
  /** (images, width of the hidden layer); with patches the mean over an image's patches. null without a hidden layer. */
  readonly features: Float64Array | null;
}

export interface Observer extends Observations {
  readonly see: BatchVisit;
  readonly visit: Visit;
}

/** The last layer before the output that has learned something in front of it; null where the output is the first. */
export function hiddenLayer({ placed }: Pick<Network, "placed">): PlacedLayer | null {
  const output = placed.findLastIndex(({ layer }) => layer.kind === "dense");
  const hasHidden = placed.slice(0, Math.max(0, output)).some(({ layer }) => layer.kind === "dense");
  return hasHidden ? placed[output - 1] : null;
}

/** Two listeners for forwardAll, and what they have seen of `set` so far. */
export function createObserver({ block, settings }: Evaluator, set: Dataset): Observer {
  const hidden = hiddenLayer(settings.network);
  const width = hidden?.outputs ?? 0;
  const features = hidden ? new Float64Array(set.length * width) : null;
  const intensities = new Float64Array(set.length * intensityNames.length);
  const image = new Float32Array(featuresOf(set));
  return {
    intensities,
    features,
    see(_, first, rows, perImage) {
      if (!hidden || !features) return;
      const activations = block.floats(regionOf.output(hidden));
      for (let row = 0; row < rows; row++) {
        const at = Math.floor((first + row) / perImage) * width;
        for (let j = 0; j < width; j++) features[at + j] += activations[row * width + j] / perImage;
      }
    },
    visit(first, rows) {
      for (let index = first; index < first + rows; index++) {
        set.read(index, image, 0);
        intensities.set(intensitiesOf(image), index * intensityNames.length);
      }
    },
  };
}

function intensitiesOf(image: Float32Array): readonly number[] {
  let darkest = Infinity;
  let brightest = -Infinity;
  let sum = 0;
  for (const value of image) {
    if (value < darkest) darkest = value;
    if (value > brightest) brightest = value;
    sum += value;
  }
  const mean = sum / image.length;
  let squares = 0;
  for (const value of image) squares += (value - mean) * (value - mean);
  return [darkest, brightest, mean, Math.sqrt(squares / image.length)];
}
