// What is said of one image: shape, spacing, range, sum and the SHA-256 of its values.
import { littleEndianBytes } from "../endian.ts";
import { sha256 } from "../storage/sha256.ts";
import { pixelTypeOf, valuesOf } from "./image.ts";
import type { Image, PixelType } from "./image.ts";

export interface ImageFacts {
  readonly format: Image["format"];
  /** x first, colours last. */
  readonly shape: readonly number[];
  readonly type: PixelType;
  readonly bigEndian: boolean;
  readonly spacing: readonly number[] | null;
  readonly affine: readonly (readonly number[])[] | null;
  /** Of the finite values after slope and intercept; null when there is none. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly sum: number;
  /** Over the values as little-endian float64: x fastest, then y, z, time, and colours last. */
  readonly sha256: string;
}

/** The facts that `voxgrad inspect FILE` prints. Needs 8 bytes for each pixel while it runs. */
export async function factsOf(image: Image): Promise<ImageFacts> {
  const { format, shape, colours, bigEndian, spacing, affine } = image;
  const values = valuesOf(image);
  const spatial = colours > 1 ? shape.slice(0, -1) : shape;
  return {
    format,
    shape: [...[...spatial].reverse(), ...(colours > 1 ? [colours] : [])],
    type: pixelTypeOf(image),
    bigEndian,
    spacing,
    affine,
    ...rangeOf(values),
    sha256: await sha256(littleEndianBytes(colours > 1 ? planes(values, colours) : values)),
  };
}

function rangeOf(values: Float64Array): Pick<ImageFacts, "minimum" | "maximum" | "sum"> {
  let [minimum, maximum, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += value;
  }
  return minimum > maximum ? { minimum: null, maximum: null, sum } : { minimum, maximum, sum };
}

/** All values of the first colour, then of the second: x is fastest then. */
function planes(values: Float64Array, colours: number): Float64Array {
  const ordered = new Float64Array(values.length);
  const size = values.length / colours;
  for (let i = 0; i < size; i++)
    for (let colour = 0; colour < colours; colour++) ordered[colour * size + i] = values[i * colours + colour];
  return ordered;
}
