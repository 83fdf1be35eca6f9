import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";
import type { FileTensor } from "../../src/io/safetensors.ts";

/** A file of this header (a text as it is, anything else as JSON) and these bytes behind it. */
function file(header: unknown, data: ArrayLike<number> = [], claimed?: bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = "F32") => ({
  ...{ dtype, shape, data_offsets: [begin, end] },
});

function refuses(bytes: Uint8Array, message: RegExp): void {
  expect(() => readSafetensors(bytes, "m")).toThrow(FormatError);
  expect(() => readSafetensors(bytes, "m")).toThrow(message);
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array) =>
  Array.from(new Uint32Array(buffer, byteOffset, length));

/** Names in any order but whole numbers: JSON objects in JavaScript put those first. */
const names = fc.string({ unit: "grapheme", maxLength: 8 }).filter((name) => !/^\d+$/.test(name) && name !== "__metadata__"); // prettier-ignore
const tensor = fc
  .array(fc.nat(3), { maxLength: 3 })
  .chain((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return fc.tuple(fc.constant(shape), fc.uint8Array({ minLength: 4 * length, maxLength: 4 * length }));
  })
  .map(([shape, bytes]): FileTensor => ({ shape, data: new Float32Array(bytes.slice().buffer) }));
const files = fc.tuple(
  fc.uniqueArray(fc.tuple(names, tensor), { selector: ([name]) => name, maxLength: 6 }),
  fc.dictionary(names, fc.string()),
);

describe("safetensors", () => {
  it("come back as they were written, to the last bit (NaN's own included), and are written to the same bytes again", () => {
    fc.assert(
      fc.property(files, ([tensors, metadata]) => {
        const bytes = writeSafetensors(new Map(tensors), metadata);
        expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
        const read = readSafetensors(bytes);
        expect([...read.tensors.keys()]).toEqual(tensors.map(([name]) => name));
        for (const [name, { shape, data }] of tensors) {
          const got = read.tensors.get(name);
          expect(got?.shape).toEqual(shape);
          expect(got && bitsOf(got.data)).toEqual(bitsOf(data));
        }
        expect(Object.fromEntries(read.metadata)).toEqual(metadata);
        const again = writeSafetensors(read.tensors, Object.fromEntries(read.metadata));
        expect(Buffer.from(again).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("are the bytes that the format asks for: length, JSON, padding, values", () => {
    const bytes = writeSafetensors(new Map([["w", { shape: [2], data: new Float32Array([1, -2]) }]]), { a: "b" });
    const header = '{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const want = file(header.padEnd(Math.ceil(header.length / 8) * 8), [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    expect(Buffer.from(bytes).toString("latin1")).toBe(Buffer.from(want).toString("latin1"));
  });

  it("convert every F16 and every BF16 exactly, and F64 to the nearest float32", () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const bytes = new Uint8Array(all.buffer);
    const read = (dtype: string, data: Uint8Array, length: number) =>
      readSafetensors(file({ t: entry([length], 0, data.length, dtype) }, data)).tensors.get("t")?.data ?? [];
    const half = read("F16", bytes, 65536);
    const brain = read("BF16", bytes, 65536);
    for (let bits = 0; bits < 65536; bits++) {
      const sign = bits & 0x8000 ? -1 : 1;
      const value = (exponentBits: number, bias: number) => {
        const fractionBits = 15 - exponentBits;
        const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
        const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
        if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
        return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
      };
      if (!Object.is(half[bits], value(5, 15))) expect([bits, half[bits]]).toEqual([bits, value(5, 15)]);
      if (!Object.is(brain[bits], value(8, 127))) expect([bits, brain[bits]]).toEqual([bits, value(8, 127)]);
    }
    fc.assert(
      fc.property(fc.double(), (number) => {
        const [got] = Array.from(read("F64", new Uint8Array(new Float64Array([number]).buffer), 1));
        expect(got).toBe(Math.fround(number));
      }),
    );
  });

  it("may hold tensors without elements, without a shape, and none at all; read from any part of a buffer", () => {
    const header = { b: entry([0, 7], 4, 4), a: entry([], 0, 4), c: entry([3, 0], 4, 4), d: entry([0], 0, 0) };
    const bytes = file(header, [0, 0, 0x80, 0x3f]);
    const shifted = new Uint8Array(bytes.length + 9);
    shifted.set(bytes, 3);
    const { tensors } = readSafetensors(shifted.subarray(3, 3 + bytes.length));
    expect([...tensors].map(([name, { shape, data }]) => [name, shape, Array.from(data)])).toEqual([
      ["d", [0], []],
      ["a", [], [1]],
      ["b", [0, 7], []],
      ["c", [3, 0], []],
    ]);
    expect(readSafetensors(file({})).tensors.size).toBe(0);
  });

  it("may name a tensor __proto__ or toString, which is data like any other", () => {
    const header = `{"__metadata__":{"__proto__":"x"},"__proto__":${JSON.stringify(entry([1], 0, 4))}}`;
    const { tensors, metadata } = readSafetensors(file(header, [0, 0, 0, 0]));
    expect([[...tensors.keys()], [...metadata]]).toEqual([["__proto__"], [["__proto__", "x"]]]);
    refuses(
      file('{"t":{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}', [0, 0, 0, 0]),
      /got undefined/,
    );
    refuses(
      file({ t: entry([1], 0, 4, "toString") }, [0, 0, 0, 0]),
      /expected a dtype of F64, F32, F16, BF16, got "toString"/,
    );
  });

  const four = [0, 0, 0, 0];
  const eight = [...four, ...four];
  it.each<[string, Uint8Array, RegExp]>([
    ["less than a length", new Uint8Array(7), /m: expected at least 8 bytes, got 7/],
    ["a header of 2^64 - 1 bytes", file({}, [], 2n ** 64n - 1n), /expected a header of at most 8388608 bytes, got one of 18446744073709551615/],
    ["a header that is cut off", file({}, [], 90n), /expected a header of 90 bytes, got a file of 10 bytes: it is cut off/],
    ["a header of 0 bytes", file("", []), /expected a header that begins with "\{" at byte 8/],
    ["a list as header", file("[1]"), /begins with "\{"/],
    ["a space before the header", file(" {}"), /begins with "\{"/],
    ["bytes that are no UTF-8", file({}).fill(0xff, 9, 10), /expected a header in UTF-8/],
    ["a header that is no JSON", file('{"a":}'), /m header: expected JSON, got/],
    ["a tensor twice", file(`{"t":${JSON.stringify(entry([1], 0, 4))},"t":${JSON.stringify(entry([1], 4, 8))}}`, eight), /expected each name once, got "t" twice/],
    ["a key of a tensor twice", file('{"t":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}', four), /got "dtype" twice/],
    ["metadata that is no object", file({ __metadata__: ["a"] }), /expected metadata as an object of texts/],
    ["metadata that is no text", file({ __metadata__: { a: 1 } }), /expected metadata "a" as text, got 1/],
    ["a tensor that is no object", file({ t: 7 }), /m tensor "t": expected dtype, shape and data_offsets, got 7/],
    ["integers", file({ t: entry([1], 0, 4, "I32") }, four), /expected a dtype of F64, F32, F16, BF16, got "I32"/],
    ["a negative size", file({ t: entry([-1], 0, 4) }, four), /expected a shape of whole numbers, got \[-1\]/],
    ["a fraction as size", file({ t: entry([0.5], 0, 2) }, four), /expected a shape of whole numbers/],
    ["a text as shape", file({ t: entry("1", 0, 4) }, four), /expected a shape of whole numbers, got "1"/],
    ["one offset", file({ t: { dtype: "F32", shape: [1], data_offsets: [0] } }, four), /expected two data_offsets in order/],
    ["offsets in the wrong order", file({ t: entry([1], 4, 0) }, four), /expected two data_offsets in order, got \[4,0\]/],
    ["offsets beyond 2^53", file(`{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}`, four), /expected two data_offsets/],
    ["fewer bytes than the shape says", file({ t: entry([2], 0, 4) }, four), /expected offsets 8 bytes apart for shape 2, got \[0,4\]/],
    ["more bytes than the shape says", file({ t: entry([1], 0, 8) }, eight), /expected offsets 4 bytes apart for shape 1/],
    ["sizes whose product overflows to what fits", file({ t: entry([2 ** 32, 2 ** 32, 2 ** 32], 0, 0) }), /bytes apart for shape/],
    ["half an element", file({ t: entry([1], 0, 3) }, [0, 0, 0]), /expected offsets 4 bytes apart/],
    ["a tensor beyond the file", file({ t: entry([2], 0, 8) }, four), /expected 8 bytes of tensors, got 4/],
    ["2^50 values", file({ t: entry([2 ** 50], 0, 2 ** 52) }, four), /expected 4503599627370496 bytes of tensors, got 4/],
    ["bytes behind the tensors", file({ t: entry([1], 0, 4) }, eight), /expected 4 bytes of tensors, got 8/],
    ["a gap before the first", file({ t: entry([1], 4, 8) }, eight), /tensor "t" to begin at byte 0 of the data, got 4: it leaves a gap/],
    ["a gap between two", file({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, [...eight, ...four]), /"b" to begin at byte 4 of the data, got 8: it leaves a gap/],
    ["an overlap", file({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, eight), /"b" to begin at byte 8 of the data, got 4: it overlaps/],
    ["the same bytes twice", file({ a: entry([1], 0, 4), b: entry([1], 0, 4) }, four), /it overlaps the tensor before it/],
    ["an empty tensor inside another", file({ a: entry([2], 0, 8), b: entry([0], 4, 4) }, eight), /"b" to begin at byte 8 of the data, got 4/],
    ["70,000 tensors", file(Object.fromEntries(Array.from({ length: 70000 }, (_, i) => [`t${i}`, entry([0], 0, 0)]))), /expected at most 65536 tensors, got 70000/],
  ])("refuse %s", (_, bytes, message) => {
    refuses(bytes, message);
  }); // prettier-ignore

  it("refuse to be written where they would not be read: data of another length, a reserved name, too much", () => {
    const write =
      (name: string, shape: number[], length: number, metadata = {}) =>
      () =>
        writeSafetensors(new Map([[name, { shape, data: new Float32Array(length) }]]), metadata);
    expect(write("w", [2, 2], 3)).toThrow('safetensors "w": expected 4 values for 2x2, got 3');
    expect(write("__metadata__", [1], 1)).toThrow(RangeError);
    expect(write("w", [1], 1, { a: "x".repeat(1e8) })).toThrow(/expected a header of at most 8388608 bytes, got/);
    const many = Array.from({ length: 65537 }, (_, i) => [`${i}`, { shape: [0], data: new Float32Array(0) }] as const);
    expect(() => writeSafetensors(new Map(many))).toThrow(/expected at most 65536 tensors, got 65537/);
  });

  it("keep a header of 8 MiB, and refuse one of 8 bytes more", () => {
    const text = "x".repeat(8388608 - '{"__metadata__":{"v":""}}'.length);
    const bytes = writeSafetensors(new Map(), { v: text });
    expect(readSafetensors(bytes).metadata.get("v")).toBe(text);
    expect(() => writeSafetensors(new Map(), { v: `${text}x` })).toThrow(/at most 8388608 bytes, got 8388616/);
    refuses(file(" ".repeat(8388616)), /expected a header of at most 8388608 bytes, got one of 8388616/);
  });

  it("are refused or read with any bytes changed, and nothing else comes of it (20,000 changes)", () => {
    const bytes = writeSafetensors(
      new Map([
        ["0.weight", { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) }],
        ["0.bias", { shape: [2], data: new Float32Array([7, 8]) }],
      ]),
      { format: "pt" },
    );
    const change = fc.tuple(
      fc.nat(bytes.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:0129'))),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(9), (changes, cut) => {
        const changed = bytes.slice(0, cut === 0 ? changes[0][0] : bytes.length);
        for (const [at, value] of changes) if (at < changed.length) changed[at] = value;
        try {
          const { tensors } = readSafetensors(changed);
          for (const { shape, data } of tensors.values())
            expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }),
      { numRuns: 20000 },
    );
  });
});
