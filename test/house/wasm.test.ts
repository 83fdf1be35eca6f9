import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernelsBase64 } from "#kernels";
import { globalsAreMutable, opcodesOf, sectionsOf } from "./wasm-walk.ts";

const bytes = new Uint8Array(readFileSync("build/kernels.release.wasm"));
const sections = sectionsOf(bytes);
const section = (id: number) => sections.find((one) => one.id === id);

describe("the release build of the kernels", () => {
  it("imports one memory and nothing else", () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([
      { module: "env", name: "memory", kind: "memory" },
    ]);
  });

  it("exports functions alone, heapBase among them, and the memory it was given", () => {
    const kinds = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name, kind }) => [name, kind]);
    expect(kinds).toContainEqual(["heapBase", "function"]);
    expect(kinds.filter(([name, kind]) => kind !== "function" && name !== "memory")).toEqual([]);
  });

  it("has no data segment, no start function and no table element: a second instance finds nothing to overwrite", () => {
    expect(sections.map(({ id }) => id).filter((id) => [8, 9, 11, 12].includes(id))).toEqual([]);
  });

  it("has no global that can change", () => {
    const globals = section(6);
    expect(globals ? globalsAreMutable(bytes, globals).filter(Boolean) : []).toEqual([]);
  });

  it("never grows memory, and has no instruction whose result an engine may choose (relaxed SIMD)", () => {
    const opcodes = opcodesOf(bytes, section(10)!);
    expect(opcodes.has(0xfd0000 + 228)).toBe(true); // f32x4.add: the walk does see instructions
    expect(opcodes.has(0x40)).toBe(false);
    expect([...opcodes].filter((opcode) => opcode >= 0xfd0100).map((opcode) => opcode.toString(16))).toEqual([]);
  });

  it("is the same bytes in the JavaScript module that ships", () => {
    expect(Buffer.from(kernelsBase64, "base64").equals(bytes)).toBe(true);
  });
});
