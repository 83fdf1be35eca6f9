// Compiles assembly/ eight times: each numeric build (reproducible, fast), unwide and wide, for debugging and for release.
// The release bytes are written as JavaScript modules too, so that a bundler needs no setting for WebAssembly.
import asc from "assemblyscript/asc";
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
  const release = await readFile(`build/kernels.${build}.release.wasm`);
  await writeFile(`build/kernels.${build}.js`, `export const kernelsText =\n  "${textOfBytes(release)}";\n`);
  console.error(`kernels, ${build}: ${release.length} bytes (release)`);
}
