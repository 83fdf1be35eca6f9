// From stored values to the modality's, and which of them to show (PS3.3 C.11.1, C.11.2).
import type { Rescale, Window } from "../../data/image.ts";
import { FormatError } from "../../errors.ts";
import type { Attributes } from "./attributes.ts";

const same: Rescale = { slope: 1, intercept: 0 };

/** A frame's own groups, then the shared ones, then the image itself. */
function* sources(attributes: Attributes, group: string, frame: number): Generator<Attributes> {
  for (const set of [attributes.items("x52009230")[frame], attributes.items("x52009229")[0]]) {
    const [item] = (set as Attributes | undefined)?.items(group) ?? [];
    if (item as Attributes | undefined) yield item;
  }
  yield attributes;
}

/** @throws FormatError for a slope of 0, which leaves nothing of the image. */
export function rescaleOf(attributes: Attributes, frame: number): Rescale {
  for (const source of sources(attributes, "x00289145", frame)) {
    const [slope, intercept] = [source.decimal("x00281053"), source.decimal("x00281052")];
    if (slope === 0) throw new FormatError(`${attributes.name}: expected a slope other than 0 in (0028,1053), got 0`);
    if (slope !== null || intercept !== null) return { slope: slope ?? 1, intercept: intercept ?? 0 };
  }
  return same;
}

/** Those of the first frame that has some. */
export function windowsOf(attributes: Attributes): readonly Window[] {
  for (const source of sources(attributes, "x00289132", 0)) {
    const [centers, widths] = [source.decimals("x00281050"), source.decimals("x00281051")];
    const names = (source.text("x00281055") ?? "").split("\\");
    const given = source.text("x00281056") ?? "LINEAR";
    const shape = given === "SIGMOID" || given === "LINEAR_EXACT" ? given : "LINEAR";
    const windows = centers.slice(0, widths.length).map((center, i) => ({ center, width: widths[i], shape, explanation: names[i]?.trim() ?? "" })); // prettier-ignore
    if (windows.length > 0) return windows as readonly Window[];
  }
  return [];
}
