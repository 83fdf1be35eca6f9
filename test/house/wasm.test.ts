import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernelsText as fast } from "#kernels-fast";
import { kernelsText as fastWide } from "#kernels-fast-wide";
import { kernelsText as reproducible } from "#kernels-reproducible";
import { kernelsText as reproducibleWide } from "#kernels-reproducible-wide";
import { bytesOfText } from "../../src/wasm/byte-text.ts";
import { sectionIds, sectionsOf, withUnsharedMemory } from "../../src/wasm/binary.ts";
import { hasRelaxedSimd } from "../../src/wasm/modes.ts";
import { globalsAreMutable, opcodesOf } from "./wasm-walk.ts";

const shipped = { reproducible, fast, "reproducible-wide": reproducibleWide, "fast-wide": fastWide };

describe.each(Object.keys(shipped) as (keyof typeof shipped)[])("the release build of the kernels, %s", (build) => {
  const isFast = build.startsWith("fast");
  const bytes = new Uint8Array(readFileSync(`build/kernels.${build}.release.wasm`));
  const sections = sectionsOf(bytes);
  const section = (id: number) => sections.find((one) => one.id === id);

  it.runIf(!isFast || hasRelaxedSimd())("imports one memory, and exports functions alone", () => {
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const kinds = WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]);
    expect(kinds).toContainEqual(["heapBase", "function"]);
    expect(kinds.filter(([name, kind]) => kind !== "function" && name !== "memory")).toEqual([]);
  });

  it("has no data segment, no start function, no memory of its own and no table element: a second instance finds nothing to overwrite", () => {
    const { memory, start, data, dataCount } = sectionIds;
    const element = 9;
    expect(sections.map(({ id }) => id).filter((id) => [memory, start, element, data, dataCount].includes(id as 5))).toEqual([]); // prettier-ignore
  });

  it("has no global that can change", () => {
    const globals = section(sectionIds.global);
    expect(globals ? globalsAreMutable(bytes, globals).filter(Boolean) : []).toEqual([]);
  });

  it("never grows memory; only fast has instructions whose result an engine may choose (relaxed SIMD), multiply-add alone", () => {
    const code = 10;
    const opcodes = opcodesOf(bytes, section(code)!);
    expect(opcodes.has(0xfd0000 + 228)).toBe(true); // f32x4.add: the walk does see instructions
    expect(opcodes.has(0x40)).toBe(false);
    const relaxed = [...opcodes].filter((opcode) => opcode >= 0xfd0100).map((opcode) => opcode.toString(16));
    expect(relaxed).toEqual(isFast ? ["fd0105"] : []);
  });

  it("differs by one byte when its memory is unshared: the limits' flags 3 become 1", () => {
    const unshared = withUnsharedMemory(bytes);
    const changed = [...bytes.keys()].filter((i) => bytes[i] !== unshared[i]);
    expect(changed.map((i) => [bytes[i], unshared[i]])).toEqual([[3, 1]]);
    expect(withUnsharedMemory(unshared)).toEqual(unshared);
  });

  it("is the same bytes in the JavaScript module that ships", () => {
    expect(Buffer.from(bytesOfText(shipped[build])).equals(bytes)).toBe(true);
  });
});
