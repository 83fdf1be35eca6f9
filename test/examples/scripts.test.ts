import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { loadModel } from "../../src/index.ts";
import { documentedBlocks, root } from "../docs/blocks.ts";
import { runtimes } from "../platform/runtimes.ts";

const examples = join(root, "examples");
const scripts = readdirSync(examples).filter((name) => /\.m?[jt]s$/.test(name));
const pages = ["page", "vite"];
const isBuilt = existsSync(join(root, "build/report.js"));

/** In the package itself, where "voxgrad" means what is built. */
mkdirSync(join(root, "build"), { recursive: true });
const folder = mkdtempSync(join(root, "build", "examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** An example as JavaScript, for a Node that reads no TypeScript: the types are left out, and nothing else is done. */
function asJavaScript(name: string): string {
  const { code } = transformSync(readFileSync(join(examples, name), "utf8"), { loader: "ts", target: "es2022" });
  const file = join(folder, name.replace(/\.m?[jt]s$/, ".mjs"));
  writeFileSync(file, code);
  return file;
}

/** What a program prints. */
function printed(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 100_000, env: { ...process.env, NO_COLOR: "1", TMPDIR: folder } }); // prettier-ignore
  expect(status, stderr).toBe(0);
  return stdout;
}

const inNode = new Map<string, string>();

/** What an example prints in Node, which runs it once. */
function ofNode(name: string): string {
  const text = inNode.get(name) ?? printed(process.execPath, asJavaScript(name));
  inNode.set(name, text);
  return text;
}

/** Without what differs from run to run: when it was, and the name of a folder. */
const lasting = (text: string) => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "").replace(/^\S+\.npz/m, "");

const others = runtimes.filter(([name]) => name !== "Node");
const deno = runtimes.find(([name]) => name === "Deno")?.[1] ?? null;

/** What each example must have said, and nobody would say who did not do it. */
const said: Readonly<Record<string, readonly RegExp[]>> = {
  "quickstart.ts": [/^15 [\d.]+ 0\.\d{3} \S/m, /^0\.\d+ \[ 0\.\d+, (0\.\d+|1) \] .* [0-9a-f]{64}$/m],
  "node-npz.mjs": [/images of 10x10x10, classes 0, 1$/m, /^140 images to train, 30 for validation, 30 for the test$/m, /^test accuracy 0\.\d{3}, 95 % interval/m],
  "deno.ts": [/^# Test report$/m, /^[0-9a-f]{64}$/m],
  "own-loop.ts": [/^3: .*\n4: /m, /^stopped early best was epoch \d+$/m, /^0\.weight 32x1000 largest 0\./m, /^(2[3-9]|3\d|4[0-5]) of 45 test images right/m],
  "k-fold.ts": [/^fold 4: \d+ images/m, /^accuracy 0\.\d{3} ± 0\.\d{3}, .* over 4 folds$/m, /^\d+ of 240 images right/m],
  "compare.mjs": [/^60 test images: ROC AUC 0\.\d{3} and 0\.\d{3}$/m, /^difference -?0\.\d{3}, 95 % interval .* \(DeLong\)$/m, /^right by the first alone \d+, by the second alone \d+$/m],
  "transfer.ts": [/^few images, begun anew: /m, /^0 of the 64000 frozen weights changed$/m],
}; // prettier-ignore

describe("examples/", () => {
  it("each begins with what it shows and the command that runs it", () => {
    for (const name of scripts)
      expect(readFileSync(join(examples, name), "utf8")).toMatch(
        new RegExp(`^// \\S.*\\n(// .*\\n)*//   (node|deno run) examples/${name.replace(".", "\\.")}`),
      );
    for (const name of pages)
      expect(readFileSync(join(examples, name, "index.html"), "utf8")).toMatch(/^<!doctype html>\n<!--\nA page [^]+?\n {2}(python3|npm) .* {2}then open/); // prettier-ignore
  });

  it("are listed in docs/examples.md, all of them", () => {
    const list = readFileSync(join(root, "docs/examples.md"), "utf8");
    expect([...list.matchAll(/^\| \[.+?\]\(\.\.\/examples\/(.+?)\)/gm)].map(([, name]) => name).sort()).toEqual([...pages, ...scripts].sort()); // prettier-ignore
    expect(readdirSync(examples).sort()).toEqual([...pages, ...scripts].sort());
  });

  it("quickstart.ts is the README's code", () => {
    const readme = documentedBlocks().find(({ at }) => at.startsWith("README.md"));
    const [, ...code] = readFileSync(join(examples, "quickstart.ts"), "utf8").split(/^(?=import )/m);
    expect(code.join("").trim()).toBe(readme?.code.trim());
  });

  it("both pages draw with the same curve.js and style.css", () => {
    for (const file of ["curve.js", "style.css"])
      expect(readFileSync(join(examples, "vite", file), "utf8")).toBe(readFileSync(join(examples, "page", file), "utf8"));
  }); // prettier-ignore
});

describe.skipIf(!isBuilt)("examples/ on what is built (skipped before npm run build)", () => {
  it.each(scripts)("%s does what it says, in Node", (name) => {
    const text = ofNode(name);
    for (const pattern of said[name]) expect(text).toMatch(pattern);
  }, 120_000); // prettier-ignore

  it("transfer.ts: the saved model's few images are answered better than those of a network begun anew", () => {
    const text = ofNode("transfer.ts");
    const [anew, moved] = [...text.matchAll(/^few images, .*ROC AUC (\S+)$/gm)].map(([, area]) => Number(area));
    expect(moved).toBeGreaterThan(anew);
  }, 120_000);

  it("node-npz.mjs takes a file by its path, and leaves a model and a report in a folder", () => {
    const script = asJavaScript("node-npz.mjs");
    const [first] = ofNode("node-npz.mjs").split(": ");
    const results = join(folder, "results");
    const text = printed(process.execPath, script, first, results);
    expect(text).toContain(`${first}: images of 10x10x10`);
    expect(text).toMatch(/\nmodel and report: .*results\n$/);
    expect(loadModel(readFileSync(join(results, "model.safetensors"))).network.summary()).toMatch(/64/);
    expect(readFileSync(join(results, "report.html"), "utf8")).toMatch(/^<!doctype html>/i);
  }, 120_000);

  describe.each(others)("in %s", (_, program, flags) => {
    it.skipIf(program === null).each(scripts)("%s as it stands says what it says in Node, to the last digit (skipped where the runtime is absent)", (name) => {
      const own = printed(program ?? "", ...flags, join(examples, name));
      expect(lasting(own)).toBe(lasting(ofNode(name)));
    }, 120_000);
  }); // prettier-ignore

  it.skipIf(deno === null)("deno.ts runs where it is allowed nothing (skipped where Deno is absent)", () => {
    expect(printed(deno ?? "", "run", "--no-prompt", join(examples, "deno.ts"))).toMatch(/^[0-9a-f]{64}$/m);
  }, 120_000); // prettier-ignore
});
