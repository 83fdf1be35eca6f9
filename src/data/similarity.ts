// The search for near copies: every pair of images, as they are, flipped and turned, without missing one.
import type { Breathe } from "../breathe.ts";
import { layOut, matmulScratchBytes } from "../wasm/layout.ts";
import { allocate } from "../wasm/memory.ts";
import type { Block } from "../wasm/memory.ts";
import type { Gallery } from "./gallery.ts";
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
const blockSize = 512;

/** From here on, a part of the way from the threshold to 1, pairs are near whatever their details are. */
const sureShare = 0.25;

/** Closer to the threshold their details have to correlate as well: two heads in one pose may agree in outline alone. */
const leastDetail = 0.945;

/** What float32 may be off in a product of thumbnails. */
const rounding = 1e-5;

/**
 * Thumbnails u and v have length 1, so r = 1 - |u - v|^2 / 2. The coarse pictures Pu, Pv are a projection that leaves flips
 * and turns what they are, so |Pu - Pv| <= |u - v|: pairs with
 *   Pu Pv - |Pu|^2 / 2 - |Pv|^2 / 2  <  threshold - 1
 * cannot be near. The left side, for blocks of pairs and each turn of v, is a product of matrices with two more columns;
 * only what passes is compared in full. Products take (images)^2 / 2 x turns x 130 flop in two dimensions.
 */
export async function findSimilar(
  gallery: Gallery,
  search: SimilaritySearch,
  breathe: Breathe,
): Promise<SimilarPair[]> {
  const { plan } = gallery;
  const { starts } = gallery.row;
  const width = Math.ceil((plan.coarseCells + 2) / 4) * 4;
  const block = await allocate(
    layOut([
      ["rows", 4 * blockSize * width],
      ["columns", 4 * blockSize * width],
      ["products", 4 * blockSize * blockSize],
      ["scratch", matmulScratchBytes(blockSize, blockSize, width)],
    ]),
  );
  const compare = createComparison(gallery, search);
  try {
    for (let set = 0; set + 1 < starts.length; set++) {
      for (let column = starts[set]; column < starts[set + 1]; column += blockSize) {
        const columns = Math.min(blockSize, starts[set + 1] - column);
        const rowsEnd = search.insideSets ? column + columns : starts[set];
        for (let turn = 0; turn < plan.turns.length; turn++) {
          writeColumns(gallery, block.floats("columns"), width, column, columns, turn);
          for (let row = 0; row < rowsEnd; row += blockSize) {
            const rows = Math.min(blockSize, rowsEnd - row);
            writeRows(gallery, block.floats("rows"), width, row, rows);
            multiply(block, rows, columns, width);
            const products = block.floats("products");
            const least = search.threshold - 1 - rounding;
            for (let i = 0; i < rows; i++)
              for (let j = 0; j < columns; j++)
                if (products[i * columns + j] >= least) compare.look(row + i, column + j, turn);
            await breathe();
          }
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

/** Each row: Pu, -|Pu|^2 / 2, 1; a blank image is near to none. */
function writeRows(gallery: Gallery, into: Float32Array, width: number, first: number, count: number): void {
  const { coarse, plan } = gallery;
  const cells = plan.coarseCells;
  for (let i = 0; i < count; i++) {
    const from = (first + i) * cells;
    const to = i * width;
    let squares = 0;
    for (let cell = 0; cell < cells; cell++) {
      const value = coarse[from + cell];
      into[to + cell] = value;
      squares += value * value;
    }
    into[to + cells] = gallery.isBlank(first + i) ? -8 : -squares / 2;
    into[to + cells + 1] = 1;
    into.fill(0, to + cells + 2, to + width);
  }
}

/** Each row: Pv turned, 1, -|Pv|^2 / 2. */
function writeColumns(
  gallery: Gallery,
  into: Float32Array,
  width: number,
  first: number,
  count: number,
  turn: number,
): void {
  const { coarse, plan } = gallery;
  const cells = plan.coarseCells;
  const source = plan.coarseTurns[turn];
  for (let i = 0; i < count; i++) {
    const from = (first + i) * cells;
    const to = i * width;
    let squares = 0;
    for (let cell = 0; cell < cells; cell++) {
      const value = coarse[from + source[cell]];
      into[to + cell] = value;
      squares += value * value;
    }
    into[to + cells] = 1;
    into[to + cells + 1] = gallery.isBlank(first + i) ? -8 : -squares / 2;
    into.fill(0, to + cells + 2, to + width);
  }
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
    look(first: number, second: number, turn: number): void {
      if (first >= second || isKnown(first, second)) return;
      const key = first * row.length + second;
      const before = best.get(key);
      // As they are comes first, and says most.
      if (before && !before.isTurned) return;
      if (!before && !admission.has(first, second)) return;
      if (uImage !== first) gallery.copyThumbnail((uImage = first), u, 0);
      if (vImage !== second) gallery.copyThumbnail((vImage = second), v, 0);
      const similarity = 1 - squaredDistance(u, v, plan.turns[turn], furthest) / 2;
      if (similarity < threshold || (before && before.similarity >= similarity)) return;
      if (similarity < sure && detailCorrelation(gallery, first, second, turn, similarity) < leastDetail) return;
      best.set(key, { first, second, similarity, isTurned: turn > 0 });
      if (!before) admission.admit(first, second);
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
