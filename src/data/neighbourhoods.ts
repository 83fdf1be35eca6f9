// Images in blocks of neighbours, so that blocks that are too far apart need not be compared.
import type { Gallery } from "./gallery.ts";

/** Directions along which blocks are told apart. */
const mostDirections = 8;

/** Images that the directions are taken from. */
const sampleSize = 1024;

/** Rounds of the power method; the directions need not be exact, any that are orthonormal give true bounds. */
const rounds = 30;

/** Images of a set that lie together, and where. */
export interface Neighbours {
  /** Positions in the order: from here, so many. */
  readonly first: number;
  readonly count: number;
}

export interface Neighbourhoods {
  /** The images that are not blank, set by set, those of a block together. */
  readonly order: Int32Array;
  /** The blocks of each set. */
  readonly blocks: readonly (readonly Neighbours[])[];
  /**
   * What |u - v|^2 is at least, for u of one block and v of another flipped or turned. Along orthonormal directions w the
   * coarse pictures of the blocks span intervals, and so do the lengths of what these leave out of them:
   *   |Pu - Pv|^2  >=  sum over w of (gap between the intervals)^2
   */
  readonly leastSquare: (one: Neighbours, other: Neighbours, turn: number) => number;
}

/** @param size images of a block at most. */
export function findNeighbourhoods(gallery: Gallery, size: number): Neighbourhoods {
  const { plan, row } = gallery;
  const directions = directionsOf(gallery);
  const columns = directions.length + 1;
  const placed = placesUnder(gallery, directions, 0);
  const order: number[] = [];
  const blocks = row.sets.map((_, set) => {
    const images: number[] = [];
    for (let image = row.starts[set]; image < row.starts[set + 1]; image++)
      if (!gallery.isBlank(image)) images.push(image);
    const found: Neighbours[] = [];
    for (const block of halved(Int32Array.from(images), placed, columns, size)) {
      found.push({ first: order.length, count: block.length });
      for (const image of block) order.push(image);
    }
    return found;
  });
  const inOrder = Int32Array.from(order);
  // By turn and where a block begins.
  const boxes = plan.turns.map((_, turn) => {
    const places = turn === 0 ? placed : placesUnder(gallery, directions, turn);
    return new Map(blocks.flat().map((block) => [block.first, boxOf(block, inOrder, places, columns)]));
  });
  return {
    order: inOrder,
    blocks,
    leastSquare(one, other, turn) {
      const a = boxes[0].get(one.first);
      const b = boxes[turn].get(other.first);
      let sum = 0;
      if (!a || !b) return sum;
      for (let i = 0; i < a.length; i += 2) {
        const gap = Math.max(0, a[i] - b[i + 1], b[i] - a[i + 1]);
        sum += gap * gap;
      }
      return sum;
    },
  };
}

/** Least and greatest along each direction. */
function boxOf({ first, count }: Neighbours, order: Int32Array, places: Float32Array, columns: number): Float64Array {
  const box = new Float64Array(2 * columns);
  for (let column = 0; column < columns; column++) {
    let [least, greatest] = [Infinity, -Infinity];
    for (let at = first; at < first + count; at++) {
      const value = places[order[at] * columns + column];
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    box[2 * column] = least;
    box[2 * column + 1] = greatest;
  }
  return box;
}

/** (images, directions + 1): w . Pu of the turned image for each direction, then the length of what is left. */
function placesUnder({ coarse, plan, row }: Gallery, directions: readonly Float64Array[], turn: number): Float32Array {
  const cells = plan.coarseCells;
  const source = plan.coarseTurns[turn];
  const columns = directions.length + 1;
  const places = new Float32Array(row.length * columns);
  for (let image = 0; image < row.length; image++) {
    let left = 0;
    for (let cell = 0; cell < cells; cell++) {
      const value = coarse[image * cells + cell];
      left += value * value;
    }
    directions.forEach((direction, column) => {
      let along = 0;
      for (let cell = 0; cell < cells; cell++) along += direction[cell] * coarse[image * cells + source[cell]];
      places[image * columns + column] = along;
      left -= along * along;
    });
    places[image * columns + columns - 1] = Math.sqrt(Math.max(0, left));
  }
  return places;
}

/** Halves along the direction in which they spread most, until no part has more than `size`. */
function halved(images: Int32Array, places: Float32Array, columns: number, size: number): Int32Array[] {
  if (images.length === 0) return [];
  if (images.length <= size) return [images];
  let widest = 0;
  let most = -1;
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0];
    for (const image of images) {
      const value = places[image * columns + column];
      sum += value;
      squares += value * value;
    }
    const spread = squares - (sum * sum) / images.length;
    if (spread <= most) continue;
    most = spread;
    widest = column;
  }
  const key = (image: number) => places[image * columns + widest];
  const sorted = images.slice().sort((a, b) => key(a) - key(b) || a - b);
  const middle = Math.ceil(Math.ceil(images.length / size) / 2) * size;
  return [
    ...halved(sorted.slice(0, middle), places, columns, size),
    ...halved(sorted.slice(middle), places, columns, size),
  ];
}

/** Orthonormal: the mean of coarse pictures, and what they spread along most about it (power method, deflated). */
function directionsOf(gallery: Gallery): Float64Array[] {
  const { coarse, plan, row } = gallery;
  const cells = plan.coarseCells;
  const step = Math.max(1, Math.floor(row.length / sampleSize));
  const sample: Float64Array[] = [];
  for (let image = 0; image < row.length; image += step)
    if (!gallery.isBlank(image)) sample.push(Float64Array.from(coarse.subarray(image * cells, (image + 1) * cells)));
  const directions: Float64Array[] = [];
  while (directions.length < Math.min(mostDirections, cells)) {
    const next = directions.length === 0 ? meanOf(sample, cells) : strongest(sample, cells, directions.length);
    if (!next) break;
    // Twice, as rounding leaves something of the others the first time.
    for (let again = 0; again < 2; again++) for (const known of directions) takeAway(next, known);
    if (!scaleToOne(next)) break;
    directions.push(next);
    for (const picture of sample) takeAway(picture, next);
  }
  return directions;
}

function meanOf(sample: readonly Float64Array[], cells: number): Float64Array {
  const mean = new Float64Array(cells);
  for (const picture of sample) for (let cell = 0; cell < cells; cell++) mean[cell] += picture[cell];
  return mean;
}

function strongest(sample: readonly Float64Array[], cells: number, begin: number): Float64Array | null {
  let direction = Float64Array.from({ length: cells }, (_, cell) => ((cell * 7 + begin * 3) % 11) - 5);
  for (let round = 0; round < rounds; round++) {
    if (!scaleToOne(direction)) return null;
    const next = new Float64Array(cells);
    for (const picture of sample) {
      const along = product(picture, direction);
      for (let cell = 0; cell < cells; cell++) next[cell] += along * picture[cell];
    }
    direction = next;
  }
  return direction;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function takeAway(from: Float64Array, direction: Float64Array): void {
  const along = product(from, direction);
  for (let i = 0; i < from.length; i++) from[i] -= along * direction[i];
}

function scaleToOne(vector: Float64Array): boolean {
  const length = Math.sqrt(product(vector, vector));
  if (!(length > 1e-9)) return false;
  for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return true;
}
