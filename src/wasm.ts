// voxgrad/wasm: where the kernels lie as WebAssembly files, for those who fetch, stream or compile them themselves.
import type { NumericMode } from "./wasm/modes.ts";

export type { CompiledKernels, KernelBuild } from "./wasm/builds.ts";
export type { NumericMode } from "./wasm/modes.ts";

/**
 * The file of a numeric mode's kernels, the same bytes that `voxgrad` has in itself: nobody needs it, but a page that has it
 * cached, streamed or compiled can give it to all that computes (`provideKernels`), to a worker (`connectWorker`) or to one
 * `startFit`: as bytes, which run everywhere, or as `{ module }`, which is compiled for shared memory and wants an engine and a
 * page that have that.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises"; // in a page: { module: await WebAssembly.compileStreaming(fetch(kernelsUrl())) }
 * import { dense, network, phantoms, resolveTraining, startFit, subset } from "voxgrad";
 * import { kernelsUrl } from "voxgrad/wasm";
 *
 * const kernels = new Uint8Array(await readFile(kernelsUrl()));
 * const data = phantoms({ count: 20, seed: 7 });
 * const sets = { train: subset(data, [0, 1, 2, 3]), validation: subset(data, [4, 5, 6, 7]) };
 * const settings = resolveTraining({ network: network([dense(2)]), epochs: 1 }, sets.train, "classification", 7);
 * using fit = await startFit(sets, settings, { kind: "drawn" }, kernels);
 * console.log((await fit.epoch()).loss);
 * ```
 */
export function kernelsUrl(mode: NumericMode = "reproducible"): URL {
  // Each written out, so that bundlers find the files.
  return mode === "fast"
    ? new URL("./kernels.fast.release.wasm", import.meta.url)
    : new URL("./kernels.reproducible.release.wasm", import.meta.url);
}
