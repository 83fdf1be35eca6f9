// Bundles a file of bench/ and runs it here: `npm run bench`, `npm run bench -- steps`, `npm run bench -- epochs`.
import { build } from "esbuild";
import { existsSync } from "node:fs";

const given = process.argv.slice(2);
const isFile = given.length > 0 && existsSync(`bench/${given[0]}.ts`) && !["products", "steps"].includes(given[0]);
const [question, rest] = isFile ? [given[0], given.slice(1)] : ["machine", given];
await build({
  entryPoints: [`bench/${question}.ts`],
  outfile: `build/bench/${question}.js`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  external: ["#kernels-*", "#wide", "#threads", "esbuild", "playwright-core"],
});
process.argv.splice(2, process.argv.length, ...rest);
await import(new URL(`../build/bench/${question}.js`, import.meta.url).href);
