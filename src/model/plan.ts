// Every region that a network needs, as a pure function of its layers and the batch: known before anything is allocated.
import { callBytes } from "../wasm/call-bytes.ts";
import { controlBytes, sharedCapacity } from "../wasm/team-sizes.ts";
import { layOut, matmulScratchBytes, panelFloats } from "../wasm/layout.ts";
import type { Layout } from "../wasm/layout.ts";
import { maskWidth } from "./mask-width.ts";
import { isLearned, learns } from "./shapes.ts";
import type { Parameter, PlacedLayer } from "./shapes.ts";

export interface PlanOptions {
  /** Images per step; 32 by default. */
  readonly batchSize?: number;
  /** Whether to plan for gradients and optimizer state as well; true by default. */
  readonly training?: boolean;
  /** The arrays that the optimizer keeps per weight; Adam's two by default. */
  readonly state?: readonly string[];
  /** Whether to plan for dropout's masks; as `training` by default. */
  readonly masks?: boolean;
  /** Whether to plan for an average of the weights; false by default. */
  readonly average?: boolean;
  /** Bytes that augmenting an image takes; 0 by default. */
  readonly augmentation?: number;
  /** Bytes in which a batch is kept while its images are mixed; 0 by default. */
  readonly mixing?: number;
  /** Threads that share the work; 1 by default. */
  readonly threads?: number;
}

/** Bytes by region. */
export interface Plan extends Layout {
  readonly batchSize: number;
  /** Floats in each block of parameters, tensors as parameterPlaces() says. */
  readonly parameterFloats: number;
  /** The plan as a table. */
  toString(): string;
}

/** Float64 that an optimizer counts from step to step, for each part of the block that it moves on its own. */
export const countersAPart = 5;

/** Lists of calls that a step keeps: for whole and partial batches, gradients overwritten or added to. */
export const gradientLists = 4;

/** The most calls that forward, loss and backward of one batch take: three to each layer and way, and the loss's two and the weights of its images. */
export function gradientCalls(placed: readonly PlacedLayer[]): number {
  return 6 * placed.length + 3;
}

/** The most parts of a block that an update moves on their own: each tensor that is learned. */
export function updateParts(parameters: readonly Parameter[]): number {
  return parameters.filter(isLearned).length;
}

/**
 * The most calls that an update takes: the look at the gradients, clipping and the average, and for each tensor a penalty,
 * the optimizer's two and a limit.
 */
export function updateCalls(parameters: readonly Parameter[]): number {
  return 4 * updateParts(parameters) + 3;
}

/** Lists of gradients, and one for the forward pass of an evaluation, that a thread has beside its list of the update. */
const listsOfLayers = gradientLists + 1;

/** The most calls of one list of gradients that a thread has. */
export function gradientCallsAThread(placed: readonly PlacedLayer[], threads: number): number {
  return threads > 1 ? sharedCapacity(gradientCalls(placed)) : gradientCalls(placed);
}

/** Calls that all lists of a thread have room for: those of gradients, that of evaluation, and the update's. */
export function callsAThread(
  placed: readonly PlacedLayer[],
  parameters: readonly Parameter[],
  threads: number,
): number {
  const update = threads > 1 ? sharedCapacity(updateCalls(parameters)) : updateCalls(parameters);
  return (threads > 1 ? listsOfLayers : gradientLists) * gradientCallsAThread(placed, threads) + update;
}

/** Where in a thread's calls the list of the update begins, and that of evaluation. */
export function updateBegins(placed: readonly PlacedLayer[], threads: number): number {
  return gradientLists * gradientCallsAThread(placed, threads);
}

/** Bytes in which one thread counts. */
export function counterBytes(parameters: readonly Parameter[]): number {
  return 8 * countersAPart * updateParts(parameters);
}

/** Where each tensor lies inside a block of parameters, in floats, and all of them. */
export interface ParameterPlaces {
  /** Each begins on a whole vector; what is learned lies in front of what is not. */
  readonly offsets: readonly number[];
  /** Weights in the kernels' panels (panels.ts), the others padded to whole vectors; what pads is zero. */
  readonly lengths: readonly number[];
  readonly floats: number;
  /** Floats in front that are learned. */
  readonly learnedFloats: number;
}

export function parameterPlaces(parameters: readonly Parameter[]): ParameterPlaces {
  const lengths = parameters.map(({ role, placed, length }) =>
    role === "weight" ? panelFloats(placed.outputs, placed.inputs) : panelFloats(length, 1),
  );
  const offsets = lengths.map(() => 0);
  let floats = 0;
  const place = (areLearned: boolean) => {
    parameters.forEach((parameter, i) => {
      if (isLearned(parameter) !== areLearned) return;
      offsets[i] = floats;
      floats += lengths[i];
    });
    return floats;
  };
  const learnedFloats = place(true);
  return { offsets, lengths, floats: place(false), learnedFloats };
}

/** Names of the regions that a layer owns. */
export const regionOf = {
  output: (placed: PlacedLayer) => `output of ${placed.index} ${placed.title}`,
  mask: (placed: PlacedLayer) => `mask of ${placed.index} ${placed.title}`,
  statistics: (placed: PlacedLayer) => `statistics of ${placed.index} ${placed.title}`,
  /** The gradient of a layer's output, where each has its own. */
  upstream: (placed: PlacedLayer) => `upstream of ${placed.index} ${placed.title}`,
};

export function planNetwork(
  placed: readonly PlacedLayer[],
  parameters: readonly Parameter[],
  options: PlanOptions,
): Plan {
  const { batchSize = 32, training = true, state = ["m", "v"] } = options;
  const { masks = training, average = false, augmentation = 0, mixing = 0, threads = 1 } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`plan: expected a batch size of at least 1, got ${batchSize}`);
  }
  const floats = (count: number) => 4 * batchSize * count;
  const features = placed[0].inputs;
  const outputs = placed[placed.length - 1].outputs;
  const { floats: parameterFloats } = parameterPlaces(parameters);
  // No gradient goes back through the first layer that learns, nor to what lies before it.
  const first = placed.findIndex(({ layer }) => learns(layer));
  const widest = Math.max(...placed.slice(first).map((place) => place.outputs));

  const sizes: [string, number][] = [
    ["pixels", 4 * Math.ceil((batchSize * features) / 4)],
    ["pixel shifts", 32 * Math.ceil(features / 4)],
    ["pixel factors", 32 * Math.ceil(features / 4)],
    ["input", floats(features)],
    ["labels", 4 * batchSize],
    ["targets", floats(outputs)],
    ["image weights", 4 * batchSize],
  ];
  for (const place of placed) {
    const width = maskWidth(place);
    if (masks && width > 0) sizes.push([regionOf.mask(place), floats(width)]);
    const statistics = statisticsBytes(place, batchSize);
    if (statistics > 0) sizes.push([regionOf.statistics(place), statistics]);
    sizes.push([regionOf.output(place), floats(place.outputs)]);
  }
  sizes.push(["losses", 4 * batchSize], ["probabilities", floats(outputs)], ["class weights", 4 * outputs]);
  sizes.push(["parameters", 4 * parameterFloats]);
  if (training) {
    sizes.push(["gradients", 4 * parameterFloats]);
    for (const name of state) sizes.push([`state ${name}`, 4 * parameterFloats]);
    // Threads go back row by row, and none may write where another, of a wider layer, still reads.
    if (threads > 1) for (const place of placed) sizes.push([regionOf.upstream(place), floats(place.outputs)]);
    else sizes.push(["upstream a", floats(widest)], ["upstream b", floats(widest)]);
    if (average) sizes.push(["average", 4 * parameterFloats]);
    if (augmentation > 0) sizes.push(["augmentation", augmentation]);
    if (mixing > 0) sizes.push(["mixing", mixing]);
    sizes.push(["counters", threads * counterBytes(parameters)]);
    sizes.push(["calls", threads * callBytes * callsAThread(placed, parameters, threads)]);
  }
  if (threads > 1) sizes.push(["threads", controlBytes(threads)]);
  const scratch = placed.map((place, index) => scratchBytes(place, batchSize, training, index > first));
  // Threads never write into one line of the cache.
  sizes.push(["scratch", threads > 1 ? threads * 64 * Math.ceil(Math.max(...scratch) / 64) : Math.max(...scratch)]);

  const layout = layOut(sizes);
  return { ...layout, batchSize, parameterFloats, toString: () => table(layout) };
}

/** What normalisation keeps between forward and backward, in float64: four an output, or two an image. */
function statisticsBytes({ layer, outputs }: PlacedLayer, batch: number): number {
  if (layer.kind === "batchNorm") return 4 * 8 * panelFloats(outputs, 1);
  return layer.kind === "layerNorm" ? 16 * batch : 0;
}

/** Of the dense layer's products: forward, and in training the weights' gradient and perhaps the inputs' one. */
function scratchBytes(
  { layer, inputs, outputs }: PlacedLayer,
  batch: number,
  training: boolean,
  hasInputGradient: boolean,
): number {
  if (layer.kind !== "dense") return 0;
  const forward = matmulScratchBytes(batch, outputs, inputs);
  if (!training) return forward;
  const backward = matmulScratchBytes(inputs, outputs, batch);
  return Math.max(forward, backward, hasInputGradient ? matmulScratchBytes(batch, inputs, outputs) : 0);
}

function table({ regions, bytes }: Layout): string {
  const width = Math.max(...regions.map(({ name }) => name.length));
  const row = (name: string, size: number) =>
    `${name.padEnd(width)}  ${size.toLocaleString("en-US").padStart(15)} bytes`;
  return [...regions.map((region) => row(region.name, region.bytes)), row("all, padded", bytes)].join("\n");
}
