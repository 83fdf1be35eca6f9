import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { chunkWeights, modelRows, rows } from "./chunk-sizes.ts";
import { importsOf } from "./sources.ts";

/** The chunks that an entry of build/ can come to load, and what they import that is no chunk. */
function reach(entry: string): { readonly chunks: ReadonlySet<string>; readonly outside: readonly string[] } {
  const chunks = new Set<string>();
  const outside: string[] = [];
  const visit = (path: string) => {
    if (chunks.has(path)) return;
    chunks.add(path);
    const text = readFileSync(path, "utf8");
    for (const { specifier, target } of importsOf({ path, text })) {
      if (target) visit(posix.normalize(target));
      else outside.push(specifier);
    }
    if (/[^.\w]require\(/.test(text.replace(/\/\*[^]*?\*\/|\/\/.*/g, ""))) outside.push(`require in ${path}`);
  };
  visit(entry);
  return { chunks, outside };
}

describe.skipIf(!existsSync("build/io.js"))("the bundle of voxgrad/io (skipped before npm run build)", () => {
  it("comes to load nothing but its own chunks", () => {
    const { chunks, outside } = reach("build/io.js");
    expect(chunks.size).toBeGreaterThan(15);
    expect([...new Set(outside)]).toEqual([]);
  });

  it("has errors by the names that they are exported by, in chunks whose names are short", async () => {
    const built = (await import(posix.join(process.cwd(), "build/index.js"))) as Record<string, unknown>;
    const errors = Object.entries(built).filter(([name]) => /^[A-Z]\w+Error$/.test(name)) as [
      string,
      new (...given: unknown[]) => Error,
    ][];
    expect(errors).toHaveLength(7);
    for (const [name, Kind] of errors) expect([Kind.name, new Kind("why").name]).toEqual([name, name]);
  });

  it.each(["index", "io", "report", "worker", "worker-host", "thread"])("of %s has no import of a module of Node.js, over which webpack and esbuild fail", (entry) => {
    const { outside } = reach(`build/${entry}.js`);
    expect(outside.filter((specifier) => specifier.startsWith("node:"))).toEqual([]);
  }); // prettier-ignore

  it("loads no codec before it meets an image that needs it", () => {
    const names = [...reach("build/index.js").chunks].filter((path) => /htj2k|jpeg|png|dicom|nifti|pako/.test(path));
    expect(names).toEqual([]);
  });

  it.each([
    ["reading-images", rows],
    ["model-files", modelRows],
  ])("weighs what docs/%s.md says, to 2 %%", async (file, wanted) => {
    const table = readFileSync(`docs/${file}.md`, "utf8").matchAll(/^\| (.+?) +\| .* +\| +([\d,]+) \| +([\d,]+) \|$/gm);
    const said = [...table].map(([, row, minified, gzipped]) => [row, ...[minified, gzipped].map((text) => Number(text.replaceAll(",", "")))] as const);
    const weights = await chunkWeights(wanted);
    expect(said.map(([row]) => row)).toEqual(Object.keys(wanted));
    for (const [row, minified, gzipped] of said) {
      expect(Math.abs(weights[row].minified / Number(minified) - 1), `${row}: ${weights[row].minified}`).toBeLessThan(0.02);
      expect(Math.abs(weights[row].gzipped / Number(gzipped) - 1), `${row}: ${weights[row].gzipped}`).toBeLessThan(0.02);
    }
  }); // prettier-ignore
});
