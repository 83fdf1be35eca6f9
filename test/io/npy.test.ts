import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readNpy } from "../../src/io/npy.ts";
import { npyBytes } from "./npy-bytes.ts";

const integers = (bits: number, isSigned: boolean) =>
  fc.bigInt(isSigned ? -(1n << BigInt(bits - 1)) : 0n, (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n);
const text = (most: number) =>
  fc.string({ unit: "binary", maxLength: 40 }).map((drawn) => {
    const characters = Array.from(drawn.replaceAll("\0", "a")).slice(0, most);
    return characters.join("");
  });

/** Every dtype with what it can hold, and the array it is read as. */
const dtypes = {
  b1: [fc.boolean().map(Number), Uint8Array],
  u1: [integers(8, false).map(Number), Uint8Array],
  i1: [integers(8, true).map(Number), Int8Array],
  u2: [integers(16, false).map(Number), Uint16Array],
  i2: [integers(16, true).map(Number), Int16Array],
  u4: [integers(32, false).map(Number), Uint32Array],
  i4: [integers(32, true).map(Number), Int32Array],
  u8: [integers(64, false), BigUint64Array],
  i8: [integers(64, true), BigInt64Array],
  f4: [fc.float(), Float32Array],
  f8: [fc.double(), Float64Array],
  S7: [text(7).map((drawn) => drawn.replace(/[^\0-\u00ff]/gu, "x")), Array],
  U5: [text(5), Array],
} as const;

const shapes = fc.array(fc.nat(4), { maxLength: 4 });
const length = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

describe("readNpy", () => {
  it.each(Object.keys(dtypes) as (keyof typeof dtypes)[])(
    "gives back every value of %s in row-major order: both byte orders, both orders of indices, versions 1 to 3",
    (type) => {
      const [values, constructor] = dtypes[type];
      const drawn = shapes.chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          values: fc.array(values as fc.Arbitrary<number | bigint | string>, {
            minLength: length(shape),
            maxLength: length(shape),
          }),
          fortran: fc.boolean(),
          version: fc.constantFrom(1 as const, 2 as const, 3 as const),
          order: fc.constantFrom("<", ">", "=", "|", ""),
        }),
      );
      fc.assert(
        fc.property(drawn, ({ order, ...options }) => {
          const array = readNpy(npyBytes({ descr: order + type, ...options }), "a");
          expect(array.shape).toEqual(options.shape);
          expect(array.data).toBeInstanceOf(constructor);
          expect(Array.from(array.data as ArrayLike<unknown>)).toEqual(options.values);
        }),
      );
    },
  );

  it("gives every one of the 65,536 float16 exactly, in both byte orders", () => {
    const values = Array.from({ length: 65536 }, (_, bits) => bits);
    const want = values.map((bits) => {
      const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
      if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
      return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    });
    for (const descr of ["<f2", ">f2"]) {
      const { data } = readNpy(npyBytes({ descr, shape: [65536], values }), "a");
      expect(data).toBeInstanceOf(Float32Array);
      expect(Array.from(data as Float32Array)).toEqual(want);
    }
  });

  it("keeps a text that holds a zero, and takes padding off its end alone", () => {
    expect(readNpy(npyBytes({ descr: "|S4", shape: [3], values: ["a\0b", "", "\0\0"] }), "a").data).toEqual(["a\0b", "", ""]); // prettier-ignore
    expect(readNpy(npyBytes({ descr: ">U2", shape: [2], values: ["\u{1f9e0}", "é"] }), "a").data).toEqual(["\u{1f9e0}", "é"]); // prettier-ignore
  });

  it("takes the time of one pass for a text of a million zeros before its last letter", () => {
    const bytes = npyBytes({ descr: "|S1000000", shape: [1], values: [""] });
    bytes[bytes.length - 1] = 0x61;
    expect((readNpy(bytes, "a").data as string[])[0]).toHaveLength(1000000);
  });

  it("gives a view of the file's bytes where alignment and byte order allow: no copy of uint8 images", () => {
    const byte = npyBytes({ descr: "|u1", shape: [4], values: [1, 2, 3, 4] });
    const float = npyBytes({ descr: "<f4", shape: [2], values: [1, 2] });
    expect((readNpy(byte, "a").data as Uint8Array).buffer).toBe(byte.buffer);
    expect((readNpy(float, "a").data as Float32Array).buffer).toBe(float.buffer);
    const shifted = new Uint8Array(float.length + 1);
    shifted.set(float, 1);
    expect(Array.from(readNpy(shifted.subarray(1), "a").data as Float32Array)).toEqual([1, 2]);
  });

  it("leaves the file's bytes as they are, whatever their order", () => {
    const bytes = npyBytes({ descr: ">i4", shape: [2, 2], values: [1, 2, 3, 4], fortran: true });
    const before = bytes.slice();
    expect(Array.from(readNpy(bytes, "a").data as Int32Array)).toEqual([1, 2, 3, 4]);
    expect(bytes).toEqual(before);
  });

  it.each([
    ["keys in another order", "{'shape': (2,), 'fortran_order': False, 'descr': '|u1'}"],
    ["double quotes", `{"descr": "|u1", "fortran_order": False, "shape": (2,)}`],
    ["Python 2's long integers", "{'descr': '|u1', 'fortran_order': False, 'shape': (2L,), }"],
    ["spaces and line ends", "{ 'descr' : '|u1' ,\n 'fortran_order' : False , 'shape' : ( 2 , ) , }   "],
    ["no spaces", "{'descr':'|u1','fortran_order':False,'shape':(2,)}"],
  ])("reads a header with %s", (_, header) => {
    const { data, shape } = readNpy(npyBytes({ descr: "|u1", shape: [2], values: [7, 8], header }), "a");
    expect([shape, Array.from(data as Uint8Array)]).toEqual([[2], [7, 8]]);
  });

  const dictionary = (descr: string, shape = "(2,)", fortran = "False") =>
    `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  it.each([
    ["Python objects", dictionary("'|O'"), /a: expected a dtype of b1, u1, .*, f2, or texts, got "\|O"\. Convert it/],
    ["complex numbers", dictionary("'<c8'"), /got "<c8"/],
    ["dates", dictionary("'<M8[ns]'"), /got "<M8\[ns\]"/],
    ["raw bytes", dictionary("'|V8'"), /got "\|V8"/],
    ["a width that there is not", dictionary("'<i3'"), /got "<i3"/],
    ["float128", dictionary("'<f16'"), /got "<f16"/],
    ["texts of no width, which could be any number", dictionary("'|S0'", "(9007199254740991,)"), /got "\|S0"/],
    ["texts of absurd width", dictionary("'|S99999999999999999999'", "(0,)"), /got "\|S9{20}"/],
    [
      "structures",
      dictionary("[('a', '<f4'), ('b', '|u1')]"),
      /expected a dtype of numbers, not of structures, in the/,
    ],
    ["a negative size", dictionary("'|u1'", "(-2,)"), /expected a 'shape' of whole numbers/],
    ["a fraction as size", dictionary("'|u1'", "(2.5,)"), /expected a 'shape' of whole numbers/],
    ["a number instead of a tuple", dictionary("'|u1'", "(2)"), /expected a 'shape' of whole numbers/],
    ["sizes without a comma", dictionary("'|u1'", "(1 2)"), /expected a 'shape' of whole numbers/],
    ["sizes whose product overflows", dictionary("'|u1'", "(4294967296, 4294967296)"), /a shape that fits into memory/],
    ["an absurd size beside a 0", dictionary("'|u1'", `(0, ${"9".repeat(400)})`), /a shape that fits into memory/],
    ["65 dimensions", dictionary("'|u1'", `(${"1, ".repeat(64)}2)`), /a shape that fits into memory/],
    [
      "more data than there is",
      dictionary("'<f8'", "(3,)"),
      /expected 24 bytes of data behind byte 128 for 3 of <f8, got 2/,
    ],
    [
      "less data than there is",
      dictionary("'|u1'", "(1,)"),
      /expected 1 bytes of data behind byte 128 for 1 of \|u1, got 2/,
    ],
    ["neither order of indices", dictionary("'|u1'", "(2,)", "Maybe"), /expected 'fortran_order'/],
    [
      "a key twice",
      "{'descr': '|u1', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
      /expected 'fortran_order'/,
    ],
    ["a key too many", "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': True}", /the three keys/],
    ["code", "{'descr': open('x'), 'fortran_order': False, 'shape': (2,)}", /expected a dtype \('descr'\)/],
    ["no dictionary", "descr |u1", /expected a dtype \('descr'\)/],
    ["something behind the dictionary", dictionary("'|u1'") + "}", /the three keys/],
  ])("refuses %s", (_, header, message) => {
    const bytes = npyBytes({ descr: "|u1", shape: [2], values: [1, 2], header });
    expect(() => readNpy(bytes, "a")).toThrow(FormatError);
    expect(() => readNpy(bytes, "a")).toThrow(message);
  });

  it("refuses another magic, version 4, a header that overruns the file and one of more than 10,000 bytes", () => {
    const bytes = () => npyBytes({ descr: "|u1", shape: [2], values: [1, 2] });
    const changed = (at: number, value: number) => bytes().fill(value, at, at + 1);
    expect(() => readNpy(changed(0, 0x92), "a")).toThrow(/expected a .npy array/);
    expect(() => readNpy(changed(6, 4), "a")).toThrow("a: expected .npy version 1, 2 or 3 at byte 6, got 4");
    expect(() => readNpy(changed(9, 1), "a")).toThrow(
      /expected a header of 374 bytes behind byte 10, got 120: it overruns/,
    );
    const long = npyBytes({ descr: "|u1", shape: [1], values: [1], header: dictionary("'|u1'", "(1,)").padEnd(10100) });
    expect(() => readNpy(long, "a")).toThrow(/expected a header of at most 10000 bytes/);
  });

  it("refuses a code beyond Unicode", () => {
    const bytes = npyBytes({ descr: "<U1", shape: [1], values: ["a"] });
    bytes[bytes.length - 2] = 0xff;
    expect(() => readNpy(bytes, "a")).toThrow("a: expected a character at byte 0 of the data, got code 16711777");
  });

  it("refuses a file cut off at any byte, and one with a byte too many", () => {
    const contents = [{ shape: [2, 2], values: [1, 2, 3, 4] }, { shape: [0], values: [] }]; // prettier-ignore
    for (const [version, content] of ([1, 2, 3] as const).flatMap((v) => contents.map((each) => [v, each] as const))) {
      const bytes = npyBytes({ descr: "<i2", ...content, version });
      for (let end = 0; end < bytes.length; end++) expect(() => readNpy(bytes.slice(0, end), "a")).toThrow(FormatError);
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      expect(() => readNpy(longer, "a")).toThrow(FormatError);
    }
  });

  it("either reads or refuses any file with changed bytes, and what it reads fills its shape (20,000 changes)", () => {
    const files = [
      npyBytes({ descr: "<f4", shape: [2, 3], values: [1, 2, 3, 4, 5, 6], fortran: true }),
      npyBytes({ descr: ">u2", shape: [4], values: [1, 2, 3, 4], version: 3 }),
      npyBytes({ descr: "<U3", shape: [2, 1], values: ["abc", "d"], version: 2 }),
    ];
    const change = fc.tuple(fc.nat(127), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 4 }), (file, changes) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { data, shape } = readNpy(bytes, "a");
          expect(data.length).toBe(length(shape));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }),
      { numRuns: 20000 },
    );
  });
});
