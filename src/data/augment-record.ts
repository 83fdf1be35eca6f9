// What was drawn for an image, as plain JSON, and back.
import { drawnLength } from "./augment-drawn.ts";
import type { ImageAugmentation } from "./augment.ts";

/** One augmentation of an image: which of the list, and the numbers drawn for it by name. */
export interface RecordedAugmentation {
  /** Its place in the list. */
  readonly place: number;
  readonly kind: ImageAugmentation["kind"];
  readonly drawn: Readonly<Record<string, number>>;
}

/** All that was done to an image; JSON keeps it, and `replay` does it again. */
export interface AugmentationRecord {
  readonly seed: number;
  readonly epoch: number;
  readonly index: number;
  readonly applied: readonly RecordedAugmentation[];
}

/** Names of the numbers of an augmentation, in their order. */
function namesOf({ kind }: ImageAugmentation): readonly string[] {
  switch (kind) {
    case "crop":
      return ["size", "x", "y", "z"];
    case "translate":
    case "rotate":
    case "stretch":
    case "flip":
      return ["x", "y", "z"];
    case "scale":
    case "contrast":
      return ["factor"];
    case "gamma":
      return ["exponent"];
    case "shear":
      return ["degrees", "along", "by"];
    case "brightness":
      return ["shift"];
    case "gaussianNoise":
      return ["deviation"];
    case "blur":
      return ["sigma"];
    case "biasField":
      return Array.from({ length: 20 }, (_, k) => `c${k}`);
    case "cutout":
      return ["x0", "y0", "z0", "x1", "y1", "z1"];
    case "deform":
    case "resampling":
      return [];
  }
}

/** What of a list is applied, by the numbers of drawAugmentations. */
export function recorded(list: readonly ImageAugmentation[], drawn: Float64Array): readonly RecordedAugmentation[] {
  return list.flatMap((augmentation, place) => {
    const at = place * drawnLength;
    if (drawn[at] === 0) return [];
    const entries = namesOf(augmentation).map((name, k) => [name, drawn[at + 1 + k]]);
    return [{ place, kind: augmentation.kind, drawn: Object.fromEntries(entries) as Record<string, number> }];
  });
}

/** Fills `drawn` as it was. @throws RangeError when the record is of another list. */
export function restoreDrawn(
  list: readonly ImageAugmentation[],
  { applied }: AugmentationRecord,
  drawn: Float64Array,
): void {
  drawn.fill(0);
  for (const { place, kind, drawn: numbers } of applied) {
    const augmentation = list.at(place);
    if (augmentation?.kind !== kind)
      throw new RangeError(`augmentation record: expected "${augmentation?.kind ?? "nothing"}" at place ${place}, got "${kind}". Replay it with the list it was drawn from.`); // prettier-ignore
    const at = place * drawnLength;
    drawn[at] = 1;
    namesOf(augmentation).forEach((name, k) => (drawn[at + 1 + k] = numbers[name]));
  }
}
