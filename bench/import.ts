// How long does importing voxgrad hold the main thread, and how soon after it does the first kernel run? In fresh processes of
// this Node, and in fresh pages of Chromium: the package's own files, a bundle of them, and, for comparison, a module that is
// empty, of which nothing is taken off.
//   npm run bench -- import [rounds]
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hasBrowser, openBrowser, serve } from "../test/platform/page.ts";

const rounds = Number(process.argv[2] ?? 15);
const folder = await mkdtemp(join(tmpdir(), "voxgrad-import-"));

/** Imports, and begins a run, which asks the kernels whether they round a multiply-add once: milliseconds of both. */
const script = (index: string) => `
  const begun = performance.now();
  const { arrayDataset, dense, network, resolveTraining, startFit } = await import(${JSON.stringify(index)});
  const imported = performance.now();
  const images = new Uint8Array(4 * 784);
  const set = arrayDataset({ images, shape: [28, 28], labels: Int32Array.of(0, 1, 0, 1), labelValues: [0, 1] });
  const settings = resolveTraining({ network: network([dense(2)]) }, set, "classification", 1);
  const fit = await startFit({ train: set, validation: set }, settings);
  const first = performance.now();
  fit.free();
`;

const own = pathToFileURL(resolve("build/index.js")).href;
const bundleOf = "core.js";
const emptyOf = "empty.js";
await writeFile(join(folder, emptyOf), "export {};\n");
await writeFile(
  join(folder, "entry.js"),
  `export { arrayDataset, dense, network, resolveTraining, startFit } from ${JSON.stringify(resolve("build/bundled.js"))};`,
);
await build({
  entryPoints: { core: join(folder, "entry.js") },
  outdir: folder,
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  external: ["#wide"],
  logLevel: "error",
});

interface Times {
  readonly importing: number;
  /** Null where nothing was imported that has kernels. */
  readonly first: number | null;
}

const isEmpty = (index: string) => index.endsWith(emptyOf);

const inNode = (index: string): Times => {
  const all = `${script(index)} const since = first - imported;`;
  const bare = `const begun = performance.now(); await import(${JSON.stringify(index)}); const imported = performance.now(), since = null;`;
  const code = `${isEmpty(index) ? bare : all} console.log(JSON.stringify({ importing: imported - begun, first: since }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as Times;
};

/** In a page, what was tasks of its main thread: waiting for the server is none. */
async function inChromium(address: string, index: string): Promise<Times> {
  const page = await browser!.newPage();
  try {
    await page.goto(address);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const tasks = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return 1000 * metrics.find(({ name }) => name === "TaskDuration")!.value;
    };
    await page.evaluate("1 + 1");
    const before = await tasks();
    await page.evaluate(`import(${JSON.stringify(index)}).then(() => undefined)`);
    const importing = (await tasks()) - before;
    if (isEmpty(index)) return { importing, first: null };
    const first = await page.evaluate<number>(`(async () => { ${script(index)} return first - imported; })()`);
    return { importing, first };
  } finally {
    await page.close();
  }
}

const browser = hasBrowser ? await openBrowser() : null;
await cp(resolve("build"), join(folder, "package"), {
  recursive: true,
  filter: (path) => !/(types|torture|bench|fuzz)$/.test(path),
});
const served = await serve(folder, {});
await writeFile(join(folder, "index.html"), "<!doctype html><title>voxgrad</title>");

const places: Record<string, () => Times | Promise<Times>> = {
  [`Node ${process.versions.node}, an empty module`]: () => inNode(pathToFileURL(join(folder, emptyOf)).href),
  [`Node ${process.versions.node}, the package's files`]: () => inNode(own),
  [`Node ${process.versions.node}, a bundle`]: () => inNode(pathToFileURL(join(folder, bundleOf)).href),
  ...(browser && {
    [`Chromium ${browser.version()}, an empty module`]: () => inChromium(served.address, `/${emptyOf}`),
    [`Chromium ${browser.version()}, the package's files`]: () => inChromium(served.address, "/package/index.js"),
    [`Chromium ${browser.version()}, a bundle`]: () => inChromium(served.address, `/${bundleOf}`),
  }),
};
const taken = new Map(Object.keys(places).map((place) => [place, [] as Times[]]));
for (let round = 0; round < rounds; round++)
  for (const [place, measure] of Object.entries(places)) taken.get(place)!.push(await measure());

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
console.log("| milliseconds, least and median | importing | from there to the first kernel |");
console.log("| --- | --- | --- |");
for (const [place, times] of taken) {
  const cell = (values: readonly (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length > 0 ? `${Math.min(...known).toFixed(1)}, ${middle(known).toFixed(1)}` : "-";
  };
  console.log(
    `| ${place} | ${cell(times.map(({ importing }) => importing))} | ${cell(times.map(({ first }) => first))} |`,
  );
}
await browser?.close();
served.close();
await rm(folder, { recursive: true });
