// Bytes of arrays in files: little-endian, whatever the machine's own order is.

/** Whether this machine puts the lowest byte first, as all that matter today do. */
export function isLittleEndian(): boolean {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}

/** The array's bytes, lowest first: a view of its memory, or a reordered copy on a machine of the other order. */
export function littleEndianBytes(array: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (isLittleEndian() || array.BYTES_PER_ELEMENT === 1) return bytes;
  return reverseElements(bytes.slice(), array.BYTES_PER_ELEMENT);
}

/** Reverses the bytes of each element in place. */
export function reverseElements<T extends Uint8Array>(bytes: T, width: number): T {
  for (let at = 0; at < bytes.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const moved = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = moved;
    }
  }
  return bytes;
}
