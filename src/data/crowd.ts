// From which correlation on two images are near copies: far nearer than images of these sets are to one another anyway.
import { allocate } from "../wasm/memory.ts";
import { layOut, matmulScratchBytes } from "../wasm/layout.ts";
import type { Gallery } from "./gallery.ts";

/** Near copies correlate at least so much. */
export const leastSimilarity = 0.98;

/** Thumbnails of fewer cells have too little to tell images apart by; only exact copies are looked for. */
export const fewestCells = 64;

/** All pairs of so many images are looked at. */
const sampleSize = 512;

/** A copy is at most so much of the distance apart at which the nearest 1 % of all pairs are. */
const distanceShare = 0.5;

/**
 * 0.98, or more where the images of these sets are alike to begin with: heads in one pose, discs on black. Of thumbnails
 * of length 1 and correlation r the distance is sqrt(2 - 2 r). The nearest pairs of the sample (1 %, or four an image where
 * that is more) are taken for the crowd; a copy is at most half as far apart as the furthest of them.
 */
export async function nearFrom(gallery: Gallery, images: readonly number[]): Promise<number> {
  const seen = images.filter((image) => !gallery.isBlank(image));
  const size = Math.min(sampleSize, seen.length);
  if (size < 2) return leastSimilarity;
  const { cells } = gallery.plan;
  const block = await allocate(
    layOut([
      ["thumbnails", 4 * size * cells],
      ["products", 4 * size * size],
      ["scratch", matmulScratchBytes(size, size, cells)],
    ]),
  );
  try {
    const thumbnails = block.floats("thumbnails");
    for (let i = 0; i < size; i++)
      gallery.copyThumbnail(seen[Math.floor((i * seen.length) / size)], thumbnails, i * cells);
    const at = block.address("thumbnails");
    const scratch = block.address("scratch");
    block.kernels.matmulABt(block.address("products"), at, at, scratch, size, size, cells, size, cells, cells);
    const products = block.floats("products");
    const pairs = new Float32Array((size * (size - 1)) / 2);
    for (let i = 1, pair = 0; i < size; i++) for (let j = 0; j < i; j++) pairs[pair++] = products[i * size + j];
    pairs.sort();
    const share = Math.min(1, Math.max(0.01, 4 / size));
    const crowd = pairs[Math.max(0, pairs.length - Math.ceil(share * pairs.length))];
    return Math.max(leastSimilarity, 1 - distanceShare * distanceShare * (1 - crowd));
  } finally {
    block.free();
  }
}
