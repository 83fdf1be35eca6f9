// A layers model of TensorFlow.js: its JSON, and the weights that its manifest names.
import { FormatError } from "../errors.ts";
import { ownBytes } from "../own-bytes.ts";
import { parseStrictly } from "../io/json-keys.ts";
import type { Model } from "../train/model.ts";
import { readSequential } from "./keras-layers.ts";
import { fieldsOf } from "./keras-values.ts";
import { modelOfSteps } from "./steps.ts";
import type { ImportOptions } from "./steps.ts";

const mostWeights = 65536;

export function modelOfTfjs(files: Readonly<Record<string, string | object>>, options: ImportOptions): Model {
  const file = options.name ?? "model.json";
  const text = Object.hasOwn(files, "model.json") ? files["model.json"] : null;
  if (text === null) throw new FormatError(`${file}: expected the file "model.json" among those given`);
  const bytes = ownBytes(text);
  const given = bytes ? new TextDecoder().decode(bytes) : text;
  const json = fieldsOf(typeof given === "string" ? parseStrictly(given, file) : given, file);
  if (json.text("format", "layers-model") !== "layers-model") json.fail(`a layers-model, got ${json.text("format")}. A graph model has no layers.`); // prettier-ignore
  const weights = weightsOf(json.raw("weightsManifest"), files, file);
  const left = new Set(weights.keys());
  const topology = fieldsOf(json.raw("modelTopology"), `${file} modelTopology`);
  const sequential = topology.has("model_config") ? topology.raw("model_config") : json.raw("modelTopology");
  const { steps, shape } = readSequential(
    sequential,
    file,
    options,
    (layer, weight, wanted) => {
      const name = `${layer}/${weight}`;
      const found = weights.get(name);
      const got = found?.shape.join("x") ?? "none";
      if (!found || got !== wanted.join("x") || !left.delete(name)) {
        throw new FormatError(`${file}: expected weights "${name}" of ${wanted.join("x")}, got ${got}`);
      }
      return found.data;
    },
    [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
  );
  const [first] = left;
  if (first !== undefined) throw new FormatError(`${file}: expected a layer for the weights "${first}", got none`);
  const metadata = json.has("userDefinedMetadata")
    ? fieldsOf(json.raw("userDefinedMetadata"), file).raw("voxgrad")
    : null;
  return modelOfSteps(steps, { file, shape, recipe: metadata ?? null }, options);
}

interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The manifest's groups one after the other, in each its files as one run of bytes. */
function weightsOf(
  manifest: unknown,
  files: Readonly<Record<string, string | object>>,
  file: string,
): Map<string, Weight> {
  if (!Array.isArray(manifest)) throw new FormatError(`${file}: expected a weightsManifest, got none`);
  const weights = new Map<string, Weight>();
  for (const group of manifest as unknown[]) {
    const fields = fieldsOf(group, `${file} weightsManifest`);
    const paths = fields.raw("paths");
    const specs = fields.raw("weights");
    if (!Array.isArray(paths) || !Array.isArray(specs) || paths.length > mostWeights || specs.length > mostWeights)
      return fields.fail("lists of paths and weights");
    if (new Set(paths).size !== paths.length) fields.fail("each file once");
    const bytes = joined(paths as unknown[], files, file);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (const spec of specs as unknown[]) {
      const one = fieldsOf(spec, `${file} weightsManifest`);
      const name = one.text("name");
      const shape = one.raw("shape");
      if (one.text("dtype") !== "float32" || one.has("quantization")) one.fail(`float32 for "${name}", not quantised`);
      const isShape = Array.isArray(shape) && shape.length <= 8 && shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0); // prettier-ignore
      if (!isShape) return one.fail(`a shape for "${name}"`);
      const length = (shape as number[]).reduce(
        (product, size) => Math.min(product * size, Number.MAX_SAFE_INTEGER),
        1,
      );
      if (at + 4 * length > bytes.length) one.fail(`${4 * length} bytes for "${name}" at byte ${at}, got a file of ${bytes.length}`); // prettier-ignore
      if (weights.has(name)) one.fail(`each name once, got "${name}" twice`);
      const data = new Float32Array(length);
      for (let i = 0; i < length; i++) data[i] = view.getFloat32(at + 4 * i, true);
      weights.set(name, { shape: shape as number[], data });
      at += 4 * length;
    }
    if (at !== bytes.length) fields.fail(`${at} bytes of weights, got ${bytes.length}`);
  }
  return weights;
}

function joined(paths: readonly unknown[], files: Readonly<Record<string, string | object>>, file: string): Uint8Array {
  const parts = paths.map((path) => {
    const found = typeof path === "string" && Object.hasOwn(files, path) ? ownBytes(files[path]) : null;
    if (found) return found;
    throw new FormatError(`${file}: expected the bytes of "${String(path)}" among the files given`);
  });
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
