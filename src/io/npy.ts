// NumPy's .npy: a magic, a header in Python's notation, then the elements (numpy.lib.format, versions 1.0 to 3.0).
import { FormatError } from "../errors.ts";
import { halfToNumber } from "./safetensors.ts";

/** An array as it was stored, row-major. Two-byte floats come as float32, 8-byte integers as bigint, texts as strings. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data:
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Uint32Array
    | Int32Array
    | Float32Array
    | Float64Array
    | BigInt64Array
    | BigUint64Array
    | readonly string[];
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads a .npy file. The array is a view of the bytes where alignment and byte order allow, otherwise a copy.
 * @param name stands in error messages.
 * @throws FormatError when the header or the number of bytes is not as it must be, or for a type that makes no array of
 * numbers (object, structured, complex, dates).
 */
export function readNpy(bytes: Uint8Array<ArrayBuffer>, name: string): NpyArray {
  const { text, start } = headerOf(bytes, name);
  const { descr, fortran, shape } = parseHeader(text, name);
  const count = countOf(shape, name);
  const type = /^([<>|=])([biufSU])(\d+)$/.exec(descr);
  if (!type) {
    throw new FormatError(
      `${name}: expected a dtype of numbers or texts, such as "|u1" or "<f4", got ${JSON.stringify(descr)}`,
    );
  }
  const [, order, kind, digits] = type;
  const elementBytes = Number(digits) * (kind === "U" ? 4 : 1);
  const wanted = count * elementBytes;
  const body = bytes.subarray(start);
  if (wanted !== body.length) {
    throw new FormatError(
      `${name}: expected ${wanted} bytes of data behind byte ${start} for ${shape.join("x")} of ${descr}, got ${body.length}`,
    );
  }
  const isLittle = order !== ">";
  const data =
    kind === "S" || kind === "U"
      ? readTexts(body, count, elementBytes, kind, isLittle, name)
      : readNumbers(body, `${kind}${digits}`, isLittle, name);
  return { shape, data: fortran && shape.length > 1 ? toRowMajor(data, shape) : data };
}

function headerOf(bytes: Uint8Array, name: string): { text: string; start: number } {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(`${name}: expected a .npy array (bytes 0 to 5 "\\x93NUMPY"), got other bytes`);
  }
  const version = bytes[6];
  if (version < 1 || version > 3)
    throw new FormatError(`${name}: expected .npy version 1, 2 or 3 at byte 6, got ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = version === 1 ? 10 : 12;
  if (bytes.length < first)
    throw new FormatError(`${name}: expected a header length at byte 8, got a file of ${bytes.length} bytes`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (first + length > bytes.length) {
    throw new FormatError(
      `${name}: expected a header of ${length} bytes behind byte ${first}, got ${bytes.length - first}: it overruns the array`,
    );
  }
  const encoding = version === 3 ? "utf-8" : "latin1";
  return { text: new TextDecoder(encoding).decode(bytes.subarray(first, first + length)), start: first + length };
}

/** The header is a Python dictionary of exactly three keys, whose order numpy does not fix. */
function parseHeader(text: string, name: string): { descr: string; fortran: boolean; shape: number[] } {
  const fail = (what: string): never => {
    throw new FormatError(
      `${name}: expected ${what} in the .npy header, got ${JSON.stringify(text.trim().slice(0, 200))}`,
    );
  };
  const descr = /['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)"|(\[))/.exec(text);
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,]*)\)/.exec(text);
  if (!descr) return fail("a dtype ('descr')");
  if (descr[3]) return fail("a dtype of numbers, not of structures,");
  if (!fortran) return fail("'fortran_order'");
  if (!shape) return fail("a 'shape' of whole numbers");
  const sizes = shape[1]
    .split(",")
    .map((size) => size.trim())
    .filter((size) => size !== "")
    .map(Number);
  return { descr: descr[1] ?? descr[2], fortran: fortran[1] === "True", shape: sizes };
}

function countOf(shape: readonly number[], name: string): number {
  let count = 1;
  for (const size of shape) count *= size;
  if (!Number.isSafeInteger(count) || shape.length > 32) {
    throw new FormatError(`${name}: expected a shape that fits into memory, got ${shape.join("x")}`);
  }
  return count;
}

function readNumbers(
  body: Uint8Array<ArrayBuffer>,
  type: string,
  isLittle: boolean,
  name: string,
): Exclude<NpyArray["data"], readonly string[]> {
  if (type === "f2") {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    return Float32Array.from({ length: body.length / 2 }, (_, i) => halfToNumber(view.getUint16(2 * i, isLittle)));
  }
  const make = arrayTypes[type as keyof typeof arrayTypes] as (typeof arrayTypes)[keyof typeof arrayTypes] | undefined;
  if (!make)
    throw new FormatError(`${name}: expected one of the dtypes ${Object.keys(arrayTypes).join(", ")}, f2, got ${type}`);
  const width = make.BYTES_PER_ELEMENT;
  const isNative = width === 1 || isLittle === isLittleEndianMachine();
  const own = isNative && body.byteOffset % width === 0 ? body : body.slice();
  if (!isNative) for (let at = 0; at < own.length; at += width) own.subarray(at, at + width).reverse();
  return new make(own.buffer, own.byteOffset, own.length / width);
}

const arrayTypes = {
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

function isLittleEndianMachine(): boolean {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}

/** Texts of a fixed length, padded with zeros: bytes (S) or UTF-32 (U). */
function readTexts(
  body: Uint8Array<ArrayBuffer>,
  count: number,
  elementBytes: number,
  kind: string,
  isLittle: boolean,
  name: string,
): string[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: count }, (_, i) => {
    let text = "";
    for (let at = i * elementBytes; at < (i + 1) * elementBytes; at += kind === "U" ? 4 : 1) {
      const code = kind === "U" ? view.getUint32(at, isLittle) : body[at];
      if (code > 0x10ffff)
        throw new FormatError(`${name}: expected a character at byte ${at} of the data, got code ${code}`);
      text += String.fromCodePoint(code);
    }
    return text.replace(/\0+$/, "");
  });
}

/** Column-major elements (the first index fastest) in row-major order. */
function toRowMajor<T extends NpyArray["data"]>(data: T, shape: readonly number[]): T {
  const source = data as ArrayLike<unknown>;
  const target = data.slice() as unknown as { [index: number]: unknown };
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < source.length; i++) {
    target[i] = source[index.reduce((sum, position, axis) => sum + position * strides[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return target as unknown as T;
}
