// Writes NumPy's .npz: a zip file of arrays, each as .npy version 1.0 (numpy.lib.format).
import { littleEndianBytes } from "../endian.ts";
import { kindOf } from "../kind.ts";
import { ownArray } from "../own-bytes.ts";

/** An array to write: row-major, the shape slowest index first. */
export interface NpzArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array;
}

/**
 * The bytes of a compressed .npz file with these arrays, which `numpy.load` reads. The same arrays give the same bytes.
 *
 * @throws RangeError when a shape does not fit its data, TypeError for an array of another type.
 * @example
 * ```ts
 * import { writeNpz } from "voxgrad/io";
 *
 * const bytes = await writeNpz({ masks: { shape: [2, 2], data: new Uint8Array([0, 1, 1, 0]) } });
 * console.log(bytes.length > 0); // true
 * ```
 */
export async function writeNpz(arrays: Readonly<Record<string, NpzArray>>): Promise<Uint8Array<ArrayBuffer>> {
  const entries = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npyBytes(name, array)] as const);
  const { writeZip } = await import("./write-zip.ts");
  return writeZip(entries);
}

function npyBytes(name: string, { shape, data: given }: NpzArray): Uint8Array<ArrayBuffer> {
  const data = ownArray(given);
  const kind = descriptor(name, data);
  const length = shape.reduce((product, size) => product * size, 1);
  if (length !== data.length) {
    throw new RangeError(`writeNpz "${name}": expected ${length} values for ${shape.join("x")}, got ${data.length}`);
  }
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${size}), }`;
  // Magic, version and the header's length take 10 bytes; the data begins on a multiple of 64 behind a newline.
  const headerLength = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerLength + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerLength & 0xff, headerLength >> 8]);
  bytes.set(new TextEncoder().encode(dictionary.padEnd(headerLength - 1) + "\n"), 10);
  bytes.set(littleEndianBytes(data), 10 + headerLength);
  return bytes;
}

/** NumPy's name of the element type, little-endian. */
function descriptor(name: string, data: NpzArray["data"]): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Int32Array) return "<i4";
  if (data instanceof Uint8Array) return "|u1";
  throw new TypeError(
    `writeNpz "${name}": expected a Uint8Array, Int32Array, Float32Array or Float64Array, got ${kindOf(data)}`,
  );
}
