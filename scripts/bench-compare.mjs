// Bundles bench/compare/ and runs it here; the peers are installed by then: `npm run bench:compare`.
import { build } from "esbuild";
import { existsSync } from "node:fs";

for (const [needed, remedy] of [
  ["build/kernels.reproducible.js", "npm run build:kernels"],
  ["bench/compare/node_modules", "npm ci --prefix bench/compare"],
]) {
  if (existsSync(needed)) continue;
  console.error(`bench:compare: expected ${needed}, found none. Run ${remedy} first.`);
  process.exit(2);
}
await build({
  entryPoints: ["bench/compare/run.ts", "bench/compare/voxgrad.ts"],
  outdir: "build/bench/compare",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  external: ["#*"],
});
await import(new URL("../build/bench/compare/run.js", import.meta.url).href);
