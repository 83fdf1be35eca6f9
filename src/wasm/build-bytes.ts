// The builds of the kernels that ship, each loaded only when it is used, or what stands in their place in this thread.
import { providedHere } from "./builds.ts";
import type { CompiledKernels, KernelBuild } from "./builds.ts";
import { bytesOfText } from "./byte-text.ts";
import { availableMode } from "./modes.ts";
import type { NumericMode } from "./modes.ts";

/** Whether a build runs on shared memory alone. */
export function isCompiled(build: KernelBuild): build is CompiledKernels {
  return typeof build === "object" && "module" in build;
}

/**
 * What a build is made of in this thread: of a mode that kernels were provided for, those.
 * @throws TypeError where they are compiled, and memory cannot be shared.
 */
export function buildHere(build: KernelBuild, wide: boolean): KernelBuild {
  const here = typeof build === "string" && !wide ? (providedHere()[availableMode(build)] ?? build) : build;
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
