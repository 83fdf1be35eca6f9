// What a division counts by: the groups of images, how many images of each class each has, and how even the parts are.
import type { Tallies } from "./assignment.ts";
import type { SplitSource } from "./split.ts";

export interface Grouping {
  /** The number of each image's group, or of the image itself. */
  readonly groupOf: Int32Array;
  readonly tallies: Tallies;
}

/** @param call stands in error messages. @throws TypeError for byGroup without groups. */
export function tally(call: string, dataset: SplitSource, byGroup: boolean, stratify: boolean): Grouping {
  const groupOf = byGroup ? groupNumbers(call, dataset) : Int32Array.from({ length: dataset.length }, (_, i) => i);
  const groupCount = groupOf.reduce((most, group) => Math.max(most, group + 1), 0);
  const labels = stratify ? dataset.labels : null;
  const columns = labels === null ? 1 : 1 + dataset.classes.length;
  const counts = new Float64Array(groupCount * columns);
  for (let image = 0; image < groupOf.length; image++) {
    counts[groupOf[image] * columns] += 1;
    if (labels !== null) counts[groupOf[image] * columns + 1 + labels[image]] += 1;
  }
  return { groupOf, tallies: { groupCount, columns, counts } };
}

/** The images of each part, in ascending order. */
export function membersOf(setOf: Int8Array, groupOf: Int32Array, parts: number): Int32Array[] {
  const members: number[][] = Array.from({ length: parts }, () => []);
  for (let image = 0; image < groupOf.length; image++) members[setOf[groupOf[image]]].push(image);
  return members.map((images) => Int32Array.from(images));
}

/** The number of each image's group; groups are numbered as they first appear. */
function groupNumbers(call: string, { groups }: SplitSource): Int32Array {
  if (groups === null)
    throw new TypeError(`${call} byGroup: expected a dataset with groups, got one without. Leave byGroup out.`);
  const numbers = new Map<string, number>();
  return Int32Array.from(groups, (group) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

/** The largest difference between a class's share of a part and its share of the whole; 0 without labels. */
export function imbalanceOf({ labels, classes }: SplitSource, sets: readonly Int32Array[]): number {
  if (labels === null) return 0;
  const whole = new Float64Array(classes.length);
  for (const label of labels) whole[label] += 1;
  let largest = 0;
  for (const images of sets) {
    const own = new Float64Array(classes.length);
    for (const image of images) own[labels[image]] += 1;
    for (let label = 0; label < own.length; label++)
      largest = Math.max(largest, Math.abs(own[label] / images.length - whole[label] / labels.length));
  }
  return largest;
}

/** The same of sets that were apart from the start. */
export function imbalanceOfSets(
  sets: readonly { readonly labels: Int32Array | null; readonly classes: readonly string[] }[],
): number {
  const labels = sets.flatMap((set) => Array.from(set.labels ?? []));
  let start = 0;
  const parts = sets.map((set) => Int32Array.from(set.labels ?? [], () => start++));
  const [{ classes }] = sets;
  const source = { length: labels.length, labels: Int32Array.from(labels), groups: null, classes };
  return labels.length === 0 ? 0 : imbalanceOf(source, parts);
}
