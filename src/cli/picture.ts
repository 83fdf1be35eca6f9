// An image of a dataset as a picture for a page: PNG in a data URL.
import { encode } from "fast-png";
import { Buffer } from "node:buffer";
import type { Dataset } from "../index.ts";

/** The image, of a volume the middle slice, from its darkest to its brightest value as black to white. */
export async function pictureOf(set: Dataset, index: number): Promise<string> {
  const values = new Float32Array(set.shape.reduce((product, size) => product * size, 1));
  await set.prepare?.(Int32Array.of(index));
  set.read(index, values, 0);
  // As the audit takes it: a short last axis is colours.
  const [rows, columns, last] = set.shape;
  const isColoured = set.shape.length > 3 || (last <= 4 && last < Math.min(rows, columns));
  const colours = isColoured ? set.shape[set.shape.length - 1] : 1;
  const axes = isColoured ? set.shape.slice(0, -1) : set.shape;
  const width = axes[axes.length - 1];
  const height = axes.length > 1 ? axes[axes.length - 2] : 1;
  const slices = values.length / (width * height * colours);
  const slice = values
    .subarray(Math.floor(slices / 2) * width * height * colours)
    .subarray(0, width * height * colours);
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of slice) {
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  const factor = maximum > minimum ? 255 / (maximum - minimum) : 0;
  // Of two or four values a pixel the first is shown, of three red, green and blue.
  const channels = colours === 3 ? 3 : 1;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return Math.round((slice[pixel * colours + (i - pixel * channels)] - minimum) * factor);
  });
  const png = encode({ width, height, data, channels, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}
