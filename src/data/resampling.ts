// An image on another grid over the same part of the body: linear between voxels, or the nearest voxel's value.
import { axesOf, checkAxes, placedOn } from "./image-grid.ts";
import type { GridAxis } from "./image-grid.ts";
import type { Image, StoredPixels } from "./image.ts";
import { asValues } from "./intensity.ts";

/** 2^30: a spacing in the wrong unit should not ask for all memory there is. */
const mostVoxels = 1073741824;

const millimetres: Readonly<Record<Image["unit"], number>> = { mm: 1, m: 1000, um: 0.001, unknown: 1 };

/** As many voxels as `size` says (slowest first) over the same field of view: outer faces stay where they are. */
export function gridOfSize(image: Image, size: readonly number[]): readonly GridAxis[] {
  checkAxes("resampleTo size", image, size);
  return axesOf(image).map((length, axis) => axisAbout(length, size[axis], length / size[axis]));
}

/**
 * Voxels of this spacing (millimetres, x first; one number for all axes) about the same centre, as many as come nearest
 * to the field of view.
 */
export function gridOfSpacing(image: Image, spacing: number | readonly number[]): readonly GridAxis[] {
  const lengths = axesOf(image);
  const wanted = typeof spacing === "number" ? lengths.map(() => spacing) : spacing;
  checkAxes("resampleTo spacing", image, wanted);
  const has = image.spacing?.slice(0, lengths.length) ?? [];
  if (has.length < lengths.length || !has.every((distance) => distance > 0))
    throw new RangeError(
      `resampleTo spacing: expected an image that says the spacing of its ${lengths.length} axes, got ` +
        `${has.length > 0 ? `[${has.join(", ")}]` : "none"}. Use resampleTo({ size }).`,
    );
  return lengths.map((length, axis) => {
    const x = lengths.length - 1 - axis;
    const factor = wanted[x] / (has[x] * millimetres[image.unit]);
    return axisAbout(length, Math.max(1, Math.round(length / factor)), factor);
  });
}

/** The middle of the new axis lies on the middle of the old one. */
function axisAbout(from: number, length: number, factor: number): GridAxis {
  return { length, factor, offset: (from - 1 - (length - 1) * factor) / 2 };
}

/** Places beyond the image's outermost voxels take their values. The image itself where its grid stays. */
export function resampled(image: Image, grid: readonly GridAxis[], between: "linear" | "nearest"): Image {
  const lengths = [...axesOf(image)];
  if (lengths.length > 3)
    throw new RangeError(`resampleTo: expected at most three axes, got ${lengths.join("x")}. Read one volume of it.`);
  if (grid.every(({ length, factor, offset }, axis) => length === lengths[axis] && factor === 1 && offset === 0))
    return image;
  const voxels = grid.reduce((product, { length }) => product * length, 1);
  if (voxels > mostVoxels)
    throw new RangeError(
      `resampleTo: expected at most ${mostVoxels} voxels, got ${grid.map(({ length }) => length).join("x")}. Is the unit right?`,
    );
  const ready = between === "linear" ? asValues(image) : unscaled(image);
  let pixels: StoredPixels = ready.pixels;
  grid.forEach((axis, index) => {
    const { length, factor, offset } = axis;
    if (length === lengths[index] && factor === 1 && offset === 0) return;
    const inner = lengths.slice(index + 1).reduce((product, size) => product * size, image.colours);
    pixels =
      between === "linear"
        ? linearAlong(pixels as Float32Array, lengths[index], inner, axis)
        : nearestAlong(pixels, lengths[index], inner, axis);
    lengths[index] = length;
  });
  return { ...ready, pixels, ...placedOn(image, grid) };
}

/** Scales that differ from frame to frame cannot follow voxels that move between frames. */
function unscaled(image: Image): Image {
  return image.frameRescales ? asValues(image) : image;
}

/** pixels: (outer, from, inner) to (outer, length, inner); y = a + (b - a) t between neighbours a and b */
function linearAlong(pixels: Float32Array, from: number, inner: number, { length, factor, offset }: GridAxis) {
  const outer = pixels.length / (from * inner);
  const made = new Float32Array(outer * length * inner);
  for (let i = 0; i < length; i++) {
    const place = Math.min(Math.max(factor * i + offset, 0), from - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, from - 1);
    const part = place - below;
    for (let block = 0; block < outer; block++) {
      const [to, a, b] = [(block * length + i) * inner, (block * from + below) * inner, (block * from + above) * inner];
      for (let k = 0; k < inner; k++) made[to + k] = pixels[a + k] + (pixels[b + k] - pixels[a + k]) * part;
    }
  }
  return made;
}

function nearestAlong(pixels: StoredPixels, from: number, inner: number, { length, factor, offset }: GridAxis) {
  const outer = pixels.length / (from * inner);
  const made = new (pixels.constructor as new (length: number) => Uint8Array)(outer * length * inner);
  for (let i = 0; i < length; i++) {
    const nearest = Math.min(Math.max(Math.floor(factor * i + offset + 0.5), 0), from - 1);
    for (let block = 0; block < outer; block++) {
      const at = (block * from + nearest) * inner;
      made.set((pixels as Uint8Array).subarray(at, at + inner), (block * length + i) * inner);
    }
  }
  return made;
}
