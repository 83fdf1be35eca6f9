// Masks image by image, in words: how the figures spread, and which images came off worst.
import { count, decimal } from "./format.ts";
import { unitOfDistances } from "./further-figures.ts";
import { imageKeys, newerFields } from "./newer-fields.ts";
import type { ImageFigures, ImageKey } from "./newer-fields.ts";
import type { Report } from "./record.ts";

const names: Readonly<Record<ImageKey, string>> = {
  dice: "Dice",
  jaccard: "Jaccard",
  sensitivity: "sensitivity",
  precision: "precision",
  volumeSimilarity: "volume similarity",
  hausdorff: "Hausdorff",
  hausdorff95: "Hausdorff 95 %",
  meanSurfaceDistance: "mean surface distance",
};

/** The images that are named. */
export const worstImages = 10;

export interface ImageWords {
  /** Of each figure the least, the quartiles, the most, and how many images have none. */
  readonly spread: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly worst: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** Null where the record does not go by images. */
export function imageWords(report: Report): ImageWords | null {
  const { perImage } = newerFields(report);
  if (!perImage || perImage.length === 0) return null;
  const unit = unitOfDistances(report);
  const nameIn = (key: ImageKey) => (unit !== null && digitsOf(key) === 2 ? `${names[key]} (${unit})` : names[key]);
  const used = imageKeys.filter((key) => perImage.some((image) => typeof image[key] === "number"));
  const spread = used.map((key) => {
    const values = sortedFigures(perImage, key);
    const at = (part: number) => decimal(values[Math.round(part * (values.length - 1))], digitsOf(key));
    return [nameIn(key), ...[0, 0.25, 0.5, 0.75, 1].map(at), count(perImage.length - values.length)];
  });
  const byDice = perImage.filter(({ dice }) => typeof dice === "number").sort((a, b) => a.dice! - b.dice! || a.index - b.index);
  return {
    spread: { head: ["figure", "least", "25 %", "median", "75 %", "most", "none"], rows: spread },
    worst: {
      head: ["image", ...used.map(nameIn)],
      rows: byDice.slice(0, worstImages).map((image) => [nameOf(image), ...used.map((key) => decimal(image[key] ?? null, digitsOf(key)))]),
    },
  };
} // prettier-ignore

/** Of the images that have it, the least first. */
export function sortedFigures(perImage: readonly ImageFigures[], key: ImageKey): number[] {
  return perImage.flatMap((image) => image[key] ?? []).sort((a, b) => a - b);
}

function nameOf({ index, name }: ImageFigures): string {
  return name === undefined ? `${index}` : `${name} (${index})`;
}

function digitsOf(key: ImageKey): number {
  return key === "hausdorff" || key === "hausdorff95" || key === "meanSurfaceDistance" ? 2 : 3;
}
