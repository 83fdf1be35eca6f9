// What a model keeps of its training set, to know an image that is unlike it: a plain value, as its file has it.

/** Lowest and highest value that is familiar. */
export type FamiliarRange = readonly [number, number];

/** The activations of the last hidden layer, class by class, and how far from them is still familiar. */
export interface FamiliarFeatures {
  /** The layer whose outputs are looked at. */
  readonly layer: string;
  readonly width: number;
  /** How distances are measured: by the inverse of the whole covariance, or of wide layers by the variances alone. */
  readonly covariance: "whole" | "diagonal";
  /** Mean of each class, (classes, width): float64, little-endian, base64. One for masks. */
  readonly means: string;
  /**
   * Of a whole covariance the lower triangle of its Cholesky factor, row by row; of a diagonal one the deviations: float64,
   * little-endian, base64.
   */
  readonly factor: string;
  /** The 99.5th percentile of distances: what is beyond it is unlike the training set. */
  readonly limit: number;
}

/** What is familiar to a model. JSON-safe. */
export interface Familiar {
  /** The shape of the training images. */
  readonly shape: readonly number[];
  /** Pixels as they were read, before they are scaled. */
  readonly intensities: Readonly<Record<"darkest" | "brightest" | "mean" | "deviation", FamiliarRange>>;
  /** null for a network without a hidden layer, or one that gives every image the same. */
  readonly features: FamiliarFeatures | null;
}

/** How many numbers a factor has. */
export function factorLength(width: number, covariance: FamiliarFeatures["covariance"]): number {
  return covariance === "whole" ? (width * (width + 1)) / 2 : width;
}

export function encodeNumbers(values: Float64Array): string {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat64(8 * i, value, true));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function decodeNumbers(text: string): Float64Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => view.getFloat64(8 * i, true));
}

/**
 * What a model's file has, checked.
 * @throws RangeError when it is not what was written.
 */
export function familiarOfJson(value: unknown): Familiar {
  const { shape, intensities, features } = (value ?? {}) as Partial<Familiar>;
  const isRange = (range: unknown) =>
    Array.isArray(range) && range.length === 2 && range.every((end) => Number.isFinite(end));
  const named = ["darkest", "brightest", "mean", "deviation"] as const;
  const isWhole =
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && size > 0) &&
    named.every((name) => isRange(intensities?.[name]));
  if (!isWhole || features === undefined) throw new RangeError('figures of the training set ("familiar") cut short');
  if (features !== null) checkFeatures(features);
  return value as Familiar;
}

function checkFeatures({ layer, width, covariance, means, factor, limit }: FamiliarFeatures): void {
  const isSized =
    Number.isSafeInteger(width) && width > 0 && ["whole", "diagonal"].includes(covariance) && Number.isFinite(limit);
  if (typeof layer !== "string" || !isSized || typeof means !== "string" || typeof factor !== "string")
    throw new RangeError('figures of the last hidden layer ("familiar") cut short');
  const [ofMeans, ofFactor] = [means, factor].map(decodeNumbers);
  const isRight =
    ofMeans.length > 0 &&
    ofMeans.length % width === 0 &&
    ofFactor.length === factorLength(width, covariance) &&
    [...ofMeans, ...ofFactor].every(Number.isFinite);
  if (!isRight) throw new RangeError(`figures of the last hidden layer ("familiar") that are not of ${width} nodes`);
}
