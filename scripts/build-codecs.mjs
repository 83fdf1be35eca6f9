// Writes the WebAssembly of the image codecs as JavaScript modules, so that a bundler needs no setting for it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";

const codecs = {
  "jpeg-8bit": "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm",
  "jpeg-ls": "@cornerstonejs/codec-charls/decodewasm",
  "jpeg-2000": "@cornerstonejs/codec-openjpeg/decodewasm",
  htj2k: "@cornerstonejs/codec-openjph/wasm",
};

const { resolve } = createRequire(import.meta.url);
await mkdir("build/codecs", { recursive: true });
for (const [name, file] of Object.entries(codecs)) {
  const bytes = await readFile(resolve(file));
  await writeFile(`build/codecs/${name}.js`, `export const codecBase64 =\n  "${bytes.toString("base64")}";\n`);
}
