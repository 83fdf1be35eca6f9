// Groups of images that are copies of one another, so that a division keeps them together.
import { audit } from "./audit.ts";
import type { Dataset } from "./dataset.ts";

/**
 * The group of each image: images that the audit finds to be copies, exact, near, flipped or turned, are of one group, and
 * so are the images of a group that the dataset names. What is alike by way of a third is of one group too.
 *
 * @example
 * ```ts
 * import { arrayDataset, similarityGroups } from "voxgrad";
 *
 * const images = Uint8Array.from({ length: 3 * 64 }, (_, i) => (i < 128 ? ((i % 64) * 37) % 100 : (i * i) % 100));
 * const set = arrayDataset({ images, shape: [8, 8], groups: ["anna", "bert", "carl"] });
 * console.log(await similarityGroups(set)); // the first two are the same image: [ 'alike 0', 'alike 0', 'alike 2' ]
 * ```
 */
export async function similarityGroups(dataset: Dataset): Promise<readonly string[]> {
  const { duplicates } = await audit(dataset);
  // Each image points to an earlier one of its group, the first to itself.   (Galler & Fischer 1964)
  const earlier = Int32Array.from({ length: dataset.length }, (_, image) => image);
  const firstOf = (image: number): number => {
    while (earlier[image] !== image) image = earlier[image] = earlier[earlier[image]];
    return image;
  };
  const join = (one: number, other: number) => {
    const [a, b] = [firstOf(one), firstOf(other)];
    earlier[Math.max(a, b)] = Math.min(a, b);
  };
  for (const { a, b } of duplicates) join(a.index, b.index);
  const named = new Map<string, number>();
  dataset.groups?.forEach((group, image) => {
    const first = named.get(group);
    if (first === undefined) named.set(group, image);
    else join(first, image);
  });
  return Object.freeze(Array.from(earlier, (_, image) => `alike ${firstOf(image)}`));
}
