import { readFileSync } from "node:fs";
import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, isBuilt, programOf, run } from "./package.ts";
import type { Installed } from "./package.ts";
import { expectSameBits, waysOf } from "./ways.ts";
import type { Answer } from "./ways.ts";

let installed: Installed;
beforeAll(async () => {
  if (isBuilt) installed = await install();
}, 120_000);
afterAll(() => installed?.remove());

/** What the package exports that a program imports; the files of workers are for workers alone. */
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: Record<string, { default?: string }>;
};
const scripts = Object.keys(exports).filter(
  (entry) => exports[entry].default?.endsWith(".js") && !["./thread", "./worker-host"].includes(entry),
);
const entries = scripts.map((entry) => entry.replace(/^\./, "voxgrad"));
const debug = pathToFileURL(resolve("build/kernels.reproducible.debug.wasm")).href;

const deno = programOf("VOXGRAD_DENO", "deno");
const denoFlags = ["run", "-A", "--node-modules-dir=manual"];
const runtimes: readonly (readonly [name: string, program: string | null, flags: readonly string[]])[] = [
  ["this Node", process.execPath, []],
  ["Node 22", programOf("VOXGRAD_NODE22", null), []],
  ["Node 24", programOf("VOXGRAD_NODE24", null), []],
  ["Node 26", programOf("VOXGRAD_NODE26", null), []],
  ["Deno", deno, denoFlags],
  ["Bun", programOf("VOXGRAD_BUN", "bun"), ["run"]],
];

describe.skipIf(!isBuilt).each(runtimes)("the packed package in %s (skipped where it, or the build, is absent)", (_, program, flags) => {
  const trial = it.skipIf(program === null);
  const runHere = (file: string, ...args: readonly string[]) => run(program ?? "", [...flags, file, ...args], installed.folder);

  trial("trains to the same bits with 1, 2, 3 and 4 threads, memory shared and not, straight and resumed, release and debug; fast where it is fused", () => {
    const ways = waysOf(debug);
    expectSameBits(ways, JSON.parse(runHere("bits.mjs", JSON.stringify(ways))) as Answer[]);
  }, 120_000);

  trial("is imported and required: all entries have the same exports both ways", async () => {
    const list = JSON.stringify(entries);
    const say = "console.log(JSON.stringify(all.map((entry) => Object.keys(entry).sort())))";
    await writeFile(join(installed.folder, "import.mjs"), `const all = await Promise.all(${list}.map((name) => import(name))); ${say}`);
    await writeFile(join(installed.folder, "require.cjs"), `const all = ${list}.map((name) => require(name)); ${say}`);
    const imported = JSON.parse(runHere("import.mjs")) as string[][];
    expect(imported.map((names) => names.length > 0)).toEqual(entries.map(() => true));
    expect(imported[0]).toContain("study");
    expect(JSON.parse(runHere("require.cjs"))).toEqual(imported);
  });
}); // prettier-ignore

describe.skipIf(!isBuilt)("the packed package (skipped before npm run build)", () => {
  const trial = it.skipIf(deno === null);

  trial("is imported in Deno by npm: from node_modules, and as a plain file with threads (skipped where Deno is absent)", async () => {
    const { folder } = installed;
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    await writeFile(join(folder, "npm.mjs"), `import { version } from "npm:voxgrad@${version}"; console.log(version);`);
    expect(run(deno ?? "", [...denoFlags, "npm.mjs"], folder).trim()).toBe(version);
    const plain = join(folder, "plain");
    await cp(join(folder, "node_modules/voxgrad/build"), join(plain, "build"), { recursive: true });
    const script = await readFile("test/platform/bits.mjs", "utf8");
    const changed = script.replace('from "voxgrad"', 'from "./build/index.js"').replace('from "voxgrad/wasm"', 'from "./build/wasm.js"'); // prettier-ignore
    await writeFile(join(plain, "bits.mjs"), changed);
    const ways = [{ threads: 1 }, { threads: 2 }];
    expectSameBits(ways, JSON.parse(run(deno ?? "", ["run", "-A", "bits.mjs", JSON.stringify(ways)], plain)) as Answer[]);
  }, 120_000); // prettier-ignore

  it("refuses wide vectors by name where its files are served without their package.json", async () => {
    const plain = join(installed.folder, "served");
    await cp(join(installed.folder, "node_modules/voxgrad/build"), plain, { recursive: true });
    const script = `
      const { dense, network, phantoms, resolveTraining, startFit } = await import("./index.js");
      const set = phantoms({ count: 4, seed: 7 });
      const settings = resolveTraining({ network: network([dense(2)]), wide: true }, set, "classification", 7);
      await startFit({ train: set, validation: set }, settings).catch((error) => console.log(String(error)));`;
    await writeFile(join(plain, "wide.mjs"), script);
    expect(run(process.execPath, ["wide.mjs"], plain)).toMatch(
      /^RangeError: wide: expected Node 24 or later on an x64/,
    );
  });

  it("brings the command, the schema, the licences and the files of the kernels, and no debug build", async () => {
    const { folder } = installed;
    expect(run(process.execPath, ["node_modules/.bin/voxgrad", "--version"], folder)).toMatch(/^\d+\.\d+\.\d+/);
    const names = await readdir(join(folder, "node_modules/voxgrad"), { recursive: true });
    for (const name of ["report.schema.json", "LICENSE", "build/licences.txt", "build/kernels.fast.release.wasm"])
      expect(names).toContain(name);
    expect(names.filter((name) => /debug|\.map$|^src|^test/.test(name))).toEqual([]);
  });

  it("has no dependency, says that its files have no effects, and has what each entry names", async () => {
    const root = join(installed.folder, "node_modules/voxgrad");
    const described = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      dependencies?: unknown;
      sideEffects: unknown;
      exports: Record<string, string | { types: string; default: string }>;
    };
    expect(described.dependencies).toBeUndefined();
    expect(described.sideEffects).toBe(false);
    const files = Object.values(described.exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)));
    for (const file of files) expect((await readFile(join(root, file))).length, file).toBeGreaterThan(10);
  }); // prettier-ignore
});
