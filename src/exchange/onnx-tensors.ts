// Tensors of an ONNX file as numbers: raw bytes or lists, of the types that weights and shapes have.
import { FormatError } from "../errors.ts";
import { float32BitsOfBfloat, float32BitsOfHalf } from "../io/half.ts";
import { onnxType } from "./onnx-messages.ts";
import type { OnnxTensor } from "./onnx-messages.ts";

export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** Whether it holds whole numbers: a shape, not weights. */
  readonly isWhole: boolean;
}

const widths: Readonly<Record<number, number>> = {
  [onnxType.float]: 4,
  [onnxType.int32]: 4,
  [onnxType.int64]: 8,
  [onnxType.float16]: 2,
  [onnxType.double]: 8,
  [onnxType.bfloat16]: 2,
};

/** @throws FormatError for another type, data elsewhere, or of another length than the dimensions say. */
export function constantOf(tensor: OnnxTensor, file: string): Constant {
  const { dataType = 0, rawData = new Uint8Array(0), dataLocation = 0 } = tensor;
  const fail = (what: string): never => {
    throw new FormatError(`${file}: tensor "${tensor.name ?? ""}": expected ${what}`);
  };
  if (dataLocation !== 0) fail("its values in the file itself, got another file's name");
  const width = widths[dataType] ?? fail(`float32, float64, float16, bfloat16, int32 or int64, got type ${dataType}`);
  const shape = (tensor.dims ?? []).map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) fail(`whole sizes, got ${shape.join("x")}`);
  const length = shape.reduce((product, size) => Math.min(product * size, Number.MAX_SAFE_INTEGER), 1);
  const isWhole = dataType === onnxType.int32 || dataType === onnxType.int64;
  const listed = listOf(tensor, dataType);
  const got = rawData.length > 0 ? rawData.length / width : listed.length;
  if (got !== length) fail(`${length} values for ${shape.join("x")}, got ${got}`);
  const data = dataType === onnxType.float ? new Float32Array(length) : new Float64Array(length);
  if (rawData.length > 0) {
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
    for (let i = 0; i < length; i++) data[i] = elementAt(view, i * width, dataType);
  } else for (let i = 0; i < length; i++) data[i] = dataType === onnxType.float16 || dataType === onnxType.bfloat16 ? floatOf(Number(listed[i]), dataType) : Number(listed[i]); // prettier-ignore
  return { shape, data, isWhole };
}

/** Two-byte floats stand in the list of int32, as bits. */
function listOf(tensor: OnnxTensor, type: number): readonly (number | bigint)[] {
  if (type === onnxType.float) return tensor.floatData ?? [];
  if (type === onnxType.double) return tensor.doubleData ?? [];
  return (type === onnxType.int64 ? tensor.int64Data : tensor.int32Data) ?? [];
}

function elementAt(view: DataView, at: number, type: number): number {
  switch (type) {
    case onnxType.float:
      return view.getFloat32(at, true);
    case onnxType.double:
      return view.getFloat64(at, true);
    case onnxType.int32:
      return view.getInt32(at, true);
    case onnxType.int64:
      return Number(view.getBigInt64(at, true));
    default:
      return floatOf(view.getUint16(at, true), type);
  }
}

const bits = new DataView(new ArrayBuffer(4));

function floatOf(half: number, type: number): number {
  bits.setUint32(0, type === onnxType.float16 ? float32BitsOfHalf(half & 0xffff) : float32BitsOfBfloat(half & 0xffff));
  return bits.getFloat32(0);
}
