// Weights of cubic B-splines at every voxel, as the kernels read them: written once for images of one size.
import type { ControlGrid } from "./augment-plan.ts";

/** Where a table's entries go: the same memory by integers and by floats. */
export interface TableMemory {
  readonly integers: Int32Array;
  readonly floats: Float32Array;
}

/** The first of the four control points about voxel i of n, and the place between the middle two. */
function cellOf(i: number, n: number, cells: number): { readonly first: number; readonly t: number } {
  const u = (i * cells) / (n - 1);
  const first = Math.min(Math.floor(u), cells - 1);
  return { first, t: u - first };
}

/** The four weights at t of [0, 1]   (Rueckert et al. 1999, below eq. 1) */
export function splineWeights(t: number): readonly number[] {
  const s = 1 - t;
  return [
    (s * s * s) / 6,
    (3 * t * t * t - 6 * t * t + 4) / 6,
    (-3 * t * t * t + 3 * t * t + 3 * t + 1) / 6,
    (t * t * t) / 6,
  ];
}

/** An entry of 32 bytes for each voxel along an axis: first point, count, and from byte 16 the weights. */
export function writeRowTable({ integers, floats }: TableMemory, n: number, cells: number): void {
  for (let i = 0; i < n; i++) {
    const at = 8 * i;
    const { first, t } = cells > 0 ? cellOf(i, n, cells) : { first: 0, t: 0 };
    integers[at] = first;
    integers[at + 1] = cells > 0 ? 4 : 1;
    if (cells > 0) floats.set(splineWeights(t), at + 4);
    else floats[at + 4] = 1;
  }
}

/** An entry of 128 bytes for each four voxels: first point, count (at most 7), and from byte 16 for each point four weights. */
export function writeVectorTable({ integers, floats }: TableMemory, n: number, cells: number): void {
  for (let j = 0; 4 * j < n; j++) {
    const at = 32 * j;
    floats.fill(0, at, at + 32);
    const lanes = [0, 1, 2, 3].filter((lane) => 4 * j + lane < n);
    const places = lanes.map((lane) => (cells > 0 ? cellOf(4 * j + lane, n, cells) : { first: 0, t: 0 }));
    integers[at] = places[0].first;
    integers[at + 1] = cells > 0 ? places[places.length - 1].first - places[0].first + 4 : 1;
    places.forEach(({ first, t }, lane) => {
      const weights = cells > 0 ? splineWeights(t) : [1];
      weights.forEach((weight, k) => (floats[at + 4 + 4 * (first - places[0].first + k) + lane] = weight));
    });
  }
}

export function writeTables(
  grid: ControlGrid,
  [width, height, depth]: readonly number[],
  tables: { readonly width: TableMemory; readonly height: TableMemory; readonly depth: TableMemory },
): void {
  writeVectorTable(tables.width, width, grid.cells[0]);
  writeRowTable(tables.height, height, grid.cells[1]);
  writeRowTable(tables.depth, depth, grid.cells[2]);
}
