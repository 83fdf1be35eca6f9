// Writes .npy files element by element, for tests: any dtype, byte order, version and order of indices.

export interface NpyOptions {
  readonly descr: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly (number | bigint | string | boolean)[];
  readonly fortran?: boolean;
  readonly version?: 1 | 2 | 3;
  /** The dictionary, instead of what the other options give. */
  readonly header?: string;
}

export function npyBytes(options: NpyOptions): Uint8Array<ArrayBuffer> {
  const { descr, shape, values, fortran = false, version = 1 } = options;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header =
    options.header ?? `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${tuple}), }`;
  const first = version === 1 ? 10 : 12;
  const start = Math.ceil((first + header.length + 1) / 64) * 64;
  const width = widthOf(descr);
  const bytes = new Uint8Array(start + values.length * width).fill(0x20, first, start - 1);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) view.setUint16(8, start - first, true);
  else view.setUint32(8, start - first, true);
  bytes.set(new TextEncoder().encode(header), first);
  bytes[start - 1] = 0x0a;
  values.forEach((value, i) => {
    writeElement(view, start + width * (fortran ? columnMajor(i, shape) : i), descr, value);
  });
  return bytes;
}

function widthOf(descr: string): number {
  const digits = Number(/\d+/.exec(descr)?.[0] ?? 1);
  return /U/.test(descr) ? 4 * digits : digits;
}

/** Where the element of row-major position i lies when the first index is the fastest. */
function columnMajor(i: number, shape: readonly number[]): number {
  let rest = i;
  let position = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const stride = shape.slice(0, axis).reduce((product, size) => product * size, 1);
    position += (rest % shape[axis]) * stride;
    rest = Math.floor(rest / shape[axis]);
  }
  return position;
}

function writeElement(view: DataView, at: number, descr: string, value: number | bigint | string | boolean): void {
  const isLittle = !descr.startsWith(">");
  const number = () => Number(value);
  switch (descr.replace(/[<>|=]/, "")) {
    case "b1":
    case "u1":
      return view.setUint8(at, number());
    case "i1":
      return view.setInt8(at, number());
    case "u2":
    case "f2": // given as bits
      return view.setUint16(at, number(), isLittle);
    case "i2":
      return view.setInt16(at, number(), isLittle);
    case "u4":
      return view.setUint32(at, number(), isLittle);
    case "i4":
      return view.setInt32(at, number(), isLittle);
    case "u8":
      return view.setBigUint64(at, BigInt(value), isLittle);
    case "i8":
      return view.setBigInt64(at, BigInt(value), isLittle);
    case "f4":
      return view.setFloat32(at, number(), isLittle);
    case "f8":
      return view.setFloat64(at, number(), isLittle);
  }
  const codes = Array.from(String(value), (character) => character.codePointAt(0) ?? 0);
  if (/U/.test(descr)) codes.forEach((code, i) => view.setUint32(at + 4 * i, code, isLittle));
  else codes.forEach((code, i) => view.setUint8(at + i, code));
}
