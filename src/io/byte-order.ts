// Numbers out of bytes, in either byte order.
import type { StoredPixels } from "../data/image.ts";
import { isLittleEndian, reverseElements } from "../endian.ts";

/** The typed arrays by the types that files name. */
export const numberTypes = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type NumberType = keyof typeof numberTypes;

/** A view of the bytes where alignment and byte order allow, otherwise a copy. What does not fill an element is left out. */
export function readNumbers(bytes: Uint8Array<ArrayBuffer>, type: NumberType, isLittle: boolean): StoredPixels {
  const make = numberTypes[type];
  const width = make.BYTES_PER_ELEMENT;
  const isNative = width === 1 || isLittle === isLittleEndian();
  const own = isNative && bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const length = Math.floor(own.length / width);
  if (!isNative) reverseElements(own.subarray(0, length * width), width);
  return new make(own.buffer, own.byteOffset, length);
}
