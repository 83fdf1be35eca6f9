// The builds of the kernels: those that ship, each loaded only when it is used, and what may stand in their place.
import { bytesOfText } from "./byte-text.ts";
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

/** The release build of a numeric mode, in tiles for wide vectors or not. */
export async function importBuild(mode: NumericMode, wide: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { kernelsText } = await moduleOf(mode, wide);
  return bytesOfText(kernelsText);
}

function moduleOf(mode: NumericMode, wide: boolean): Promise<{ readonly kernelsText: string }> {
  if (mode === "fast") return wide ? import("#kernels-fast-wide") : import("#kernels-fast");
  return wide ? import("#kernels-reproducible-wide") : import("#kernels-reproducible");
}
