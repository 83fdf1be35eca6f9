// A Keras Sequential model from its JSON and its weights: in the order of get_weights(), or the .npz that np.savez makes of them.
import { FormatError } from "../errors.ts";
import { fileBytes } from "../own-bytes.ts";
import { parseStrictly } from "../io/json-keys.ts";
import { readNpy } from "../io/npy.ts";
import { readZip } from "../io/zip.ts";
import type { Model } from "../train/model.ts";
import { readSequential } from "./keras-layers.ts";
import type { KerasArray } from "./keras.ts";
import { modelOfSteps } from "./steps.ts";
import type { ImportOptions } from "./steps.ts";

const mostArrays = 65536;

export async function modelOfKeras(json: string | object, weights: readonly KerasArray[] | Uint8Array | ArrayBuffer, options: ImportOptions): Promise<Model> {
  const file = options.name ?? "keras";
  const topology = typeof json === "string" ? parseStrictly(json, file) : json;
  const arrays = Array.isArray(weights) ? (weights as readonly KerasArray[]) : await arraysOf(fileBytes(`${file} weights`, weights), file);
  let next = 0;
  const { steps, shape } = readSequential(topology, file, options, (layer, weight, wanted) => {
    const array = arrays[next++] as KerasArray | undefined;
    const got = array?.shape.join("x") ?? "none";
    const length = wanted.reduce((product, size) => product * size, 1);
    if (!array || got !== wanted.join("x") || array.data.length !== length) {
      throw new FormatError(`${file}: expected array ${next - 1} to be ${layer}'s ${weight} of ${wanted.join("x")}, got ${got}`);
    }
    return Float32Array.from(array.data);
  }, arrays.reduce((sum, { data }) => sum + data.length, 0));
  if (next !== arrays.length) throw new FormatError(`${file}: expected ${next} arrays of weights, got ${arrays.length}`);
  return modelOfSteps(steps, { file, shape, recipe: null }, options);
} // prettier-ignore

/** arr_0, arr_1, ...: what np.savez(file, *model.get_weights()) writes. */
async function arraysOf(bytes: Uint8Array, file: string): Promise<KerasArray[]> {
  const arrays = new Map<number, KerasArray>();
  const indexOf = (entry: string) => Number(/^arr_(\d{1,6})\.npy$/.exec(entry)?.[1] ?? NaN);
  await readZip(bytes, (entry) => indexOf(entry) < mostArrays, (entry, own) => {
      const { shape, data } = readNpy(own, `${file} entry "${entry}"`);
      if (!(data instanceof Float32Array || data instanceof Float64Array)) {
        throw new FormatError(`${file} entry "${entry}": expected floats as weights, got others`);
      }
      arrays.set(indexOf(entry), { shape, data });
    }); // prettier-ignore
  const ordered = Array.from({ length: arrays.size }, (_, i) => arrays.get(i));
  if (arrays.size > 0 && ordered.every((array) => array !== undefined)) return ordered;
  throw new FormatError(`${file}: expected arrays arr_0, arr_1, ... of np.savez, got ${arrays.size} of them`);
}
