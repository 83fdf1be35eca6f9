// Bundles a file of bench/ and runs it here: `npm run bench`, `npm run bench -- steps`.
import { build } from "esbuild";

const [question = "products", ...rest] = process.argv.slice(2);
await build({
  entryPoints: [`bench/${question}.ts`],
  outfile: `build/bench/${question}.js`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  external: ["#kernels-reproducible", "#kernels-fast"],
});
process.argv.splice(2, process.argv.length, ...rest);
await import(new URL(`../build/bench/${question}.js`, import.meta.url).href);
