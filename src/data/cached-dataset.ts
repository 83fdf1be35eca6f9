// A dataset of images that are loaded when they are needed, and kept within a budget.
import { checkIndex, checkRoom, checkRun } from "./bounds.ts";
import type { ByteRegion, Dataset, Pixels } from "./dataset.ts";
import { featuresOf } from "./dataset.ts";
import { imageDigest } from "./digest.ts";
import type { Rescale } from "./image.ts";
import { imageCache } from "./image-cache.ts";
import type { ImageCache } from "./image-cache.ts";

/** One image as it is kept: in the type that it is stored in, with what makes values of it. */
export interface KeptImage {
  readonly pixels: Pixels;
  /** null where pixels are values already. */
  readonly rescale: Rescale | null;
  /** Values of the mask, 0 for background; null without masks. */
  readonly mask: Uint8Array | Uint16Array | null;
  readonly bytes: number;
}

/** What is known of a set before its images are. */
export type SetFacts = Pick<
  Dataset,
  | "length"
  | "shape"
  | "classes"
  | "labels"
  | "maskClasses"
  | "maskLength"
  | "groups"
  | "weights"
  | "preprocessing"
  | "names"
  | "geometry"
  | "notes"
> & {
  /** Stands in error messages. */
  readonly name: string;
  /** Whether all images are unsigned bytes that are values already. */
  readonly isBytes: boolean;
  /** The class index of each value that masks have; null where they are class indexes. */
  readonly maskIndexes: Uint8Array | null;
};

/** What makes values of pixels that are values already. */
const asStored: Pick<Rescale, "slope" | "intercept"> = { slope: 1, intercept: 0 };

/** 1 GiB: what images that are kept may take unless a limit is given. */
export const defaultCacheBytes = 1073741824;

export function checkCacheBytes(cacheBytes: number): void {
  if (!(cacheBytes >= 0)) throw new RangeError(`cacheBytes: expected a number of bytes, got ${cacheBytes}`);
}

/** @param load gives an image of the facts' shape. */
export function cachedDataset(
  facts: SetFacts,
  load: (index: number) => KeptImage | Promise<KeptImage>,
  cacheBytes: number,
): Dataset {
  return datasetOver(facts, imageCache(load, cacheBytes));
}

/** The dataset over a cache that may hold images already. */
export function datasetOver({ name, isBytes, maskIndexes, ...facts }: SetFacts, cache: ImageCache<KeptImage>): Dataset {
  const { length, labels, maskLength } = facts;
  const size = featuresOf(facts);
  const kept = (index: number): KeptImage => {
    checkIndex(name, index, length);
    const image = cache.get(index);
    if (image) return image;
    throw new RangeError(
      `${name}: expected image ${index} to be at hand, got it asked for before it was loaded. Wait for prepare([${index}]) first.`,
    );
  };
  const prepare = (indices: ArrayLike<number>) => {
    for (let i = 0; i < indices.length; i++) checkIndex(name, indices[i], length);
    return cache.prepare(indices);
  };
  return Object.freeze({
    ...facts,
    prepare,
    read(index: number, into: Float32Array, offset: number) {
      const { pixels, rescale } = kept(index);
      checkRoom(name, offset, size, into.length);
      if (!rescale) into.set(pixels, offset);
      else for (let i = 0; i < size; i++) into[offset + i] = pixels[i] * rescale.slope + rescale.intercept;
    },
    readRun(index: number, from: number, count: number, into: Float32Array, offset: number) {
      checkRun(name, index, length, from, count, size);
      checkRoom(name, offset, count, into.length);
      const { pixels, rescale } = kept(index);
      const { slope, intercept } = rescale ?? asStored;
      for (let i = 0; i < count; i++) into[offset + i] = pixels[from + i] * slope + intercept;
    },
    ...(isBytes
      ? {
          readBytes(index: number, into: ByteRegion, offset: number) {
            const { pixels } = kept(index);
            checkRoom(name, offset, size, into.bytes.length);
            into.bytes.set(pixels, offset);
          },
        }
      : {}),
    readMask(index: number, into: Uint8Array, offset: number) {
      const { mask } = kept(index);
      if (!mask) throw new TypeError(`${name}: expected masks, got a set without`);
      checkRoom(name, offset, maskLength, into.length);
      if (!maskIndexes) into.set(mask, offset);
      else for (let i = 0; i < maskLength; i++) into[offset + i] = maskIndexes[mask[i]];
    },
    readMaskRun(index: number, from: number, count: number, into: Uint8Array, offset: number) {
      checkRun(name, index, length, from, count, maskLength);
      checkRoom(name, offset, count, into.length);
      const { mask } = kept(index);
      if (!mask) throw new TypeError(`${name}: expected masks, got a set without`);
      for (let i = 0; i < count; i++) into[offset + i] = maskIndexes ? maskIndexes[mask[from + i]] : mask[from + i];
    },
    async digest(index: number) {
      await prepare([index]);
      const { pixels, rescale, mask } = kept(index);
      const values = rescale
        ? Float32Array.from(pixels, (stored) => stored * rescale.slope + rescale.intercept)
        : pixels;
      const indexes = mask && Uint8Array.from(mask, (value) => (maskIndexes ? maskIndexes[value] : value));
      return imageDigest(values, labels?.[index] ?? null, indexes);
    },
  });
}
