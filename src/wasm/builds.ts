// What kernels are made of, and what may stand in the place of those that ship.
import { kindOf } from "../kind.ts";
import { ownBytes } from "../own-bytes.ts";
import type { NumericMode } from "./modes.ts";

/** A build that was compiled as it lies in its file, so for shared memory alone. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module;
}

/** What kernels are made of: a numeric mode, as far as the engine has it; the bytes of a build; or a compiled one. */
export type KernelBuild = NumericMode | Uint8Array<ArrayBuffer> | CompiledKernels;

/** Kernels by numeric mode, as the files of `voxgrad/wasm` have them: their bytes, or compiled from them. */
export type ProvidedKernels = { readonly [Mode in NumericMode]?: Uint8Array<ArrayBuffer> | CompiledKernels };

let provided: ProvidedKernels = {};

/** What was provided in this thread. */
export function providedHere(): ProvidedKernels {
  return provided;
}

/**
 * Everything in this thread that needs kernels takes these from now on, instead of loading the library's own: for a page that
 * has the files of `voxgrad/wasm` cached, streams or compiles them. They must be those of this version of the library. Give
 * them before the first call that computes, once; each call replaces what was provided before, and `{}` ends it.
 *
 * Bytes run everywhere; what is compiled is compiled for shared memory, and wants an engine and a page that have that.
 * Wide vectors have builds of their own, which cannot be provided. A worker (`connectWorker`) is given its own.
 *
 * @throws TypeError for what is neither the bytes of a module nor a compiled one; RangeError for a mode that there is not.
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises"; // in a page: { module: await WebAssembly.compileStreaming(fetch(kernelsUrl())) }
 * import { phantoms, provideKernels, study } from "voxgrad";
 * import { kernelsUrl } from "voxgrad/wasm";
 *
 * provideKernels({ reproducible: new Uint8Array(await readFile(kernelsUrl())) });
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * provideKernels({}); // the library's own again
 * ```
 */
export function provideKernels(kernels: ProvidedKernels): void {
  const own: [string, unknown][] = Object.entries(kernels).map(([mode, build]) => [mode, ownBytes(build) ?? build]);
  for (const [mode, build] of own) {
    if (mode !== "reproducible" && mode !== "fast") {
      throw new RangeError(`kernels: expected the modes "reproducible" and "fast", got "${mode}"`);
    }
    if (build !== undefined && !isModule(build)) {
      const got = build instanceof Uint8Array ? `${build.length} bytes that do not begin with "\\0asm"` : kindOf(build);
      throw new TypeError(`kernels.${mode}: expected the bytes of a WebAssembly file, or { module }, got ${got}`);
    }
  }
  provided = Object.fromEntries(own);
}

function isModule(build: unknown): boolean {
  if (build instanceof Uint8Array) return build[0] === 0 && build[1] === 0x61 && build[2] === 0x73 && build[3] === 0x6d;
  return typeof build === "object" && build !== null && (build as Partial<CompiledKernels>).module instanceof WebAssembly.Module; // prettier-ignore
}
