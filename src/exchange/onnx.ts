// ONNX: a trained model for other programs, and plain dense networks of theirs.
import { fileBytes } from "../own-bytes.ts";
import type { Model } from "../train/model.ts";
import { asFormatError } from "./refusal.ts";
import type { ImportOptions } from "./steps.ts";

/**
 * A model as an ONNX file (opset 17, IR version 8) that goes from the pixels as they are stored (float32, preprocessed as
 * those of training) to probabilities: the scaling of pixels, softmax or sigmoid and the temperature are inside. The input is
 * "images", (batch, ...the image's shape), the output "probabilities", (batch, classes), or (batch, foreground classes,
 * ...the image's shape) for masks; the batch may be of any size. The metadata names the classes, the threshold and the rest
 * of the recipe. A model of patches sees one patch: laying the grid is up to the caller.
 *
 * @throws RangeError for more than 2 GB of weights.
 * @example
 * ```ts
 * import { phantoms, study } from "voxgrad";
 * import { loadOnnx, saveOnnx } from "voxgrad/io";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const bytes = await saveOnnx(await run.model()); // for onnxruntime, and whatever else reads ONNX
 * console.log((await loadOnnx(bytes)).network.summary());
 * ```
 */
export async function saveOnnx(model: Model): Promise<Uint8Array<ArrayBuffer>> {
  const { onnxBytes } = await import("./onnx-write.ts");
  return onnxBytes(model);
}

/**
 * Reads a plain dense network, as the exporters of PyTorch and TensorFlow and `saveOnnx` write it: Gemm, or MatMul and Add,
 * the activations that voxgrad has (also spelled out, as gelu is), Flatten, Reshape, Dropout, BatchNormalization,
 * LayerNormalization, a scaling of the pixels in front, softmax, sigmoid or a clip to [0, 1] at the end. Without one of
 * these the outputs are taken for logits.
 *
 * @throws FormatError for every other operation, by its name, and for whatever does not fit; TypeError for what is no bytes.
 */
export async function loadOnnx(bytes: Uint8Array | ArrayBuffer, options: ImportOptions = {}): Promise<Model> {
  const name = options.name ?? "onnx";
  const own = fileBytes(name, bytes);
  const { modelOfOnnx } = await import("./onnx-read.ts");
  return asFormatError(name, () => modelOfOnnx(own, options));
}
