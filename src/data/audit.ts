// The audit for leakage: what stands in two sets, or twice in one, exactly, nearly, or flipped and turned.
import { createBreathe } from "../breathe.ts";
import type { Breathe } from "../breathe.ts";
import { copyPairs, findCopies } from "./copies.ts";
import type { Copies } from "./copies.ts";
import { fewestCells, nearFrom } from "./crowd.ts";
import type { Dataset, DatasetSplit } from "./dataset.ts";
import { featuresOf } from "./dataset.ts";
import type { Normalization } from "./normalization.ts";
import { bringToHand } from "./read-ahead.ts";
import { hangGallery } from "./gallery.ts";
import { lineUp } from "./row.ts";
import type { Row } from "./row.ts";
import { createSums } from "./moments.ts";
import type { Moments } from "./moments.ts";
import { findSimilar } from "./similarity.ts";
import { fittedOn, scaledBy } from "./statistics.ts";
import { planThumbnails } from "./thumbnail.ts";

/** Where an image stands; "all" is a dataset that is not divided. */
export interface ImagePlace {
  readonly set: AuditedSet;
  readonly index: number;
}

export type AuditedSet = "train" | "validation" | "test" | "all";

/**
 * `exact`: the same pixels; `label`: the same pixels with another label (or, without labels, another mask); `near`: the
 * same picture, brighter, noisier, shifted a little or resampled; `flipped`: near once it is flipped or turned by
 * quarters; `group`: one group (patient) in two sets, named once by its first image in each; `statistics`: the pixels were
 * scaled by a mean and deviation of other sets than the training set, named by its first image and theirs.
 */
export type LeakKind = "exact" | "near" | "flipped" | "group" | "label" | "statistics";

export interface AuditPair {
  readonly kind: LeakKind;
  /** In the order training, validation, test, all; inside a set the lower index first. */
  readonly a: ImagePlace;
  readonly b: ImagePlace;
  /** Correlation of the two thumbnails, 1 for the same pixels; null for a group and for statistics. */
  readonly similarity: number | null;
}

export interface Audit {
  /** Pairs across sets, by the sets and the indices of b and a. */
  readonly leakage: readonly AuditPair[];
  /** Pairs inside a set. Empty when they were not looked for. */
  readonly duplicates: readonly AuditPair[];
  /** The correlation from which on images count as near copies; null where images are too small to look for them. */
  readonly threshold: number | null;
}

export interface AuditOptions {
  /** Whether to look for duplicates inside a set as well (default true); it takes twice as long. */
  readonly duplicates?: boolean;
}

/**
 * Looks for images and groups that stand in two sets, and for images that stand twice in one. Exact copies by SHA-256 of
 * the pixels, near ones by the correlation of thumbnails of 32x32 (10x10x10 for volumes), over all flips and quarter
 * turns: 0.98 and above, or more where the sets' images are alike to begin with; below 0.985 their details
 * have to correlate as well, at 0.945. No pair is passed over. An image with
 * many copies is named with sixteen of them, and each of these with one at least.
 *
 * @example
 * ```ts
 * import { arrayDataset, audit, phantoms } from "voxgrad";
 *
 * const train = phantoms({ count: 20, seed: 7 });
 * const image = new Float32Array(1000);
 * train.read(4, image, 0);
 * const brighter = arrayDataset({ images: image.map((value) => 1.2 * value + 9), shape: train.shape });
 * const { leakage } = await audit({ train, validation: phantoms({ count: 9, seed: 8 }), test: brighter });
 * console.log(leakage); // [{ kind: "near", a: { set: "train", index: 4 }, b: { set: "test", index: 0 }, similarity: 1 }]
 * ```
 */
export async function audit(data: Dataset | DatasetSplit, { duplicates = true }: AuditOptions = {}): Promise<Audit> {
  const named: (readonly [AuditedSet, Dataset])[] =
    "train" in data
      ? [["train", data.train], ["validation", data.validation], ["test", data.test]] // prettier-ignore
      : [["all", data]];
  const row = lineUp(named.map(([, set]) => set));
  const breathe = createBreathe();
  const sums = createSums(row.sets);
  const copies = await findCopies(row, breathe, sums.add);
  const found: Found[] = [];
  for (const [first, second] of copyPairs(copies, row, duplicates)) {
    const kind = (await truthsDiffer(row, first, second)) ? "label" : "exact";
    found.push({ kind, first, second, similarity: 1 });
  }
  const { threshold, pairs } = await similarPairs(row, copies, duplicates, breathe);
  for (const { isTurned, first, second, similarity } of pairs)
    found.push({ kind: isTurned ? "flipped" : "near", first, second, similarity });
  for (const [first, second] of sharedGroups(row)) found.push({ kind: "group", first, second, similarity: null });
  if ("train" in data && areOfOneShape(row))
    for (const set of scaledBy(sums.moments()).filter((set) => set > 0))
      found.push({ kind: "statistics", first: 0, second: row.starts[set], similarity: null });

  found.sort((p, q) => row.setOf(p.first) - row.setOf(q.first) || p.second - q.second || p.first - q.first);
  const placeOf = (image: number): ImagePlace => {
    const set = row.setOf(image);
    return Object.freeze({ set: named[set][0], index: image - row.starts[set] });
  };
  const pairsWhere = (isAcross: boolean): readonly AuditPair[] =>
    Object.freeze(
      found
        .filter(({ first, second }) => (row.setOf(first) !== row.setOf(second)) === isAcross)
        .map(({ kind, first, second, similarity }) => {
          const rounded = similarity === null ? null : Math.min(1, Math.round(similarity * 1e6) / 1e6);
          return Object.freeze({ kind, a: placeOf(first), b: placeOf(second), similarity: rounded });
        }),
    );
  return Object.freeze({ leakage: pairsWhere(true), duplicates: pairsWhere(false), threshold });
}

/** A pair of the row's images, first < second. */
interface Found {
  readonly kind: LeakKind;
  readonly first: number;
  readonly second: number;
  readonly similarity: number | null;
}

async function similarPairs(row: Row, copies: Copies, insideSets: boolean, breathe: Breathe) {
  if (!areOfOneShape(row) || planThumbnails(row.sets[0].shape).cells < fewestCells)
    return { threshold: null, pairs: [] };
  const gallery = await hangGallery(row, breathe);
  const distinct = copies.images.map(([image]) => image);
  const threshold = await nearFrom(gallery, distinct);
  const isKnown = (first: number, second: number) => copies.numberOf[first] === copies.numberOf[second];
  return { threshold, pairs: await findSimilar(gallery, { threshold, insideSets, isKnown }, breathe) };
}

function areOfOneShape({ sets }: Row): boolean {
  return new Set(sets.map(({ shape }) => shape.join("x"))).size === 1;
}

/**
 * The pairs of a `statistics` leak, where a normalisation that was fitted beforehand is not the training set's but that
 * of several sets together, or of another. A border of a scale, such as 0 and 255, is nobody's.
 */
export async function auditNormalization(
  normalization: Normalization,
  { train, validation, test }: DatasetSplit,
): Promise<readonly AuditPair[]> {
  const moments = await momentsOf([train, validation, test]);
  return statisticsPairs(fittedOn(normalization, moments));
}

/** The pairs of a `statistics` leak, where pixels come scaled by figures of other sets than the training set. */
export async function auditPixels({ train, validation, test }: DatasetSplit): Promise<readonly AuditPair[]> {
  const sets = [train, validation, test];
  return areOfOneShape(lineUp(sets)) ? statisticsPairs(scaledBy(await momentsOf(sets))) : [];
}

async function momentsOf(sets: readonly Dataset[]): Promise<readonly Moments[]> {
  const sums = createSums(sets);
  const breathe = createBreathe();
  for (const [place, set] of sets.entries()) {
    const pixels = new Float32Array(featuresOf(set));
    for (let index = 0; index < set.length; index++) {
      if (set.prepare) await bringToHand(set, index);
      set.read(index, pixels, 0);
      sums.add(place, pixels);
      await breathe();
    }
  }
  return sums.moments();
}

/** @param sets that figures are of: validation is 1, test 2. */
function statisticsPairs(sets: readonly number[]): readonly AuditPair[] {
  const a = Object.freeze({ set: "train", index: 0 } as const);
  return sets
    .filter((set) => set > 0)
    .map((set) => {
      const b = Object.freeze({ set: set === 1 ? "validation" : "test", index: 0 } as const);
      return Object.freeze({ kind: "statistics", a, b, similarity: null });
    });
}

/** Whether the labels of two images differ; without labels, whether their masks do. */
async function truthsDiffer(row: Row, first: number, second: number): Promise<boolean> {
  const [a, b] = [first, second].map((image) => {
    const set = row.setOf(image);
    return { set: row.sets[set], index: image - row.starts[set] };
  });
  if (a.set.labels && b.set.labels)
    return a.set.classes[a.set.labels[a.index]] !== b.set.classes[b.set.labels[b.index]];
  if (a.set.maskLength === 0 || a.set.maskLength !== b.set.maskLength) return false;
  const masks: Uint8Array[] = [];
  for (const { set, index } of [a, b]) {
    const mask = new Uint8Array(set.maskLength);
    await bringToHand(set, index);
    set.readMask(index, mask, 0);
    masks.push(mask);
  }
  return masks[0].some((value, voxel) => value !== masks[1][voxel]);
}

/** Of each group that stands in two sets, its first image in each. */
function sharedGroups({ sets, starts }: Row): (readonly [number, number])[] {
  const firstOf = sets.map(({ groups }, set) => {
    const first = new Map<string, number>();
    groups?.forEach((group, index) => {
      if (!first.has(group)) first.set(group, starts[set] + index);
    });
    return first;
  });
  return firstOf.flatMap((earlier, set) =>
    firstOf.slice(set + 1).flatMap((later) =>
      [...earlier].flatMap(([group, first]) => {
        const second = later.get(group);
        return second === undefined ? [] : [[first, second] as const];
      }),
    ),
  );
}
