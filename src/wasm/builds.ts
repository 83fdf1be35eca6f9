// The builds of the kernels: those that ship, each loaded only when it is used, and what may stand in their place.
import { kindOf } from "../kind.ts";
import { ownBytes } from "../own-bytes.ts";
import { bytesOfText } from "./byte-text.ts";
import { availableMode } from "./modes.ts";
import type { NumericMode } from "./modes.ts";

/** A build that was compiled as it lies in its file, so for shared memory alone. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module;
}

/** What kernels are made of: a numeric mode, as far as the engine has it; the bytes of a build; or a compiled one. */
export type KernelBuild = NumericMode | Uint8Array<ArrayBuffer> | CompiledKernels;

/** Whether a build runs on shared memory alone. */
export function isCompiled(build: KernelBuild): build is CompiledKernels {
  return typeof build === "object" && "module" in build;
}

/** Kernels by numeric mode, as the files of `voxgrad/wasm` have them: their bytes, or compiled from them. */
export type ProvidedKernels = { readonly [Mode in NumericMode]?: Uint8Array<ArrayBuffer> | CompiledKernels };

/** What was provided in this thread. */
let provided: ProvidedKernels = {};

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

/**
 * What a build is made of in this thread: of a mode that kernels were provided for, those.
 * @throws TypeError where they are compiled, and memory cannot be shared.
 */
export function buildHere(build: KernelBuild, wide: boolean): KernelBuild {
  const here = typeof build === "string" && !wide ? (provided[availableMode(build)] ?? build) : build;
  if (isCompiled(here) && typeof SharedArrayBuffer === "undefined") {
    throw new TypeError(
      "kernels: expected their bytes, since memory cannot be shared here, got a compiled module. Give the bytes, or let the " +
        "page be cross-origin isolated (headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: " +
        "require-corp).",
    );
  }
  return here;
}

/** The release build of a numeric mode, in tiles for wide vectors or not. */
export async function importBuild(mode: NumericMode, wide: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { kernelsText } = await moduleOf(mode, wide);
  return bytesOfText(kernelsText);
}

function moduleOf(mode: NumericMode, wide: boolean): Promise<{ readonly kernelsText: string }> {
  if (mode === "fast") return wide ? import("#kernels-fast-wide") : import("#kernels-fast");
  return wide ? import("#kernels-reproducible-wide") : import("#kernels-reproducible");
}
