import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { parseStrictly } from "../../src/io/json-keys.ts";

describe("parseStrictly", () => {
  it("gives what JSON.parse gives for every value that JSON.stringify writes, with or without spaces", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseStrictly(text, "file")).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":1,"a":2}', "a"],
    ['{"a":1,"b":{"a":1},"a":2}', "a"],
    ['[{"x":[{"c":1 , "c" :2}]}]', "c"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['{"\\"":1,"\\u0022":2}', '\\"'],
    ['{"":1,"":2}', ""],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['{"a:b":1,"c":"a:b","a:b":2}', "a:b"],
  ])("refuses %s: a key twice, whatever stands between and however it is written", (text, key) => {
    expect(() => parseStrictly(text, "file")).toThrow(FormatError);
    expect(() => parseStrictly(text, "file")).toThrow(`file: expected each name once, got "${key}" twice`);
  });

  it.each([
    '{"a":"b","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":["a","a","a"]}',
    '{"a":"x\\":","x":"\\\\"}',
  ])("reads %s: a key in one object is no key in another, and a text is no key", (text) => {
    expect(parseStrictly(text, "file")).toEqual(JSON.parse(text));
  });

  it("keeps __proto__ as plain data, which changes no prototype", () => {
    const value = parseStrictly('{"__proto__":{"polluted":true}}', "file") as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });

  it("refuses what is no JSON by name, and takes 200,000 levels without a stack of them", () => {
    for (const text of ["", "{", "{'a':1}", '{"a":NaN}', '{"a":1}x'])
      expect(() => parseStrictly(text, "file")).toThrow(/^file: expected JSON, got /);
    const deep = "[".repeat(200000);
    expect(() => parseStrictly(deep, "file")).toThrow(FormatError);
  });
});
