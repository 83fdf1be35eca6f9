// Several datasets as one: their images in order, one set behind the other.
import { sha256 } from "../storage/sha256.ts";
import { checkIndex } from "./bounds.ts";
import type { ByteRegion, Dataset } from "./dataset.ts";
import type { ImageGeometry } from "./image-geometry.ts";
import { lineUp } from "./row.ts";

/**
 * The images of several sets as one set; nothing is copied but labels and weights. Classes and mask values are the first
 * set's: another set may have a part of them, by name, such as more images of a rare class alone. Groups keep their names:
 * a patient of two sets is one group.
 *
 * @param name stands in error messages.
 * @throws RangeError when shapes differ, images were preprocessed otherwise, or a set has a class or mask value that the
 * first has not; TypeError when only some have labels or masks
 * @example
 * ```ts
 * import { joinDatasets, phantoms } from "voxgrad";
 *
 * const both = joinDatasets([phantoms({ count: 20, seed: 7 }), phantoms({ count: 10, seed: 8 })]);
 * console.log(both.length); // 30
 * ```
 */
export function joinDatasets(sets: readonly Dataset[], name = "joinDatasets"): Dataset {
  if (sets.length === 0) throw new RangeError(`${name}: expected at least one set, got none`);
  const [first] = sets;
  for (const set of sets) checkAlike(name, first, set);
  if (sets.length === 1) return first;
  const row = lineUp(sets);
  const parts = sets.map((set) => alignTruth(set, first));
  const place = (index: number) => {
    checkIndex("joined set", index, row.length);
    return row.setOf(index);
  };
  const { shape, classes, maskClasses, maskLength, preprocessing } = first;
  const prepare = (indices: ArrayLike<number>) => {
    const waiting = sets.map((set, which) => {
      const own = Int32Array.from(indices).filter((index) => place(index) === which);
      return set.prepare?.(own.map((index) => index - row.starts[which]));
    });
    const pending = waiting.filter((promise) => promise !== undefined);
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  };
  return Object.freeze({
    length: row.length,
    shape,
    classes,
    labels: first.labels ? Int32Array.from(parts.flatMap(({ labels }) => Array.from(labels ?? []))) : null,
    maskClasses,
    maskLength,
    groups: groupsOf(sets),
    read(index: number, into: Float32Array, offset: number) {
      const which = place(index);
      sets[which].read(index - row.starts[which], into, offset);
    },
    ...(sets.every((set) => set.readBytes)
      ? {
          readBytes(index: number, into: ByteRegion, offset: number) {
            const which = place(index);
            sets[which].readBytes?.(index - row.starts[which], into, offset);
          },
        }
      : {}),
    readMask(index: number, into: Uint8Array, offset: number) {
      const which = place(index);
      parts[which].readMask(index - row.starts[which], into, offset);
    },
    ...(sets.every((set) => set.readRun)
      ? {
          readRun(index: number, from: number, count: number, into: Float32Array, offset: number) {
            const which = place(index);
            sets[which].readRun?.(index - row.starts[which], from, count, into, offset);
          },
        }
      : {}),
    ...(sets.every((set) => set.readMaskRun)
      ? {
          readMaskRun(index: number, from: number, count: number, into: Uint8Array, offset: number) {
            const which = place(index);
            parts[which].readMaskRun?.(index - row.starts[which], from, count, into, offset);
          },
        }
      : {}),
    digest(index: number) {
      const which = place(index);
      return parts[which].digest(index - row.starts[which]);
    },
    ...(sets.some((set) => set.prepare) ? { prepare } : {}),
    ...(preprocessing ? { preprocessing } : {}),
    ...factsOf(sets),
  });
}

/** What sets may have, and may not. */
function factsOf(sets: readonly Dataset[]): Pick<Dataset, "names" | "weights" | "geometry" | "notes" | "unreadable"> {
  const weightsOf = ({ weights, length }: Dataset) => weights ?? new Float32Array(length).fill(1);
  const geometryOf = ({ geometry, length }: Dataset) => geometry ?? new Array<ImageGeometry>(length).fill(nowhere);
  const has = (key: "weights" | "geometry" | "notes" | "unreadable") => sets.some((set) => set[key]);
  return {
    ...(sets.every((set) => set.names) ? { names: Object.freeze(sets.flatMap(({ names = [] }) => names)) } : {}),
    // Images without weights count 1.
    ...(has("weights") ? { weights: Float32Array.from(sets.flatMap((set) => Array.from(weightsOf(set)))) } : {}),
    ...(has("geometry") ? { geometry: Object.freeze(sets.flatMap(geometryOf)) } : {}),
    ...(has("notes") ? { notes: Object.freeze([...new Set(sets.flatMap(({ notes = [] }) => notes))]) } : {}),
    ...(has("unreadable") ? { unreadable: Object.freeze(sets.flatMap(({ unreadable = [] }) => unreadable)) } : {}),
  };
}

const nowhere: ImageGeometry = Object.freeze({ spacing: null, unit: "unknown", affine: null });

/** Images that belong to nobody in a set with groups beside it are each a group of their own. */
function groupsOf(sets: readonly Dataset[]): readonly string[] | null {
  if (sets.every(({ groups }) => groups === null)) return null;
  const taken = new Set(sets.flatMap(({ groups }) => groups ?? []));
  const alone = (set: number, image: number) => {
    let name = `set ${set}, image ${image}`;
    while (taken.has(name)) name += "'";
    return name;
  };
  return Object.freeze(
    sets.flatMap(({ groups, length }, set) => groups ?? Array.from({ length }, (_, image) => alone(set, image))),
  );
}

/** A set's labels and masks as indexes into the first's classes and mask values. */
function alignTruth(set: Dataset, first: Dataset): Pick<Dataset, "labels" | "readMask" | "readMaskRun" | "digest"> {
  const classAt = set.classes.map((name) => first.classes.indexOf(name));
  const maskAt = Uint8Array.from([0, ...set.maskClasses.map((value) => first.maskClasses.indexOf(value) + 1)]);
  const isSame = areSame(set.classes, first.classes) && areSame(set.maskClasses, first.maskClasses);
  if (isSame) return set;
  const { labels, readMaskRun } = set;
  const map = (masks: Uint8Array, from: number, count: number) => {
    for (let i = from; i < from + count; i++) masks[i] = maskAt[masks[i]];
  };
  return {
    labels: labels && labels.map((label) => classAt[label]),
    readMask(index, into, offset) {
      set.readMask(index, into, offset);
      map(into, offset, set.maskLength);
    },
    ...(readMaskRun
      ? {
          readMaskRun(index, from, count, into, offset) {
            readMaskRun(index, from, count, into, offset);
            map(into, offset, count);
          },
        }
      : {}),
    async digest(index) {
      // The set's own digest is over its own indexes: what they stand for goes beside it.
      const label = labels ? classAt[labels[index]] : "none";
      return sha256(new TextEncoder().encode(`${await set.digest(index)} ${label} ${maskAt.join()}\n`));
    },
  };
}

function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function checkAlike(name: string, first: Dataset, set: Dataset): void {
  if (!areSame(first.shape, set.shape)) {
    const got = set.shape.join(", ");
    throw new RangeError(
      `${name}: expected the shape ${first.shape.join(", ")} in every set, got ${got}. Resample the images.`,
    );
  }
  const compare = (what: string, wanted: readonly unknown[], got: readonly unknown[], advice: string) => {
    if ((wanted.length === 0) !== (got.length === 0)) {
      const [some, none] = wanted.length > 0 ? ["the first set", "another"] : ["another set", "the first"];
      throw new TypeError(
        `${name}: expected ${what} in every set or in none, got them in ${some} and not in ${none}. ` +
          "Add them where they are missing, or leave them out.",
      );
    }
    if (got.every((value) => wanted.includes(value))) return;
    throw new RangeError(
      `${name}: expected the ${what} ${wanted.join(", ")} in every set, got ${got.join(", ")}. ${advice}`,
    );
  };
  const fewer = "A set may have fewer of them, and no others";
  compare("classes", first.classes, set.classes, `${fewer}: give all sets the same labelValues and classes.`);
  compare("mask values", first.maskClasses, set.maskClasses, `${fewer}: give all sets the same maskValues.`);
  const [wanted, got] = [first, set].map(({ preprocessing }) => JSON.stringify(preprocessing ?? []));
  if (wanted !== got) {
    throw new RangeError(
      `${name}: expected images preprocessed alike, by ${wanted}, got ${got}. Read all sets with the same preprocessing.`,
    );
  }
}
