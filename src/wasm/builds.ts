// The bytes of the builds that ship, each loaded only when it is used.
import type { NumericMode } from "./modes.ts";

/** The release build of a numeric mode, in tiles for wide vectors or not. */
export async function importBuild(mode: NumericMode, wide: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { kernelsBase64 } = await moduleOf(mode, wide);
  return Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
}

function moduleOf(mode: NumericMode, wide: boolean): Promise<{ readonly kernelsBase64: string }> {
  if (mode === "fast") return wide ? import("#kernels-fast-wide") : import("#kernels-fast");
  return wide ? import("#kernels-reproducible-wide") : import("#kernels-reproducible");
}
