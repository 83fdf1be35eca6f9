// Compiles assembly/ four times: each numeric build (reproducible, fast) for debugging and for release. The release bytes
// are written as JavaScript modules too, so that a bundler needs no setting for WebAssembly.
import asc from "assemblyscript/asc";
import { mkdir, readFile, writeFile } from "node:fs/promises";

/** What each numeric build needs beyond asconfig.json: fast has the relaxed multiply-add. */
const numericBuilds = { reproducible: [], fast: ["--enable", "relaxed-simd"] };

await mkdir("build", { recursive: true });
for (const [numericBuild, options] of Object.entries(numericBuilds)) {
  for (const target of ["debug", "release"]) {
    const outFile = `build/kernels.${numericBuild}.${target}.wasm`;
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
  const release = await readFile(`build/kernels.${numericBuild}.release.wasm`);
  await writeFile(
    `build/kernels.${numericBuild}.js`,
    `export const kernelsBase64 =\n  "${release.toString("base64")}";\n`,
  );
  console.error(`kernels, ${numericBuild}: ${release.length} bytes (release)`);
}
