// The network of a record, a row a dense layer: nodes, weights, and what stands behind it.
import { isLearned, parametersOf, placeLayers } from "../model/shapes.ts";
import type { Parameter, PlacedLayer } from "../model/shapes.ts";
import { count, plural } from "./format.ts";
import type { Report } from "./record.ts";

export interface NetworkRow {
  /** "input", "hidden 1", "output". */
  readonly title: string;
  readonly nodes: number;
  /** The shape of an image, the names of few classes, activation, dropout: what is to be said besides. */
  readonly notes: readonly string[];
  readonly weights: number;
  readonly biases: number;
  /** Factors and shifts of normalisation behind the layer. */
  readonly factors: number;
}

/** Classes that are named at the output. */
const mostNames = 6;

/** The input first; null where the record does not say. */
export function networkRows(report: Report): readonly NetworkRow[] | null {
  const { layers, input } = networkOf(report.settings);
  if (!Array.isArray(layers) || !isShape(input)) return null;
  const placed = placeLayers(layers as PlacedLayer["layer"][], input);
  const parameters = parametersOf(placed);
  const rows: (NetworkRow & { notes: string[] })[] = [
    { title: "input", nodes: product(input), notes: [`image of ${input.join(" × ")}`], weights: 0, biases: 0, factors: 0 },
  ]; // prettier-ignore
  for (const place of placed) {
    const own = parameters.filter((parameter) => parameter.placed === place);
    if (place.layer.kind === "dense") {
      const { title, outputs } = place;
      rows.push({ title, nodes: outputs, notes: [], weights: sum(own, "weight"), biases: sum(own, "bias"), factors: 0 });
      continue;
    }
    const row = rows[rows.length - 1];
    row.notes.push(spoken(place.layer));
    rows[rows.length - 1] = { ...row, factors: row.factors + own.filter(isLearned).reduce(addLength, 0) };
  } // prettier-ignore
  if (rows.length < 2) return null;
  const { classes } = report;
  if (rows[rows.length - 1].nodes === classes.length && classes.length <= mostNames)
    rows[rows.length - 1].notes.unshift(classes.join(", "));
  return rows;
}

/** `1,000 × 12 = 12,000 weights, 12 biases`; empty for the input. */
export function countedWeights({ nodes, weights, biases, factors }: NetworkRow): string {
  const parts = [
    ...(weights > 0 ? [`${count(weights / nodes)} × ${count(nodes)} = ${plural(weights, "weight")}`] : []),
    ...(biases > 0 ? [plural(biases, "bias", "es")] : []),
    ...(factors > 0 ? [`${plural(factors, "factor")} and shifts of normalisation`] : []),
  ];
  return parts.join(", ");
}

/** `12,168 weights and 26 biases: 12,194 numbers are learned.` */
export function networkSentence(rows: readonly NetworkRow[]): string {
  const total = (key: "weights" | "biases" | "factors") => rows.reduce((all, row) => all + row[key], 0);
  const [weights, biases, factors] = [total("weights"), total("biases"), total("factors")];
  const norms = factors > 0 ? `, ${count(factors)} factors and shifts of normalisation` : "";
  return `${plural(weights, "weight")}, ${plural(biases, "bias", "es")}${norms}: ${count(weights + biases + factors)} numbers are learned.`;
}

function networkOf(settings: object): { readonly layers?: unknown; readonly input?: unknown } {
  const { training, network, shape } = settings as Readonly<Record<string, unknown>>;
  const found = (isObject(training) ? training["network"] : network) ?? network;
  if (!isObject(found)) return {};
  return { layers: found["layers"], input: found["input"] ?? shape };
}

function spoken(layer: Exclude<PlacedLayer["layer"], { kind: "dense" }>): string {
  switch (layer.kind) {
    case "dropout":
      return `dropout ${layer.rate}`;
    case "gaussianDropout":
      return `Gaussian dropout ${layer.rate}`;
    case "spatialDropout":
      return `dropout ${layer.rate} of slices along axis ${layer.axis}`;
    case "leakyRelu":
      return `leakyRelu ${layer.slope}`;
    case "elu":
      return `elu ${layer.alpha}`;
    case "batchNorm":
      return "batch normalisation";
    case "layerNorm":
      return "layer normalisation";
    default:
      return layer.kind;
  }
}

const addLength = (total: number, { length }: Parameter) => total + length;
const sum = (own: readonly Parameter[], role: Parameter["role"]) =>
  own.filter((parameter) => parameter.role === role).reduce(addLength, 0);
const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((size) => Number.isSafeInteger(size) && size > 0);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
