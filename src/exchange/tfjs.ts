// Layers models of TensorFlow.js: a trained model for `tf.loadLayersModel`, and dense ones from there.
import type { Model } from "../train/model.ts";
import { asFormatError } from "./refusal.ts";
import type { ImportOptions } from "./steps.ts";

export interface TfjsFiles {
  /** The topology as a text. */
  readonly "model.json": string;
  readonly "weights.bin": Uint8Array<ArrayBuffer>;
}

/**
 * A model as the two files that `tf.loadLayersModel` takes: from the pixels as they are stored to probabilities, the scaling
 * of pixels, softmax or sigmoid and the temperature as layers of their own. A network with a single output gives the
 * probability of the second class. The recipe stands in `userDefinedMetadata`.
 *
 * @throws RangeError for what TensorFlow.js 4.22 cannot load: geluTanh, and elu with another alpha than 1; and for a
 * temperature of a network that ends in neither softmax nor sigmoid.
 * @example
 * ```ts
 * import { phantoms, study } from "voxgrad";
 * import { loadTfjs, saveTfjs } from "voxgrad/io";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const files = await saveTfjs(await run.model());
 * console.log(files["weights.bin"].length, (await loadTfjs(files)).network.summary());
 * ```
 */
export async function saveTfjs(model: Model): Promise<TfjsFiles> {
  const { tfjsFiles } = await import("./tfjs-write.ts");
  return tfjsFiles(model);
}

/**
 * Reads a layers model of dense layers, the same as `loadKeras` does.
 *
 * @param files "model.json", as a text, its bytes or what it parses to, and the bytes of every file that its manifest names.
 * @throws FormatError for every other layer and activation, by its name, quantised weights, and whatever does not fit.
 */
export async function loadTfjs(
  files: Readonly<Record<string, string | object>> | TfjsFiles,
  options: ImportOptions = {},
): Promise<Model> {
  const { modelOfTfjs } = await import("./tfjs-read.ts");
  return asFormatError(options.name ?? "model.json", () => modelOfTfjs({ ...files }, options));
}
