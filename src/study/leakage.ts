// What becomes of a leak: the study stops, leaves the copies out, or goes on and says so.
import type { Audit, AuditPair, LeakKind } from "../data/audit.ts";
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { LeakageError } from "../errors.ts";
import type { LedgerEvent } from "./ledger.ts";
import { encodeIds, sourceOf } from "./members.ts";
import type { Members, SetName } from "./members.ts";

/**
 * `stop` throws, `drop` leaves out the copy that stands nearer to training, `allow` goes on. `guard` throws where the test set
 * or a patient is concerned, and leaves the training set's copies of validation images out.
 */
export type LeakagePolicy = "guard" | "stop" | "drop" | "allow";

type AuditedEvent = Extract<LedgerEvent, { event: "audited" }>;

/** Pairs and groups that an error names. */
const mostNamed = 5;

/**
 * @param sets as divided; `found` counts in them.
 * @returns what the sets have after it, and what the ledger says of it.
 * @throws LeakageError where something leaks and the policy is to stop.
 */
export function settleLeakage(
  found: Audit,
  data: Dataset | DatasetSplit,
  sets: DatasetSplit,
  members: Members,
  leakage: LeakagePolicy,
): { readonly members: Members; readonly event: AuditedEvent } {
  const { leakage: pairs, threshold } = found;
  const mustStop = leakage === "stop" ? pairs.length > 0 : leakage === "guard" && pairs.some(isGrave);
  if (mustStop) throw leakageError(pairs, sets);
  const drops = leakage === "drop" || leakage === "guard";
  // Of each pair, a is the copy that stands nearer to training.
  const dropped = imagesOf(drops ? pairs : [], sets, ["a"]);
  const touched = imagesOf(pairs, sets, ["a", "b"]);
  const kept = (name: SetName) => members[name].filter((_, index) => !dropped[name].has(index));
  const certificate = (name: SetName) => {
    const ids = members[name].filter((_, index) => dropped[name].has(index));
    return { size: ids.length, ids: encodeIds(ids, sourceOf(data, name).length) };
  };
  return {
    members: { train: kept("train"), validation: kept("validation"), test: members.test },
    event: {
      event: "audited",
      leakage,
      threshold,
      pairs: countKinds(pairs),
      images: { train: touched.train.size, validation: touched.validation.size, test: touched.test.size },
      ...(drops && pairs.length > 0
        ? { dropped: { train: certificate("train"), validation: certificate("validation") } }
        : {}),
    },
  };
}

/** Whether a pair would fool the test, or divides a patient. */
function isGrave({ kind, a, b }: AuditPair): boolean {
  return kind === "group" || a.set === "test" || b.set === "test";
}

function countKinds(pairs: readonly AuditPair[]): Record<LeakKind, number> {
  const counts = { exact: 0, label: 0, near: 0, flipped: 0, group: 0 };
  for (const { kind } of pairs) counts[kind]++;
  return counts;
}

/** The images of each set that stand on these sides of the pairs; of a group all that are in the set. */
function imagesOf(pairs: readonly AuditPair[], sets: DatasetSplit, sides: readonly ("a" | "b")[]) {
  const images = { train: new Set<number>(), validation: new Set<number>(), test: new Set<number>() };
  const shared = { train: new Set<string>(), validation: new Set<string>(), test: new Set<string>() };
  for (const pair of pairs) {
    for (const side of sides) {
      const { set, index } = pair[side];
      if (set === "all") continue;
      images[set].add(index);
      if (pair.kind === "group") shared[set].add(sets[set].groups?.[index] ?? "");
    }
  }
  for (const name of ["train", "validation", "test"] as const)
    sets[name].groups?.forEach((group, index) => shared[name].has(group) && images[name].add(index));
  return images;
}

function leakageError(pairs: readonly AuditPair[], sets: DatasetSplit): LeakageError {
  const images = pairs.filter(({ kind }) => kind !== "group");
  const words = { exact: "exact", label: "of the same pixels with another label", near: "near", flipped: "flipped or turned" }; // prettier-ignore
  const counts = Object.entries(words).flatMap(([kind, word]) => {
    const count = images.filter((pair) => pair.kind === kind).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  const named = images.map(({ a, b }) => `${a.set} ${a.index} = ${b.set} ${b.index}`);
  const parts = [
    ...(images.length > 0
      ? [
          `expected every image in one set, got ${images.length} pairs of copies (${counts.join(", ")}): ${listed(named)}`,
        ]
      : []),
    ...groupParts(pairs, sets),
  ];
  return new LeakageError(
    `leakage: ${parts.join("; ")}. Divide the images by patient (or by groupBy: "similarity"), leave the copies out with ` +
      'leakage: "drop", or say leakage: "allow". voxgrad inspect shows the pairs.',
    pairs,
  );
}

function groupParts(pairs: readonly AuditPair[], sets: DatasetSplit): string[] {
  const shared = new Map<string, string>();
  for (const { kind, a, b } of pairs) {
    const group = kind === "group" && a.set !== "all" ? (sets[a.set].groups?.[a.index] ?? "") : null;
    if (group !== null && !shared.has(group)) shared.set(group, `"${group}" in ${a.set} and ${b.set}`);
  }
  if (shared.size === 0) return [];
  return [`expected every group (patient) in one set, got ${shared.size} in two: ${listed([...shared.values()])}`];
}

function listed(names: readonly string[]): string {
  return names.slice(0, mostNamed).join(", ") + (names.length > mostNamed ? ", ..." : "");
}
