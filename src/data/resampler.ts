// Resamples an image or its mask under the composed map and the deformation: once, a few rows at a time.
import { drawKinds } from "../random.ts";
import type { RandomStream } from "../random.ts";
import type { Address, Kernels } from "../wasm/kernels.ts";
import { drawnLength, mostAugmentations } from "./augment-drawn.ts";
import { offsetsOf } from "./augment-regions.ts";
import type { AugmentPlan } from "./augment-plan.ts";
import type { AugmentMemory } from "./augmenter.ts";
import { writeTables } from "./spline-tables.ts";

export interface Resampler {
  /** In place. */
  image(at: Address, key: RandomStream, index: number, drawn: Float64Array): void;
  labels(y: Address, x: Address, key: RandomStream, index: number, drawn: Float64Array): void;
}

/** @param whole the map's matrix in voxels, (3, 3), as it is when an image is resampled. */
export function bindResampler(
  plan: AugmentPlan,
  kernels: Kernels,
  { address, integers, floats, doubles }: AugmentMemory,
  whole: Float64Array,
): Resampler {
  const { sizes, colours, choice, grid, deformPlace, rowsAtOnce, pairBytes } = plan;
  const [width, height, depth] = sizes;
  const offset = offsetsOf(plan);
  const at = (name: string) => address + offset(name);
  const matrix = offset("matrix") / 8;
  const mapAt = at("map");
  const matrixAt = at("matrix");
  const pairs = at("pairs");
  const points = at("points");
  const field = at("field");
  const control = at("control");
  const controlDraws = at("control draws");
  const depthTable = at("depth table");
  const heightTable = at("height table");
  const widthTable = at("width table");
  const splineRows = at("spline rows");
  const padded = at("padded labels");
  const range = at("range");
  const rangeFloats = offset("range") / 4;
  const slice = 8 * (height + 1) * (width + 1);
  const rows = depth * height;
  const features = rows * width * colours;

  if (grid) {
    const table = (name: string) => ({
      integers: integers.subarray(offset(name) / 4),
      floats: floats.subarray(offset(name) / 4),
    });
    writeTables(grid, sizes, { width: table("width table"), height: table("height table"), depth: table("depth table") }); // prettier-ignore
  }

  /** Draws the control points' displacements, seen through the map. Whether there is a deformation. */
  function drawField(key: RandomStream, index: number, drawn: Float64Array): boolean {
    if (!grid || drawn[deformPlace * drawnLength] === 0) return false;
    const { amplitude } = grid;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) doubles[matrix + 3 * i + j] = whole[3 * i + j] * amplitude[j];
    const number = index * mostAugmentations + deformPlace;
    const controlRows = grid.points[1] * grid.points[2];
    kernels.drawControl(control, matrixAt, controlDraws, controlRows, grid.columns, key.key[0], key.key[1], key.counter, drawKinds.deformation, number); // prettier-ignore
    return true;
  }

  /** Writes the points of some rows. */
  function place(isDeformed: boolean, first: number, count: number): void {
    if (isDeformed && grid)
      kernels.splineField(field, control, depthTable, heightTable, widthTable, splineRows, first, count, height, width, grid.points[1], grid.columns); // prettier-ignore
    const moved = isDeformed ? field : 0;
    switch (choice.padding) {
      case "constant":
        return kernels.pointsConstant(points, mapAt, moved, first, count, depth, height, width, pairs);
      case "nearest":
        return kernels.pointsNearest(points, mapAt, moved, first, count, depth, height, width, pairs);
      case "mirror":
        return kernels.pointsMirror(points, mapAt, moved, first, count, depth, height, width, pairs);
    }
  }

  return {
    image(image, key, index, drawn) {
      let fill = choice.fill ?? 0;
      if (choice.padding === "constant" && choice.fill === null) {
        kernels.smallest(range, image, features);
        fill = floats[rangeFloats];
      }
      for (let colour = 0; colour < colours; colour++)
        kernels.pairVoxels(pairs + colour * pairBytes, image + 4 * colour, depth, height, width, colours, fill);
      const isDeformed = drawField(key, index, drawn);
      for (let first = 0; first < rows; first += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, rows - first);
        place(isDeformed, first, count);
        for (let colour = 0; colour < colours; colour++) {
          const y = image + 4 * (first * width * colours + colour);
          if (depth > 1) kernels.gatherVolume(y, points, count, width, colours, colour * pairBytes, slice);
          else kernels.gatherSlice(y, points, count, width, colours, colour * pairBytes);
        }
      }
    },
    labels(y, x, key, index, drawn) {
      kernels.padLabels(padded, x, depth, height, width);
      const isDeformed = drawField(key, index, drawn);
      for (let first = 0; first < rows; first += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, rows - first);
        place(isDeformed, first, count);
        const out = y + first * width;
        if (choice.masks === "nearest") kernels.gatherNearest(out, points, padded, pairs, count, width, height);
        else kernels.gatherLikeliest(out, points, padded, pairs, count, width, height, depth);
      }
    },
  };
}
