// Composes what was drawn for an image into one affine map, from voxels of the result to places in the image.
import { sinAt } from "../elementary.ts";
import { drawnLength } from "./augment-drawn.ts";
import type { ImageAugmentation } from "./augment.ts";

const radians = 0.017453292519943295;

/** Axes x, y, z; the map is from millimetres about the centre to millimetres about the centre, x' = M x + t. */
export interface AffineMap {
  /** (3, 3), row-major. */
  readonly matrix: Float64Array;
  readonly offset: Float64Array;
}

/** Where functions find and leave numbers: one that is handed over or returned may be put on the heap for every image. */
const own = new Float64Array(6);

/** M <- M G, where G differs from the identity in the rows and columns i and j: own[0 .. 3] = [[a, b], [c, d]]. */
function turn(m: Float64Array, i: number, j: number): void {
  for (let row = 0; row < 9; row += 3) {
    const left = m[row + i];
    const right = m[row + j];
    m[row + i] = left * own[0] + right * own[2];
    m[row + j] = left * own[1] + right * own[3];
  }
}

/** M <- M G, which stretches one axis by own[0]. */
function stretchAxis(m: Float64Array, axis: number): void {
  for (let row = 0; row < 9; row += 3) m[row + axis] *= own[0];
}

/** t <- t + M g, own[0] along one axis. */
function move({ matrix, offset }: AffineMap, axis: number): void {
  for (let row = 0; row < 3; row++) offset[row] += matrix[3 * row + axis] * own[0];
}

/** own[0] and own[4] = cosine and sine of drawn[at] degrees. */
function direct(drawn: Float64Array, at: number): void {
  own[0] = drawn[at] * radians;
  own[4] = own[0];
  sinAt(own, 0, 1);
  sinAt(own, 4, 0);
}

/** M <- M G of a turn by drawn[at] degrees: of the content, forward, from axis j towards axis i. */
function turnPlane(m: Float64Array, i: number, j: number, drawn: Float64Array, at: number): void {
  if (drawn[at] === 0) return;
  direct(drawn, at);
  own[1] = -own[4];
  own[2] = own[4];
  own[3] = own[0];
  turn(m, i, j);
}

/** M <- M R about a direction   (Rodrigues 1840: R = c I + s [u]x + (1 - c) u u^T) */
function turnAbout(m: Float64Array, axis: readonly number[], drawn: Float64Array, at: number): void {
  direct(drawn, at);
  const c = own[0];
  const s = own[4];
  const length = Math.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
  const x = axis[0] / length;
  const y = axis[1] / length;
  const z = axis[2] / length;
  const k = 1 - c;
  for (let row = 0; row < 9; row += 3) {
    const p = m[row];
    const q = m[row + 1];
    const r = m[row + 2];
    m[row] = p * (c + k * x * x) + q * (k * x * y + s * z) + r * (k * x * z - s * y);
    m[row + 1] = p * (k * x * y - s * z) + q * (c + k * y * y) + r * (k * y * z + s * x);
    m[row + 2] = p * (k * x * z + s * y) + q * (k * y * z - s * x) + r * (c + k * z * z);
  }
}

/**
 * Composes the inverse of each, in the order of the list: content goes through the first one first.
 * @param extent the image's size in millimetres along x, y, z.
 * @returns whether anything but flips, and whether anything at all, is applied: 2, 1 or 0.
 */
export function composeMap(
  list: readonly ImageAugmentation[],
  drawn: Float64Array,
  extent: ArrayLike<number>,
  map: AffineMap,
): 0 | 1 | 2 {
  const { matrix: m, offset } = map;
  for (let k = 0; k < 9; k++) m[k] = k % 4 === 0 ? 1 : 0;
  offset.fill(0);
  let most: 0 | 1 | 2 = 0;
  for (let place = 0; place < list.length; place++) {
    const at = place * drawnLength;
    if (drawn[at] === 0) continue;
    const augmentation = list[place];
    switch (augmentation.kind) {
      case "crop":
        for (let axis = 0; axis < 3; axis++) {
          own[0] = (drawn[at + 2 + axis] * (1 - drawn[at + 1]) * extent[axis]) / 2;
          move(map, axis);
          own[0] = drawn[at + 1];
          stretchAxis(m, axis);
        }
        break;
      case "translate":
        for (let axis = 0; axis < 3; axis++) {
          own[0] = -drawn[at + 1 + axis];
          if (augmentation.millimetres === null) own[0] *= extent[axis];
          move(map, axis);
        }
        break;
      case "rotate":
        if (typeof augmentation.axis !== "string") turnAbout(m, augmentation.axis, drawn, at + 1);
        else {
          turnPlane(m, 1, 2, drawn, at + 1);
          turnPlane(m, 2, 0, drawn, at + 2);
          turnPlane(m, 0, 1, drawn, at + 3);
        }
        break;
      case "scale":
        own[0] = 1 / drawn[at + 1];
        for (let axis = 0; axis < 3; axis++) stretchAxis(m, axis);
        break;
      case "stretch":
        for (let axis = 0; axis < 3; axis++) {
          own[0] = 1 / drawn[at + 1 + axis];
          stretchAxis(m, axis);
        }
        break;
      case "shear":
        direct(drawn, at + 1);
        own[1] = -own[4] / own[0];
        own[0] = 1;
        own[2] = 0;
        own[3] = 1;
        turn(m, drawn[at + 2] | 0, drawn[at + 3] | 0);
        break;
      case "flip":
        own[0] = -1;
        for (let axis = 0; axis < 3; axis++) if (drawn[at + 1 + axis] === 1) stretchAxis(m, axis);
        if (most === 0) most = 1;
        continue;
      case "deform":
        break;
      default:
        continue;
    }
    most = 2;
  }
  return most;
}

/** Along x, y, z. */
export interface VoxelGrid {
  readonly sizes: readonly number[];
  /** Millimetres. */
  readonly spacing: readonly number[];
}

/**
 * The same map in voxels, less the identity, as the kernels take it: for x, y, z each (offset, by x, by y, by z).
 * voxels: (12), whole: (9), the matrix in voxels.
 */
export function inVoxels(
  { matrix, offset }: AffineMap,
  { sizes, spacing }: VoxelGrid,
  voxels: Float64Array,
  whole: Float64Array,
): void {
  for (let i = 0; i < 3; i++) {
    let start = offset[i] / spacing[i];
    for (let j = 0; j < 3; j++) {
      const entry = matrix[3 * i + j] === 0 ? 0 : (matrix[3 * i + j] * spacing[j]) / spacing[i];
      const own = i === j ? entry - 1 : entry;
      whole[3 * i + j] = entry;
      voxels[4 * i + 1 + j] = own;
      start -= (own * (sizes[j] - 1)) / 2;
    }
    voxels[4 * i] = start;
  }
}
