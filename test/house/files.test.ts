import { describe, expect, it } from "vitest";
import { readSources } from "./sources.ts";

const sources = [...readSources("src"), ...readSources("assembly")];

/** Files that are one list, and may be longer. */
const lists: Record<string, number> = { "src/wasm/kernels.ts": 450 };

describe("files of src/ and assembly/", () => {
  it("have at most 300 lines (src/wasm/kernels.ts, the list of kernels, 450)", () => {
    const lengths = sources.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
    const long = lengths.filter(({ path, lines }) => lines > (lists[path] ?? 300));
    expect(long.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  });

  it("begin with a comment that says what they are for", () => {
    const bare = sources.filter(({ text }) => !/^\/\/ \S|^\/\*\* \S/.test(text));
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it("are called after their idea, never utils, helpers, common, types or misc; index.ts is an entry, never a barrel", () => {
    const vague = sources.filter(({ path }) => /(^|\/)(utils?|helpers?|common|types|misc)(\/|\.ts$)/.test(path));
    const barrels = sources.filter(({ path }) => /^src\/.+\/index\.ts$/.test(path));
    expect([...vague, ...barrels].map(({ path }) => path)).toEqual([]);
  });
});
