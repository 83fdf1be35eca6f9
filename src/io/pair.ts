// The two files of a NIfTI pair: from the name of the one to the other.
import { FormatError } from "../errors.ts";
import { addressOf } from "./whole.ts";
import { isPath } from "./source.ts";
import type { Source } from "./source.ts";

/** Names that may hold the other half of a pair, likeliest first; null where a source has no name to go by. */
function siblings(source: Source, from: "hdr" | "img", to: "hdr" | "img"): readonly (string | URL)[] | null {
  if (!isPath(source)) return null;
  const text = String(source);
  const [, stem, extension, gzip = ""] = /^(.*\.)(hdr|img)(\.gz)?$/i.exec(text) ?? [];
  if (stem === undefined || extension.toLowerCase() !== from) return null;
  const other = extension === extension.toUpperCase() ? to.toUpperCase() : to;
  const names = [stem + other + gzip, stem + other + (gzip ? "" : ".gz")];
  return typeof source !== "string" ? names.map((name) => new URL(name)) : names;
}

/**
 * The other half of a pair beside a file with a name.
 * @throws FormatError when there is none to be found.
 */
export async function siblingOf(source: Source, name: string, from: "hdr" | "img"): Promise<Source> {
  const to = from === "hdr" ? "img" : "hdr";
  const names = siblings(source, from, to);
  if (!names)
    throw new FormatError(
      `${name}: expected voxels in a file of their own beside this header ("ni1" or "ni2"), got none. ` +
        "Give the .img file as the option pixels.",
    );
  if (names.some((one) => addressOf(one) !== null)) return names[0];
  const { access } = await import("node:fs/promises");
  for (const one of names) {
    const isThere = await access(one).then(() => true, () => false); // prettier-ignore
    if (isThere) return one;
  }
  throw new FormatError(`${name}: expected ${names.map(String).join(" or ")} beside it, got neither`);
}
