// Reads images of bytes as they are stored.
import { checkIndex, checkRoom } from "./bounds.ts";
import type { Dataset } from "./dataset.ts";

/** Copies word by word where both sides allow it, without a view for each image. */
export function byteReader(
  name: string,
  images: Uint8Array | Uint8ClampedArray,
  size: number,
): Pick<Dataset, "readBytes"> {
  const isWhole = size % 4 === 0 && images.byteOffset % 4 === 0;
  const words = isWhole ? new Uint32Array(images.buffer, images.byteOffset, images.length / 4) : null;
  return {
    readBytes(index, into, offset) {
      checkIndex(name, index, images.length / size);
      checkRoom(name, offset, size, into.bytes.length);
      if (words && offset % 4 === 0) {
        const from = (index * size) / 4;
        const to = offset / 4;
        for (let i = 0; i < size / 4; i++) into.words[to + i] = words[from + i];
      } else {
        const from = index * size;
        for (let i = 0; i < size; i++) into.bytes[offset + i] = images[from + i];
      }
    },
  };
}
