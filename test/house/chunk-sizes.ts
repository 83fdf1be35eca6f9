// What the chunks of build/ weigh, minified by esbuild and packed by gzip -9: what a browser has to fetch for each format.
import { transform } from "esbuild";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { gzipSync } from "node:zlib";
import { importsOf } from "./sources.ts";

export interface Weight {
  readonly minified: number;
  readonly gzipped: number;
}

/** Chunks by what the table of docs/reading-images.md calls them; "io" stands for all that voxgrad/io loads at once beside the core. */
export const rows: Readonly<Record<string, readonly string[]>> = {
  "`voxgrad/io` itself": ["io"],
  "`.npz`": ["zip", "write-zip", "zip-js"],
  "gzip, deflate": ["pako"],
  "tables of images": ["manifest"],
  PNG: ["png", "index"],
  NIfTI: ["nifti", "nifti-header"],
  DICOM: ["dicom", "dicomParser.min"],
  "JPEG of 8 bits": ["jpeg", "jpeg-header", "jpeg-8bit", "instance", "_commonjsHelpers"],
  "JPEG of 12 bits": ["jpeg-12bit"],
  "JPEG lossless": ["jpeg-lossless"],
  "JPEG-LS": ["jpeg-ls"],
  "JPEG 2000": ["jpeg-2000"],
  HTJ2K: ["htj2k"],
};

/** The same of docs/model-files.md. */
export const modelRows: Readonly<Record<string, readonly string[]>> = {
  "ONNX, written": ["onnx-write", "onnx-messages", "protobuf"],
  "ONNX, read": ["onnx-read", "onnx-messages", "protobuf", "steps"],
  Keras: ["keras-read", "keras-layers", "steps"],
  "TensorFlow.js, written": ["tfjs-write"],
  "TensorFlow.js, read": ["tfjs-read", "keras-layers", "steps"],
  TensorBoard: ["tensorboard-events", "protobuf", "_commonjsHelpers"],
};

/** Of each row, what the chunks weigh that build/io.js can come to load. */
export async function chunkWeights(of = rows): Promise<Readonly<Record<string, Weight>>> {
  const texts = new Map<string, string>();
  const atOnce = new Set<string>();
  const visit = (path: string, isStatic: boolean) => {
    const isNew = !texts.has(path) || (isStatic && !atOnce.has(path));
    if (isStatic) atOnce.add(path);
    if (!isNew) return;
    const text = readFileSync(path, "utf8");
    texts.set(path, text);
    const stripped = text.replace(/import\(\s*['"][^'"]+['"]\s*\)/g, "");
    const first = new Set(importsOf({ path, text: stripped }).map(({ target }) => target));
    for (const { target } of importsOf({ path, text }))
      if (target) visit(posix.normalize(target), isStatic && first.has(target));
  };
  visit("build/io.js", true);
  const weights = new Map<string, Weight>();
  for (const [path, text] of texts) {
    const { code } = await transform(text, { minify: true, format: "esm" });
    weights.set(path, { minified: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length });
  }
  const nameOf = (path: string) => posix.basename(path, ".js").replace(/-[\w-]{8}$/, "");
  const sum = (paths: readonly string[]) =>
    paths.reduce<Weight>(
      (total, path) => {
        const { minified, gzipped } = weights.get(path) ?? { minified: 0, gzipped: 0 };
        return { minified: total.minified + minified, gzipped: total.gzipped + gzipped };
      },
      { minified: 0, gzipped: 0 },
    );
  const lazy = [...texts.keys()].filter((path) => !atOnce.has(path));
  return Object.fromEntries(
    Object.entries(of).map(([row, names]) => [
      row,
      sum(
        names[0] === "io"
          ? [...atOnce].filter((path) => nameOf(path) !== "core")
          : lazy.filter((path) => names.includes(nameOf(path))),
      ),
    ]),
  );
}
