// Compiles assembly/ eight times: each numeric build (reproducible, fast), unwide and wide, for debugging and for release.
// The release bytes are written as JavaScript modules too, so that a bundler needs no setting for WebAssembly.
import asc from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { textOfBytes } from "./byte-text.mjs";

/** What each build needs beyond asconfig.json: fast has the relaxed multiply-add, WIDE chooses tiles that pair up. */
const relaxed = ["--enable", "relaxed-simd"];
const builds = {
  reproducible: ["--use", "WIDE=0"],
  fast: ["--use", "WIDE=0", ...relaxed],
  "reproducible-wide": ["--use", "WIDE=1"],
  "fast-wide": ["--use", "WIDE=1", ...relaxed],
};

/**
 * Once more through Binaryen, as `wasm-opt -O3` does: the instructions stay, and packed they are 3 % smaller. What has one
 * caller stays a function of its own, since the products are.
 */
function packable(bytes, isRelaxed) {
  const module = binaryen.readBinary(bytes);
  // What every engine has that has threads and SIMD; Binaryen's bulk memory is made of two.
  const { MutableGlobals, SignExt, NontrappingFPToInt, BulkMemory, BulkMemoryOpt, Atomics, SIMD128, RelaxedSIMD } =
    binaryen.Features;
  const common = MutableGlobals | SignExt | NontrappingFPToInt | BulkMemory | BulkMemoryOpt | Atomics | SIMD128;
  module.setFeatures(isRelaxed ? common | RelaxedSIMD : common);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setOneCallerInlineMaxSize(0);
  module.optimize();
  const made = module.emitBinary();
  module.dispose();
  return made;
}

await mkdir("build", { recursive: true });
for (const [build, options] of Object.entries(builds)) {
  for (const target of ["debug", "release"]) {
    const outFile = `build/kernels.${build}.${target}.wasm`;
    const { error, stderr } = await asc.main([
      "assembly/index.ts",
      "--target",
      target,
      "--outFile",
      outFile,
      ...options,
    ]);
    const messages = stderr.toString();
    if (messages) console.error(messages);
    if (error) {
      console.error(error.message);
      process.exit(1);
    }
  }
  const file = `build/kernels.${build}.release.wasm`;
  const release = packable(await readFile(file), options.includes("relaxed-simd"));
  await writeFile(file, release);
  await writeFile(`build/kernels.${build}.js`, `export const kernelsText =\n  "${textOfBytes(release)}";\n`);
  console.error(`kernels, ${build}: ${release.length} bytes (release)`);
}
