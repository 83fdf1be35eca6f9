// Preprocessing of images and masks that lie in arrays, one behind the other.
import type { Pixels } from "../data/dataset.ts";
import { valuesOf } from "../data/image.ts";
import { preprocess, preprocessMask } from "../data/preprocess.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { fromStructure } from "../data/structure.ts";
import type { Values } from "../data/truth.ts";

export interface ImageArrays {
  readonly images: Pixels;
  readonly shape: readonly number[];
  readonly masks: Values | null;
}

/** Images stay bytes where all steps leave them so, and become float32 otherwise. @throws RangeError as `preprocess`. */
export function preprocessArrays(
  { images, shape, masks }: ImageArrays,
  steps: readonly Preprocessing[],
  name: string,
): ImageArrays {
  if (steps.length === 0) return { images, shape, masks };
  const size = shape.reduce((product, length) => product * length, 1);
  const colours = shape.length > 2 && [3, 4].includes(shape[shape.length - 1]) ? shape[shape.length - 1] : 1;
  const dims = [...(colours > 1 ? shape.slice(0, -1) : shape)].reverse();
  const count = images.length / size;
  const ready = Array.from({ length: count }, (_, index) => {
    try {
      return preprocess(fromStructure({ data: images.subarray(index * size, (index + 1) * size), dims }), steps);
    } catch (cause) {
      throw cause instanceof RangeError ? new RangeError(`${name}: ${cause.message}`, { cause }) : cause;
    }
  });
  const [first] = ready;
  const made = first.pixels.length;
  const areBytes = ready.every(({ pixels, rescale }) => pixels instanceof Uint8Array && rescale.slope === 1);
  const all = new (areBytes ? Uint8Array : Float32Array)(count * made);
  ready.forEach((image, index) => {
    if (areBytes) all.set(image.pixels as Uint8Array, index * made);
    else all.set(valuesOf(image, new Float32Array(made)), index * made);
  });
  return { images: all, shape: first.shape, masks: masks && movedMasks(masks, dims, count, size, colours, steps) };
}

/** A mask has a value for each voxel, or as an image without colours for each value. */
function movedMasks(
  masks: Values,
  dims: readonly number[],
  count: number,
  size: number,
  colours: number,
  steps: readonly Preprocessing[],
): Values {
  const voxels = masks.length / count;
  if (voxels !== size / colours && voxels !== size) return masks;
  const values = Float64Array.from(masks as ArrayLike<number>, Number);
  const moved = Array.from({ length: count }, (_, index) => {
    const data = values.subarray(index * voxels, (index + 1) * voxels);
    return preprocessMask(fromStructure({ data, dims }), steps).pixels as Float64Array;
  });
  const all = new Float64Array(count * moved[0].length);
  moved.forEach((mask, index) => all.set(mask, index * mask.length));
  return all;
}
