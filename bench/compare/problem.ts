// What everybody trains: a network, its initial weights and one batch, drawn once and written where every peer can read it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dense } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { parameterPlaces } from "../../src/model/plan.ts";
import { initializeWeights, readFlat } from "../../src/model/weight-block.ts";
import { stream } from "../../src/random.ts";
import { hiddenLayers } from "../../src/train/settings.ts";

const seed = 7;

/** A dense network with relu between its layers; `sizes` begins with the inputs and ends with the classes. */
export interface Problem {
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly learningRate: number;
  /** Holds images.f32 (batch, inputs), labels.i32 (batch), parameters.f32 (each layer's weights (outputs, inputs), then its biases). */
  readonly folder: string;
}

export const layersOf = (sizes: readonly number[]) => [
  ...hiddenLayers(sizes.slice(1, -1)),
  dense(sizes[sizes.length - 1]),
];

/**
 * Images are standard normal, labels go round the classes, weights begin as PyTorch's do: uniform within 1 / sqrt(inputs).
 * Every fourth image is the one before it under another label: the loss stays above log(2) / 2, where peers can be told apart.
 */
export async function writeProblem(sizes: readonly number[], batch: number, parent: string): Promise<Problem> {
  const folder = join(parent, sizes.join("-"));
  const [inputs] = sizes;
  const classes = sizes[sizes.length - 1];
  const drawn = stream(seed, "phantom");
  const images = Float32Array.from({ length: batch * inputs }, (_, i) =>
    drawn.normal(Math.floor(i / inputs) % 4 === 3 ? i - inputs : i),
  );
  const labels = Int32Array.from({ length: batch }, (_, i) => i % classes);
  const net = network(layersOf(sizes), { input: [inputs] });
  const block = new Float32Array(parameterPlaces(net.parameters).floats);
  initializeWeights(net, seed, block);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "images.f32"), images);
  await writeFile(join(folder, "labels.i32"), labels);
  await writeFile(join(folder, "parameters.f32"), readFlat(net, block));
  return { sizes, batch, learningRate: 1e-3, folder };
}
