// Several datasets as one: their images in order, one set behind the other.
import { checkIndex } from "./bounds.ts";
import type { ByteRegion, Dataset } from "./dataset.ts";
import { lineUp } from "./row.ts";

/**
 * The images of several sets as one set; nothing is copied but the labels. Groups keep their names: a patient of two sets
 * is one group.
 *
 * @throws RangeError when shapes, classes or mask values differ; TypeError when only some have labels or masks
 * @example
 * ```ts
 * import { joinDatasets, phantoms } from "voxgrad";
 *
 * const both = joinDatasets([phantoms({ count: 20, seed: 7 }), phantoms({ count: 10, seed: 8 })]);
 * console.log(both.length); // 30
 * ```
 */
export function joinDatasets(sets: readonly Dataset[]): Dataset {
  if (sets.length === 0) throw new RangeError("joinDatasets: expected at least one set, got none");
  const [first] = sets;
  for (const set of sets) checkAlike(first, set);
  if (sets.length === 1) return first;
  const row = lineUp(sets);
  const { shape, classes, maskClasses, maskLength, preprocessing } = first;
  const place = (index: number) => {
    checkIndex("joined set", index, row.length);
    return row.setOf(index);
  };
  const labels = first.labels ? Int32Array.from(sets.flatMap((set) => Array.from(set.labels ?? []))) : null;
  const groups = sets.some((set) => set.groups) ? Object.freeze(sets.flatMap(groupsOf)) : null;
  const weights = sets.some((set) => set.weights) ? Float32Array.from(sets.flatMap(weightsOf)) : null;
  const names = sets.every((set) => set.names) ? Object.freeze(sets.flatMap((set) => set.names ?? [])) : null;
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
    labels,
    maskClasses,
    maskLength,
    groups,
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
      sets[which].readMask(index - row.starts[which], into, offset);
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
            sets[which].readMaskRun?.(index - row.starts[which], from, count, into, offset);
          },
        }
      : {}),
    digest(index: number) {
      const which = place(index);
      return sets[which].digest(index - row.starts[which]);
    },
    ...(sets.some((set) => set.prepare) ? { prepare } : {}),
    ...(preprocessing ? { preprocessing } : {}),
    ...(names ? { names } : {}),
    ...(weights ? { weights } : {}),
  });
}

/** Images that belong to nobody in a set with groups beside it are each a group of their own. */
function groupsOf({ groups, length }: Dataset, set: number): readonly string[] {
  return groups ?? Array.from({ length }, (_, index) => `set ${set}, image ${index}`);
}

/** Images without weights count 1. */
function weightsOf({ weights, length }: Dataset): readonly number[] {
  return weights ? Array.from(weights) : Array.from({ length }, () => 1);
}

function checkAlike(first: Dataset, set: Dataset): void {
  const compare = (what: string, wanted: readonly unknown[], got: readonly unknown[], advice: string) => {
    if (wanted.join("\n") === got.join("\n")) return;
    throw new RangeError(
      `joinDatasets: expected the ${what} ${wanted.join(", ")} in every set, got ${got.join(", ") || "none"}. ${advice}`,
    );
  };
  compare("shape", first.shape, set.shape, "Resample the images.");
  compare("classes", first.classes, set.classes, "Give all sets the same labelValues and classes.");
  compare("mask values", first.maskClasses, set.maskClasses, "Give all sets the same maskValues.");
  const [wanted, got] = [first, set].map(({ preprocessing }) => JSON.stringify(preprocessing ?? []));
  if (wanted !== got) {
    throw new RangeError(
      `joinDatasets: expected images preprocessed alike, by ${wanted}, got ${got}. Read all sets with the same preprocessing.`,
    );
  }
}
