// safetensors: 8 bytes with the header's length, a JSON header, then every tensor's bytes without a gap.
// The format is that of github.com/huggingface/safetensors; the limits below are ours.
import { littleEndianBytes } from "../endian.ts";
import { FormatError } from "../errors.ts";
import { float32BitsOfBfloat, float32BitsOfHalf } from "./half.ts";
import { parseStrictly } from "./json-keys.ts";

/** A tensor as float32, row-major; a shape without a size is one value. */
export interface FileTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface SafetensorsFile {
  /** In the order of their bytes. */
  readonly tensors: Map<string, FileTensor>;
  readonly metadata: Map<string, string>;
}

/** Bytes of a header that is believed; the reference implementation takes 100 MB, most of which nobody needs. */
const mostHeaderBytes = 8_388_608;
const mostTensors = 65536;

/** Bytes an element, of the types that are read. */
const elementBytes = { F64: 8, F32: 4, F16: 2, BF16: 2 } as const;
type ElementType = keyof typeof elementBytes;

/**
 * The same tensors and metadata give the same bytes: tensors in the map's order, the header padded to 8 bytes.
 * @throws RangeError for what would not be read again: data of another length than its shape says, a tensor named
 * "__metadata__", too many tensors or a header of more than `headerBytes`.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, FileTensor>,
  metadata: Readonly<Record<string, string>> = {},
  headerBytes = mostHeaderBytes,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries: [string, unknown][] = [["__metadata__", metadata]];
  for (const [name, { shape, data }] of tensors) {
    if (name === "__metadata__") throw new RangeError('safetensors: expected tensor names other than "__metadata__"');
    const length = shape.reduce((product, size) => product * size, 1);
    if (length !== data.length)
      throw new RangeError(
        `safetensors "${name}": expected ${length} values for ${shape.join("x") || "one value"}, got ${data.length}`,
      );
    const begin = end;
    end += 4 * data.length;
    entries.push([name, { dtype: "F32", shape, data_offsets: [begin, end] }]);
  }
  if (tensors.size > mostTensors)
    throw new RangeError(`safetensors: expected at most ${mostTensors} tensors, got ${tensors.size}`);
  const text = `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(",")}}`;
  const header = new TextEncoder().encode(text);
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > headerBytes)
    throw new RangeError(`safetensors: expected a header of at most ${headerBytes} bytes, got ${padded}`);
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  let at = 8 + padded;
  for (const { data } of tensors.values()) {
    bytes.set(littleEndianBytes(data), at);
    at += 4 * data.length;
  }
  return bytes;
}

/**
 * Reads a file whole: F32 as it is, F64, F16 and BF16 converted to float32.
 * @param name stands in error messages. @param headerBytes how long a header is read.
 * @throws FormatError when the header's length, its JSON, a name, a type, a shape or an offset is not as it must be.
 */
export function readSafetensors(
  bytes: Uint8Array,
  name = "safetensors",
  headerBytes = mostHeaderBytes,
): SafetensorsFile {
  const { header, start } = readHeader(bytes, name, headerBytes);
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") readMetadata(value, metadata, name);
    else entries.push(checkEntry(key, value, name));
  }
  if (entries.length > mostTensors) {
    throw new FormatError(`${name}: expected at most ${mostTensors} tensors, got ${entries.length}`);
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { key, begin, end } of entries) {
    if (begin !== covered) {
      const what = begin < covered ? "overlaps the tensor before it" : "leaves a gap";
      throw new FormatError(
        `${name}: expected tensor "${key}" to begin at byte ${covered} of the data, got ${begin}: it ${what}`,
      );
    }
    covered = end;
  }
  if (covered !== bytes.length - start) {
    throw new FormatError(`${name}: expected ${covered} bytes of tensors, got ${bytes.length - start}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = new Map(
    entries.map(({ key, type, shape, length, begin }) => [
      key,
      { shape, data: decode(view, start + begin, length, type) },
    ]),
  );
  return { tensors, metadata };
}

interface Entry {
  readonly key: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly length: number;
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array, name: string, headerBytes: number): { header: object; start: number } {
  if (bytes.length < 8) throw new FormatError(`${name}: expected at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(headerBytes)) {
    throw new FormatError(
      `${name}: expected a header of at most ${headerBytes} bytes, got one of ${length} (bytes 0 to 7)`,
    );
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    throw new FormatError(
      `${name}: expected a header of ${length} bytes, got a file of ${bytes.length} bytes: it is cut off`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, start));
  } catch (cause) {
    throw new FormatError(`${name}: expected a header in UTF-8, got other bytes`, { cause });
  }
  if (!text.startsWith("{")) throw new FormatError(`${name}: expected a header that begins with "{" at byte 8`);
  return { header: parseStrictly(text, `${name} header`) as object, start };
}

function readMetadata(value: unknown, metadata: Map<string, string>, name: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FormatError(`${name}: expected metadata as an object of texts, got ${JSON.stringify(value)}`);
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string")
      throw new FormatError(`${name}: expected metadata "${key}" as text, got ${JSON.stringify(text)}`);
    metadata.set(key, text);
  }
}

function checkEntry(key: string, value: unknown, name: string): Entry {
  const fail = (expected: string, got: unknown): never => {
    throw new FormatError(
      `${name} tensor "${key}": expected ${expected}, got ${String(JSON.stringify(got)).slice(0, 200)}`,
    );
  };
  if (typeof value !== "object" || value === null) return fail("dtype, shape and data_offsets", value);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(elementBytes, dtype)) {
    return fail(`a dtype of ${Object.keys(elementBytes).join(", ")}`, dtype);
  }
  if (!isCounts(shape)) return fail("a shape of whole numbers", shape);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[1] < offsets[0])
    return fail("two data_offsets in order", offsets);
  const type = dtype as ElementType;
  // Not a product that could overflow: every factor is checked against what the offsets leave room for.
  const length = (offsets[1] - offsets[0]) / elementBytes[type];
  let product = 1;
  for (const size of shape) product = Math.min(product * size, Number.MAX_SAFE_INTEGER);
  if (product !== length)
    return fail(`offsets ${product * elementBytes[type]} bytes apart for shape ${shape.join("x")}`, offsets);
  return { key, type, shape, length, begin: offsets[0], end: offsets[1] };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

/** Every type but F64 by its bits, which are those of a float32 or a part of them. */
function decode(view: DataView, at: number, length: number, type: ElementType): Float32Array {
  const data = new Float32Array(length);
  const bits = new Uint32Array(data.buffer);
  for (let i = 0; i < length; i++) {
    switch (type) {
      case "F32":
        bits[i] = view.getUint32(at + 4 * i, true);
        break;
      case "F64":
        data[i] = view.getFloat64(at + 8 * i, true);
        break;
      case "F16":
        bits[i] = float32BitsOfHalf(view.getUint16(at + 2 * i, true));
        break;
      case "BF16":
        bits[i] = float32BitsOfBfloat(view.getUint16(at + 2 * i, true));
    }
  }
  return data;
}
