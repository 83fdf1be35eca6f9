// Made-up scans as a file that the command line reads.
import { phantoms } from "../../src/index.ts";
import { writeNpz } from "../../src/io.ts";

/** Phantoms of 4x4x4 voxels as a file to be divided; their patients are numbered from `before` + 1. */
export async function scans(count: number, seed: number, before = 0): Promise<Uint8Array> {
  const data = phantoms({ count, seed, size: [4, 4, 4] });
  const images = new Uint8Array(64 * count);
  const masks = new Uint8Array(64 * count);
  const image = new Float32Array(64);
  for (let i = 0; i < count; i++) {
    data.read(i, image, 0);
    images.set(image, 64 * i);
    data.readMask(i, masks, 64 * i);
  }
  return writeNpz({
    images: { shape: [count, 4, 4, 4], data: images },
    labels: { shape: [count], data: data.labels! },
    masks: { shape: [count, 4, 4, 4], data: masks },
    groups: { shape: [count], data: Int32Array.from(data.groups!, (name) => before + Number(name.slice(8))) },
  });
}
