// Compiles assembly/ twice (debug, release) and writes the release bytes as a JavaScript module too,
// so that a bundler needs no setting for WebAssembly.
import asc from "assemblyscript/asc";
import { mkdir, readFile, writeFile } from "node:fs/promises";

await mkdir("build", { recursive: true });
for (const target of ["debug", "release"]) {
  const { error, stderr } = await asc.main(["assembly/index.ts", "--target", target]);
  const messages = stderr.toString();
  if (messages) console.error(messages);
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
}
const release = await readFile("build/kernels.release.wasm");
await writeFile("build/kernels.release.js", `export const kernelsBase64 =\n  "${release.toString("base64")}";\n`);
console.error(`kernels: ${release.length} bytes (release)`);
