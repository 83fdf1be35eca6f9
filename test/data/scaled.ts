// Fills a batch in a block of its own, as training does, and hands it back.
import { normalizeImages, readImages } from "../../src/data/batch.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { writePixelScaling } from "../../src/data/normalization.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import { layOut } from "../../src/wasm/layout.ts";
import { allocate } from "../../src/wasm/memory.ts";
import type { Block } from "../../src/wasm/memory.ts";

const room = 1 << 14;

/** Room for batches of up to 4,096 values, of images of up to 2,048. */
export function imageBlock(): Promise<Block> {
  return allocate(layOut([
    ["pixels", room], ["pixel shifts", room], ["pixel factors", room], ["input", room],
  ])); // prettier-ignore
}

/** The rows that are read and scaled, and three values behind them, which were -99 before. */
export function filled(
  block: Block,
  set: Dataset,
  order: Int32Array | null,
  first: number,
  rows: number,
  normalization: Normalization,
  features: number,
): number[] {
  const input = block.floats("input").fill(-99);
  writePixelScaling(normalization, block.doubles("pixel shifts"), block.doubles("pixel factors"));
  const at = {
    input: block.address("input"),
    inputFloats: input,
    pixels: block.address("pixels"),
    pixelBytes: { bytes: block.bytesOf("pixels"), words: block.words("pixels") },
    shifts: block.address("pixel shifts"),
    factors: block.address("pixel factors"),
  };
  readImages(block.kernels, at, set, order, first, rows, features);
  normalizeImages(block.kernels, at, rows, normalization, features);
  return Array.from(input.subarray(0, rows * features + 3));
}
