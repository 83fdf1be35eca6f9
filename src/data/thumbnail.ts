// Small pictures of images, by which copies are found: their cells, and how they may be flipped and turned.
import { isColoured } from "./coloured.ts";

/** How the images of one shape become thumbnails. */
export interface ThumbnailPlan {
  /** Elements of an image along the axes of space that have more than one, then the colours. */
  readonly sizes: readonly number[];
  /** Cells along the same axes: [32, 32, 1], [10, 10, 10, 1]. */
  readonly grid: readonly number[];
  /** Cells of a thumbnail in all. */
  readonly cells: number;
  /** Cells of the coarse picture, colours taken together. */
  readonly coarseCells: number;
  /** The coarse cell of each cell. */
  readonly coarseOf: Int32Array;
  /** Of each flip and quarter turn: for each cell the one that comes to lie there. The first leaves all in place. */
  readonly turns: readonly Int32Array[];
  /** The same for coarse cells. */
  readonly coarseTurns: readonly Int32Array[];
}

/** Cells along an axis at most, by the number of axes. */
const mostCells = [0, 1024, 32, 10];

/** A picture of fewer cells is its own coarse picture. */
const fewestToCoarsen = 129;

export function planThumbnails(shape: readonly number[]): ThumbnailPlan {
  const colours = isColoured(shape) ? shape[shape.length - 1] : 1;
  const space = isColoured(shape) ? shape.slice(0, -1) : shape;
  // One slice is a picture, not a volume.
  const axes =
    space.length > 1 && space.some((size) => size > 1) ? space.filter((size) => size > 1) : space.slice(0, 1);
  const most = mostCells[axes.length] ?? 6;
  // A whole number of blocks along each axis, so that the coarse picture is a projection of the fine one.
  const multiple = axes.length === 1 ? 16 : axes.length === 2 && Math.min(...axes) >= 24 ? 4 : 2;
  const sides = axes.map((size) => {
    const side = Math.min(size, most);
    return side < multiple ? side : side - (side % multiple);
  });
  const places = sides.reduce((product, side) => product * side, 1);
  const isCoarse = places >= fewestToCoarsen && sides.every((side) => side % multiple === 0);
  const block = isCoarse ? multiple : 1;
  const coarseSides = sides.map((side) => side / block);
  const turns = turnsOf(sides);
  return {
    sizes: [...axes, colours],
    grid: [...sides, colours],
    cells: places * colours,
    coarseCells: coarseSides.reduce((product, side) => product * side, 1),
    coarseOf: coarseIndex(sides, coarseSides, block, colours),
    turns: turns.map((turn) => withColours(cellsUnder(turn, sides), colours)),
    coarseTurns: turns.map((turn) => cellsUnder(turn, coarseSides)),
  };
}

/** Which axis comes to lie along each axis, and whether it runs backwards. */
interface Turn {
  readonly axes: readonly number[];
  readonly backwards: readonly boolean[];
}

/** All flips and quarter turns that fit the grid, the one that leaves all in place first; a list of values has none else. */
function turnsOf(sides: readonly number[]): Turn[] {
  const same: Turn = { axes: sides.map((_, axis) => axis), backwards: sides.map(() => false) };
  if (sides.length === 1 || sides.length > 3) return [same];
  const turns: Turn[] = [];
  for (const axes of permutations(same.axes)) {
    if (!axes.every((from, axis) => sides[from] === sides[axis])) continue;
    for (let bits = 0; bits < 1 << sides.length; bits++)
      // An axis of one cell has no backwards.
      if (sides.every((side, axis) => side > 1 || ((bits >> axis) & 1) === 0))
        turns.push({ axes, backwards: sides.map((_, axis) => ((bits >> axis) & 1) === 1) });
  }
  return turns;
}

function permutations(list: readonly number[]): number[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first) => permutations(list.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

function stridesOf(sides: readonly number[]): number[] {
  return sides.map((_, axis) => sides.slice(axis + 1).reduce((product, side) => product * side, 1));
}

function cellsUnder({ axes, backwards }: Turn, sides: readonly number[]): Int32Array {
  const strides = stridesOf(sides);
  return Int32Array.from({ length: sides.reduce((product, side) => product * side, 1) }, (_, cell) =>
    axes.reduce((from, source, axis) => {
      const at = Math.floor(cell / strides[axis]) % sides[axis];
      return from + strides[source] * (backwards[axis] ? sides[axis] - 1 - at : at);
    }, 0),
  );
}

function withColours(cells: Int32Array, colours: number): Int32Array {
  return Int32Array.from({ length: cells.length * colours }, (_, i) => {
    const cell = Math.floor(i / colours);
    return cells[cell] * colours + (i - cell * colours);
  });
}

function coarseIndex(
  sides: readonly number[],
  coarseSides: readonly number[],
  block: number,
  colours: number,
): Int32Array {
  const strides = stridesOf(sides);
  const coarseStrides = stridesOf(coarseSides);
  const places = sides.reduce((product, side) => product * side, 1);
  return Int32Array.from({ length: places * colours }, (_, i) =>
    sides.reduce((sum, side, axis) => {
      const at = Math.floor(Math.floor(i / colours) / strides[axis]) % side;
      return sum + coarseStrides[axis] * Math.floor(at / block);
    }, 0),
  );
}
