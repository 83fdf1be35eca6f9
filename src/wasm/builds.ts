// The bytes of the builds that ship, each loaded only when it is used.
import { bytesOfText } from "./byte-text.ts";
import type { NumericMode } from "./modes.ts";

/** The release build of a numeric mode, in tiles for wide vectors or not. */
export async function importBuild(mode: NumericMode, wide: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { kernelsText } = await moduleOf(mode, wide);
  return bytesOfText(kernelsText);
}

function moduleOf(mode: NumericMode, wide: boolean): Promise<{ readonly kernelsText: string }> {
  if (mode === "fast") return wide ? import("#kernels-fast-wide") : import("#kernels-fast");
  return wide ? import("#kernels-reproducible-wide") : import("#kernels-reproducible");
}
