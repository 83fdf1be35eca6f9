// Bundles a program of test/torture/ and runs it on the built command: `npm run torture -- kills 200 1` (count, seed).
import { build } from "esbuild";

const [name = "kills", ...given] = process.argv.slice(2);
await build({
  entryPoints: [`test/torture/${name}.ts`],
  outfile: `build/torture/${name}.js`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  packages: "external",
});
const { main } = await import(new URL(`../build/torture/${name}.js`, import.meta.url).href);
await main(...given.map((word) => (/^\d+$/.test(word) ? Number(word) : word)));
