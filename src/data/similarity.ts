// The search for near copies: every pair of images, as they are, flipped and turned, without missing one.
import type { Breathe } from "../breathe.ts";
import { layOut, matmulScratchBytes } from "../wasm/layout.ts";
import { allocate } from "../wasm/memory.ts";
import type { Block } from "../wasm/memory.ts";
import type { Gallery } from "./gallery.ts";
import { findNeighbourhoods } from "./neighbourhoods.ts";
import type { Neighbours } from "./neighbourhoods.ts";
import { createAdmission } from "./row.ts";

export interface SimilarPair {
  /** Images of the gallery, first < second. */
  readonly first: number;
  readonly second: number;
  /** Correlation of the thumbnails, at its best over flips and quarter turns. */
  readonly similarity: number;
  /** Whether they are alike only when one of them is flipped or turned. */
  readonly isTurned: boolean;
}

export interface SimilaritySearch {
  /** Pairs of at least this correlation are found. */
  readonly threshold: number;
  /** Whether pairs inside a set are looked for as well. */
  readonly insideSets: boolean;
  /** Pairs that need no look: they are known. */
  readonly isKnown: (first: number, second: number) => boolean;
}

/** Images in a block of products. */
const blockSize = 128;

/** From here on, a part of the way from the threshold to 1, pairs are near whatever their details are. */
const sureShare = 0.25;

/** Closer to the threshold their details have to correlate as well: two heads in one pose may agree in outline alone. */
const leastDetail = 0.945;

/** What float32 may be off in a product of thumbnails. */
const rounding = 1e-5;

/**
 * Thumbnails u and v have length 1, so r = 1 - |u - v|^2 / 2. The coarse picture Pu is a projection that leaves flips and
 * turns what they are; with the length of what it leaves out, (Pu, sqrt(1 - |Pu|^2)), it has length 1 again, and for two
 *   |u - v|^2  >=  |Pu - Pv|^2 + (sqrt(1 - |Pu|^2) - sqrt(1 - |Pv|^2))^2  =  2 - 2 (Pu, ...) (Pv, ...)
 * so that pairs whose product is below the threshold cannot be near. These products, for blocks of pairs and each turn of
 * v, are a product of matrices; only what passes is compared in full, and blocks that lie too far apart are not multiplied.
 */
export async function findSimilar(
  gallery: Gallery,
  search: SimilaritySearch,
  breathe: Breathe,
): Promise<SimilarPair[]> {
  const { plan } = gallery;
  const { order, blocks, leastSquare } = findNeighbourhoods(gallery, blockSize);
  const width = Math.ceil((plan.coarseCells + 1) / 4) * 4;
  const block = await allocate(
    layOut([
      ["rows", 4 * blockSize * width],
      ["columns", 4 * blockSize * width],
      ["products", 4 * blockSize * blockSize],
      ["scratch", matmulScratchBytes(blockSize, blockSize, width)],
    ]),
  );
  const compare = createComparison(gallery, search);
  const least = search.threshold - rounding;
  const furthest = 2 - 2 * least;
  const passed = new Int32Array(blockSize * blockSize);
  try {
    const pictures = lengthened(gallery, order, width);
    for (const [set, own] of blocks.entries()) {
      const before = blocks.slice(0, set).flat();
      for (const [place, columns] of own.entries()) {
        const others = search.insideSets ? [...before, ...own.slice(0, place + 1)] : before;
        for (let turn = 0; turn < plan.turns.length; turn++) {
          const near = others.filter((rows) => leastSquare(rows, columns, turn) <= furthest);
          if (near.length > 0) writeTurned(gallery, pictures, block.floats("columns"), width, columns, turn);
          for (const rows of near) {
            const from = rows.first * width;
            block.floats("rows").set(pictures.subarray(from, from + rows.count * width));
            multiply(block, rows.count, columns.count, width);
            const passing = placesFrom(block.floats("products"), rows.count * columns.count, least, passed);
            for (let at = 0; at < passing; at++) {
              const row = rows.first + Math.floor(passed[at] / columns.count);
              const column = columns.first + (passed[at] % columns.count);
              if (row < column) compare.look(order[row], order[column], turn);
            }
            await breathe();
          }
          await breathe();
        }
      }
    }
  } finally {
    block.free();
  }
  return compare.found();
}

function multiply(block: Block, rows: number, columns: number, width: number): void {
  const [c, a, b, scratch] = ["products", "rows", "columns", "scratch"].map((name) => block.address(name));
  block.kernels.matmulABt(c, a, b, scratch, rows, columns, width, columns, width, width);
}

/** Writes where the first `count` values are `least` or more; how many are. */
function placesFrom(values: Float32Array, count: number, least: number, places: Int32Array): number {
  let found = 0;
  for (let at = 0; at < count; at++) if (values[at] >= least) places[found++] = at;
  return found;
}

/** (images in order, width): Pu, sqrt(1 - |Pu|^2), zeros. */
function lengthened({ coarse, plan }: Gallery, order: Int32Array, width: number): Float32Array {
  const cells = plan.coarseCells;
  const pictures = new Float32Array(order.length * width);
  order.forEach((image, place) => {
    let squares = 0;
    for (let cell = 0; cell < cells; cell++) {
      const value = coarse[image * cells + cell];
      pictures[place * width + cell] = value;
      squares += value * value;
    }
    pictures[place * width + cells] = Math.sqrt(Math.max(0, 1 - squares));
  });
  return pictures;
}

/** The rows of a block with their coarse pictures flipped or turned. */
function writeTurned(
  { plan }: Gallery,
  pictures: Float32Array,
  into: Float32Array,
  width: number,
  { first, count }: Neighbours,
  turn: number,
): void {
  const source = plan.coarseTurns[turn];
  into.set(pictures.subarray(first * width, (first + count) * width));
  for (let i = 0; i < count; i++)
    for (let cell = 0; cell < source.length; cell++)
      into[i * width + cell] = pictures[(first + i) * width + source[cell]];
}

/** Compares thumbnails in full, and keeps the best of each pair. */
function createComparison(gallery: Gallery, { threshold, isKnown }: SimilaritySearch) {
  const { plan, row } = gallery;
  const u = new Float32Array(plan.cells);
  const v = new Float32Array(plan.cells);
  let [uImage, vImage] = [-1, -1];
  const admission = createAdmission(row);
  const best = new Map<number, SimilarPair>();
  const furthest = 2 - 2 * threshold;
  const sure = threshold + sureShare * (1 - threshold);

  return {
    /** Two images, the second one turned. */
    look(first: number, second: number, turn: number): void {
      if (isKnown(first, second)) return;
      const [lower, higher] = first < second ? [first, second] : [second, first];
      const key = lower * row.length + higher;
      const before = best.get(key);
      // As they are comes first, and says most.
      if (before && !before.isTurned) return;
      if (!before && !admission.has(lower, higher)) return;
      if (uImage !== first) gallery.copyThumbnail((uImage = first), u, 0);
      if (vImage !== second) gallery.copyThumbnail((vImage = second), v, 0);
      const similarity = 1 - squaredDistance(u, v, plan.turns[turn], furthest) / 2;
      if (similarity < threshold || (before && before.similarity >= similarity)) return;
      if (similarity < sure && detailCorrelation(gallery, first, second, turn, similarity) < leastDetail) return;
      best.set(key, { first: lower, second: higher, similarity, isTurned: turn > 0 });
      if (!before) admission.admit(lower, higher);
    },
    found: (): SimilarPair[] => [...best.values()],
  };
}

/**
 * How what the coarse pictures leave out of u and v correlates: u - P'P u has the length sqrt(1 - |Pu|^2), and so
 *   (u v - Pu Pv) / sqrt((1 - |Pu|^2) (1 - |Pv|^2));
 * 1 where nothing is left out.
 */
function detailCorrelation({ coarse, plan }: Gallery, first: number, second: number, turn: number, similarity: number) {
  const cells = plan.coarseCells;
  const source = plan.coarseTurns[turn];
  let [product, squaresFirst, squaresSecond] = [0, 0, 0];
  for (let cell = 0; cell < cells; cell++) {
    const [u, v] = [coarse[first * cells + cell], coarse[second * cells + source[cell]]];
    product += u * v;
    squaresFirst += u * u;
    squaresSecond += v * v;
  }
  const left = (1 - squaresFirst) * (1 - squaresSecond);
  return left > 1e-8 ? (similarity - product) / Math.sqrt(left) : 1;
}

/** |u - v turned|^2, or something above `furthest` as soon as it is. */
function squaredDistance(u: Float32Array, v: Float32Array, turn: Int32Array, furthest: number): number {
  let sum = 0;
  for (let cell = 0; cell < u.length;) {
    const end = Math.min(u.length, cell + 32);
    for (; cell < end; cell++) {
      const difference = u[cell] - v[turn[cell]];
      sum += difference * difference;
    }
    if (sum > furthest) return sum;
  }
  return sum;
}
