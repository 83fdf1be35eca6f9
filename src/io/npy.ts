// NumPy's .npy: a magic, a header in Python's notation, then the elements (numpy.lib.format, versions 1.0 to 3.0).
import { FormatError } from "../errors.ts";
import { readNumbers } from "./byte-order.ts";
import { float32BitsOfHalf } from "./half.ts";

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

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** As many bytes of header as numpy itself reads of a file that it does not trust. */
const mostHeaderBytes = 10000;

/** As many dimensions as a numpy array has at most. */
const mostDimensions = 64;

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
  const [, order, kind, digits] = /^([<>|=]?)([biufSU])([1-9]\d{0,8})$/.exec(descr) ?? [];
  const type = `${kind}${digits}`;
  const isText = kind === "S" || kind === "U";
  if (kind === undefined || !(isText || type === "f2" || Object.hasOwn(arrayTypes, type))) {
    throw new FormatError(
      `${name}: expected a dtype of ${Object.keys(arrayTypes).join(", ")}, f2, or texts, got ${JSON.stringify(descr)}. ` +
        'Convert it before saving, as in array.astype("float32"), or array.astype("U") for texts.',
    );
  }
  const elementBytes = Number(digits) * (kind === "U" ? 4 : 1);
  const wanted = count * elementBytes;
  const body = bytes.subarray(start);
  if (wanted !== body.length) {
    throw new FormatError(
      `${name}: expected ${wanted} bytes of data behind byte ${start} for ${shape.join("x") || "one value"} of ${descr}, got ${body.length}`,
    );
  }
  const isLittle = order !== ">";
  const data = isText
    ? readTexts(body, count, elementBytes, kind, isLittle, name)
    : type === "f2"
      ? readHalves(body, isLittle)
      : readNumbers(body, arrayTypes[type as keyof typeof arrayTypes], isLittle);
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
  if (length > mostHeaderBytes)
    throw new FormatError(`${name}: expected a header of at most ${mostHeaderBytes} bytes, got one of ${length}`);
  const encoding = version === 3 ? "utf-8" : "latin1";
  return { text: new TextDecoder(encoding).decode(bytes.subarray(first, first + length)), start: first + length };
}

/** One key of the header's dictionary with its value: a text, a truth value or a tuple of whole numbers (Python 2: 3L). */
const headerEntry =
  /\s*(['"])(\w+)\1\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|\(\s*((?:\d+L?\s*,\s*)*(?:\d+L?)?)\s*\))\s*(?:,|(?=\s*\}))/y;

/** The header is a Python dictionary of exactly three keys, whose order numpy does not fix. */
function parseHeader(text: string, name: string): Header {
  const fail = (what: string): never => {
    throw new FormatError(
      `${name}: expected ${what} in the .npy header, got ${JSON.stringify(text.trim().slice(0, 200))}`,
    );
  };
  if (/['"]descr['"]\s*:\s*\[/.test(text)) return fail("a dtype of numbers, not of structures,");
  const trimmed = text.trim();
  const found = new Map<string, RegExpExecArray>();
  let at = 1;
  while (trimmed[0] === "{" && at < trimmed.length - 1) {
    headerEntry.lastIndex = at;
    const entry = headerEntry.exec(trimmed);
    if (!entry || found.has(entry[2])) break;
    found.set(entry[2], entry);
    at = headerEntry.lastIndex;
    while (/\s/.test(trimmed[at] ?? "")) at++;
  }
  const descr = found.get("descr")?.[3] ?? found.get("descr")?.[4];
  const fortran = found.get("fortran_order")?.[5];
  const shape = found.get("shape")?.[6];
  if (descr === undefined) return fail("a dtype ('descr')");
  if (fortran === undefined) return fail("'fortran_order'");
  if (shape === undefined || /^\d+L?$/.test(shape)) return fail("a 'shape' of whole numbers");
  if (found.size !== 3 || trimmed.slice(at) !== "}") return fail("the three keys descr, fortran_order and shape once");
  return { descr, fortran: fortran === "True", shape: (shape.match(/\d+/g) ?? []).map(Number) };
}

function countOf(shape: readonly number[], name: string): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count) || !shape.every(Number.isSafeInteger) || shape.length > mostDimensions) {
    throw new FormatError(`${name}: expected a shape that fits into memory, got ${shape.join("x")}`);
  }
  return count;
}

/** The elements by their dtype, byte order left out. */
const arrayTypes = {
  b1: "uint8",
  u1: "uint8",
  i1: "int8",
  u2: "uint16",
  i2: "int16",
  u4: "uint32",
  i4: "int32",
  u8: "uint64",
  i8: "int64",
  f4: "float32",
  f8: "float64",
} as const;

function readHalves(body: Uint8Array<ArrayBuffer>, isLittle: boolean): Float32Array {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const data = new Float32Array(body.length / 2);
  const bits = new Uint32Array(data.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = float32BitsOfHalf(view.getUint16(2 * i, isLittle));
  return data;
}

/** Texts of a fixed length, padded with zeros: bytes (S, read as Latin-1) or UTF-32 (U). */
function readTexts(
  body: Uint8Array<ArrayBuffer>,
  count: number,
  elementBytes: number,
  kind: "S" | "U",
  isLittle: boolean,
  name: string,
): string[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const width = kind === "U" ? 4 : 1;
  const codeAt = (at: number) => (kind === "U" ? view.getUint32(at, isLittle) : body[at]);
  return Array.from({ length: count }, (_, i) => {
    let end = (i + 1) * elementBytes;
    while (end > i * elementBytes && codeAt(end - width) === 0) end -= width;
    let text = "";
    for (let at = i * elementBytes; at < end; at += width) {
      const code = codeAt(at);
      if (code > 0x10ffff)
        throw new FormatError(`${name}: expected a character at byte ${at} of the data, got code ${code}`);
      text += String.fromCodePoint(code);
    }
    return text;
  });
}

/** Column-major elements (the first index fastest) in row-major order. */
function toRowMajor<T extends NpyArray["data"]>(data: T, shape: readonly number[]): T {
  const source = data as ArrayLike<unknown>;
  const target = data.slice() as unknown as { [index: number]: unknown };
  const strides: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) strides[axis] = axis === 0 ? 1 : strides[axis - 1] * shape[axis - 1];
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < source.length; i++) {
    target[i] = source[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return target as unknown as T;
}
