// Colours of an image as red, green and blue: palettes looked up, luminance and chrominance converted.
import type { Image, Palette, StoredPixels, Table } from "./image.ts";

/**
 * The image with what its palette means in the place of its indices, and YBR as RGB; any other image as it is.
 *
 * @example
 * ```ts
 * import { rgbOf } from "voxgrad";
 * import type { Image } from "voxgrad";
 *
 * const show = (image: Image) => console.log(rgbOf(image).shape); // [ 240, 320, 3 ] for a palette's [ 240, 320 ]
 * ```
 */
export function rgbOf(image: Image): Image {
  if (image.palette) {
    const { pixels, shape } = image;
    return { ...image, pixels: lookUp(pixels, image.palette), shape: [...shape, 3], colours: 3, palette: null, photometric: "RGB" }; // prettier-ignore
  }
  if (/^YBR_FULL/.test(image.photometric) && image.colours === 3 && image.pixels instanceof Uint8Array)
    return { ...image, pixels: rgbOfYbr(image.pixels), photometric: "RGB" };
  return image;
}

function lookUp(pixels: StoredPixels, { bits, red, green, blue }: Palette): Uint8Array | Uint16Array {
  const colours = bits === 8 ? new Uint8Array(3 * pixels.length) : new Uint16Array(3 * pixels.length);
  const at = ({ first, values }: Table, stored: number) =>
    values[Math.min(Math.max(stored - first, 0), values.length - 1)];
  for (let i = 0; i < pixels.length; i++) {
    const stored = Number(pixels[i]);
    colours[3 * i] = at(red, stored);
    colours[3 * i + 1] = at(green, stored);
    colours[3 * i + 2] = at(blue, stored);
  }
  return colours;
}

/** R = Y + 1.402 Cr, G = Y - 0.344136 Cb - 0.714136 Cr, B = Y + 1.772 Cb   (PS3.3 C.7.6.3.1.2, solved for RGB) */
function rgbOfYbr(pixels: Uint8Array): Uint8Array {
  // A clamped array rounds half to even and keeps to 0 .. 255.
  const colours = new Uint8ClampedArray(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    const [luminance, blueness, redness] = [pixels[i], pixels[i + 1] - 128, pixels[i + 2] - 128];
    colours[i] = luminance + 1.402 * redness;
    colours[i + 1] = luminance - 0.344136 * blueness - 0.714136 * redness;
    colours[i + 2] = luminance + 1.772 * blueness;
  }
  return new Uint8Array(colours.buffer);
}

/** Y = 0.299 R + 0.587 G + 0.114 B   (ITU-R BT.601); the gray of gray and alpha. An image without colours as it is. */
export function grayOf(image: Image): Image {
  const { colours, palette } = image;
  const ready = palette ? rgbOf(image) : image;
  if (ready.colours === 1) return ready;
  if (ready.pixels instanceof BigInt64Array || ready.pixels instanceof BigUint64Array)
    throw new RangeError("gray: expected colours of at most 32 bits, got 64");
  const { pixels } = ready;
  const isWhole = !(pixels instanceof Float32Array || pixels instanceof Float64Array);
  const step = palette ? 3 : colours;
  const made = new (pixels.constructor as new (length: number) => typeof pixels)(pixels.length / step);
  for (let i = 0; i < made.length; i++) {
    const at = i * step;
    const luminance = step < 3 ? pixels[at] : 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    made[i] = isWhole ? Math.round(luminance) : luminance;
  }
  return { ...ready, pixels: made, shape: ready.shape.slice(0, -1), colours: 1, photometric: "MONOCHROME2" };
}
