// Exact copies: images whose pixels are the same, whatever their labels and masks say.
import type { Breathe } from "../breathe.ts";
import { littleEndianBytes } from "../endian.ts";
import { sha256 } from "../storage/sha256.ts";
import { featuresOf } from "./dataset.ts";
import { bringToHand } from "./read-ahead.ts";
import { createAdmission } from "./row.ts";
import type { Row } from "./row.ts";

export interface Copies {
  /** The number of each image's pixels: the same for exact copies. Images of all sets in one row. */
  readonly numberOf: Int32Array;
  /** The images of each number, in order. */
  readonly images: readonly (readonly number[])[];
}

/**
 * SHA-256 of the pixels as a network reads them, little-endian float32: an image that is stored in 8 bits here and in 16
 * there is the same image. Neither label nor mask is in it, which Dataset.digest has.
 * @param see is shown every image, with the index of its set.
 */
export async function findCopies(
  { sets, length }: Row,
  breathe: Breathe,
  see: (set: number, pixels: Float32Array) => void = () => undefined,
): Promise<Copies> {
  const numbers = new Map<string, number>();
  const images: number[][] = [];
  const numberOf = new Int32Array(length);
  let image = 0;
  for (const [place, set] of sets.entries()) {
    const pixels = new Float32Array(featuresOf(set));
    const shape = set.shape.join("x");
    for (let index = 0; index < set.length; index++, image++) {
      if (set.prepare) await bringToHand(set, index);
      set.read(index, pixels, 0);
      // -0 is the same intensity as 0.
      for (let i = 0; i < pixels.length; i++) pixels[i] += 0;
      see(place, pixels);
      const name = `${shape} ${await sha256(littleEndianBytes(pixels))}`;
      const copy = numbers.get(name) ?? numbers.size;
      if (copy === images.length) {
        numbers.set(name, copy);
        images.push([]);
      }
      images[copy].push(image);
      numberOf[image] = copy;
      await breathe();
    }
  }
  return { numberOf, images };
}

/** The pairs of exact copies across sets, and inside them if asked. */
export function copyPairs({ images }: Copies, row: Row, insideSets: boolean): (readonly [number, number])[] {
  const admission = createAdmission(row);
  const pairs: (readonly [number, number])[] = [];
  for (const same of images) {
    for (let j = 1; j < same.length; j++) {
      for (let i = 0; i < j; i++) {
        const [first, second] = [same[i], same[j]];
        if (!insideSets && row.setOf(first) === row.setOf(second)) continue;
        if (!admission.has(first, second)) continue;
        admission.admit(first, second);
        pairs.push([first, second]);
      }
    }
  }
  return pairs;
}
