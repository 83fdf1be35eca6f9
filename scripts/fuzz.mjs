// Bundles test/fuzz and runs it: `npm run fuzz`, `npm run fuzz -- dicom`, `npm run fuzz -- dicom 1 20260101 4711` to see one input again.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

await build({
  entryPoints: ["test/fuzz/main.ts"],
  outfile: "build/fuzz/main.js",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  packages: "external",
  external: ["#kernels-*", "#wide", "#codecs/*"],
  sourcemap: "inline",
});
const program = fileURLToPath(new URL("../build/fuzz/main.js", import.meta.url));
const flags = ["--expose-gc", "--enable-source-maps", program, ...process.argv.slice(2)];
process.exit(spawnSync(process.execPath, flags, { stdio: "inherit" }).status ?? 1);
