// A network: layers in order and the shape of an image, as a frozen value that counts, prints and plans itself.
import type { Layer } from "./layers.ts";
import { planNetwork } from "./plan.ts";
import type { Plan, PlanOptions } from "./plan.ts";
import { isLearned, parametersOf, placeLayers } from "./shapes.ts";
import type { Parameter, PlacedLayer } from "./shapes.ts";

export interface NetworkOptions {
  /** The shape of one image, slowest index first: `[10, 10, 10]`, `[28, 28]`. Taken from the data when left out. */
  readonly input?: readonly number[];
}

export interface Network {
  readonly layers: readonly Layer[];
  /** The shape of one image, or null while it is not known. */
  readonly input: readonly number[] | null;
  /** Layers with their inputs, outputs and names. @throws TypeError while the input is not known. */
  readonly placed: readonly PlacedLayer[];
  /** Every tensor in order: weights, biases, and what normalisation layers learn and keep. @throws TypeError while the input is not known. */
  readonly parameters: readonly Parameter[];
  /** The number of weights, biases not counted. @throws TypeError while the input is not known. */
  readonly weightCount: number;
  /** The number of dense layers' biases. @throws TypeError while the input is not known. */
  readonly biasCount: number;
  /** The number of factors and shifts that normalisation layers learn. @throws TypeError while the input is not known. */
  readonly normalizationCount: number;
  /** The same layers for images of this shape. @throws RangeError when another shape is set already. */
  withInput(shape: readonly number[]): Network;
  /** A table of layers, shapes, weights and biases; and of factors and shifts, where layers normalise. */
  summary(): string;
  /** The bytes of every region, before anything is allocated. @throws TypeError while the input is not known. */
  plan(options?: PlanOptions): Plan;
}

/**
 * Puts layers together. Nothing is allocated.
 *
 * @param layers in the order in which an image passes through them.
 * @throws RangeError when there is no dense layer, when two layers bear one name, when the shape is not of whole numbers,
 * or has no axis that a layer asks for.
 * @example
 * ```ts
 * import { dense, network, relu } from "voxgrad";
 *
 * const article = network([dense(12), relu(), dense(12), relu(), dense(2)], { input: [10, 10, 10] });
 * console.log(article.weightCount, article.biasCount); // 12168 26
 * console.log(article.summary());
 * console.log(String(article.plan({ batchSize: 32 })));
 * ```
 */
export function network(layers: readonly Layer[], options: NetworkOptions = {}): Network {
  const kept = Object.freeze([...layers]);
  checkLayers(kept);
  const input = options.input ? Object.freeze([...options.input]) : null;
  if (input) checkShape(input);
  return Object.freeze(input ? knownNetwork(kept, input) : openNetwork(kept));
}

function knownNetwork(layers: readonly Layer[], input: readonly number[]): Network {
  const placed = placeLayers(layers, input);
  const parameters = parametersOf(placed);
  const count = (role: Parameter["role"]) =>
    parameters.reduce((sum, { role: own, length }) => sum + (own === role ? length : 0), 0);
  return {
    layers,
    input,
    placed,
    parameters,
    weightCount: count("weight"),
    biasCount: count("bias"),
    normalizationCount: count("gain") + count("shift"),
    withInput(shape) {
      if (shape.length === input.length && shape.every((size, i) => size === input[i])) return this;
      throw new RangeError(
        `network: expected images of ${input.join("x")}, got ${shape.join("x")}. ` +
          `Resize the images, or set input: [${shape.join(", ")}].`,
      );
    },
    summary: () => summaryTable(input, placed, parameters),
    plan: (options = {}) => planNetwork(placed, parameters, options),
  };
}

function openNetwork(layers: readonly Layer[]): Network {
  const unknown = (): never => {
    throw new TypeError(
      "network: the shape of an image is not known yet; give it: network(layers, { input: [28, 28] })",
    );
  };
  // What is unknown is inherited, so that printing or copying an open network does not throw.
  const counts = {
    get placed() {
      return unknown();
    },
    get parameters() {
      return unknown();
    },
    get weightCount() {
      return unknown();
    },
    get biasCount() {
      return unknown();
    },
    get normalizationCount() {
      return unknown();
    },
  };
  return Object.assign(Object.create(counts) as typeof counts, {
    layers,
    input: null,
    withInput: (shape: readonly number[]) => network(layers, { input: shape }),
    summary: unknown,
    plan: unknown,
  });
}

function checkLayers(layers: readonly Layer[]): void {
  if (!layers.some((layer) => layer.kind === "dense")) {
    throw new RangeError("network: expected at least one dense layer, got none");
  }
  const names = new Set<string>();
  for (const { name } of layers) {
    if (name === undefined) continue;
    if (name === "" || /^\d+$/.test(name)) {
      throw new RangeError(
        `network: expected a name with letters for a layer, got "${name}"; numbers name the other layers`,
      );
    }
    if (names.has(name)) throw new RangeError(`network: expected each name once, got "${name}" twice`);
    names.add(name);
  }
}

function checkShape(shape: readonly number[]): void {
  if (shape.length === 0 || !shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new RangeError(`network: expected an input shape of whole numbers, got [${shape.join(", ")}]`);
  }
}

function summaryTable(
  input: readonly number[],
  placed: readonly PlacedLayer[],
  parameters: readonly Parameter[],
): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const learned = parameters.filter(isLearned);
  const rolesOf = { weights: ["weight"], biases: ["bias"], normalisation: ["gain", "shift"] };
  const columns = Object.entries(rolesOf).filter(
    ([title, roles]) => title !== "normalisation" || learned.some(({ role }) => roles.includes(role)),
  );
  const counts = (index: number | null) =>
    columns.map(([, roles]) => {
      const counted = learned.filter((p) => roles.includes(p.role) && (index === null || p.placed.index === index));
      return number(counted.reduce((sum, { length }) => sum + length, 0));
    });
  const rows = [
    ["layer", "kind", "output", ...columns.map(([title]) => title)],
    ["input", "", input.join("x"), ...columns.map(() => "0")],
    ...placed.map(({ index, title, layer, outputs }) => [title, kindOf(layer), number(outputs), ...counts(index)]),
    ["all", "", "", ...counts(null)],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: string[]) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ");
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(rows[0]), rule, ...rows.slice(1, -1).map(line), rule, line(rows[rows.length - 1])].join("\n");
}

function kindOf(layer: Layer): string {
  switch (layer.kind) {
    case "dropout":
    case "gaussianDropout":
      return `${layer.kind}(${layer.rate})`;
    case "spatialDropout":
      return `spatialDropout(${layer.rate}, axis ${layer.axis})`;
    case "leakyRelu":
      return `leakyRelu(${layer.slope})`;
    case "elu":
      return `elu(${layer.alpha})`;
    default:
      return layer.kind;
  }
}
