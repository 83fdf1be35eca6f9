// What becomes of a leak: the study stops, leaves the copies out, or goes on and says so.
import type { Audit, AuditPair, LeakKind } from "../data/audit.ts";
import type { DatasetSplit } from "../data/dataset.ts";
import { LeakageError } from "../errors.ts";
import type { LedgerEvent } from "./events.ts";
import { encodeIds } from "./members.ts";
import type { Members, SetName, Sources } from "./members.ts";

/** `stop` throws, `drop` leaves out the copy that stands nearer to training, `allow` goes on. */
export type LeakagePolicy = "stop" | "drop" | "allow";

type AuditedEvent = Extract<LedgerEvent, { event: "audited" }>;

/** Pairs of each kind that an error names. */
const mostNamed = 3;

/**
 * @param sets as divided; `found` counts in them.
 * @returns what the sets have after it, and what the ledger says of it.
 * @throws LeakageError where something leaks and the policy is to stop.
 */
export function settleLeakage(
  found: Audit,
  sources: Sources,
  sets: DatasetSplit,
  members: Members,
  leakage: LeakagePolicy,
): { readonly members: Members; readonly event: AuditedEvent } {
  const { leakage: pairs, threshold } = found;
  if (leakage === "stop" && pairs.length > 0) throw leakageError(pairs, sets);
  const drops = leakage === "drop" && pairs.length > 0;
  // Of each pair, a is the copy that stands nearer to training.
  const dropped = imagesOf(drops ? pairs : [], sets, ["a"]);
  const touched = imagesOf(pairs, sets, ["a", "b"]);
  const kept = (name: SetName) => members[name].filter((_, index) => !dropped[name].has(index));
  const certificate = (name: SetName) => {
    const ids = members[name].filter((_, index) => dropped[name].has(index));
    return { size: ids.length, ids: encodeIds(ids, sources[name].length) };
  };
  return {
    members: { train: kept("train"), validation: kept("validation"), test: members.test },
    event: {
      event: "audited",
      leakage,
      threshold,
      pairs: countKinds(pairs),
      images: { train: touched.train.size, validation: touched.validation.size, test: touched.test.size },
      ...(drops ? { dropped: { train: certificate("train"), validation: certificate("validation") } } : {}),
    },
  };
}

function countKinds(pairs: readonly AuditPair[]): Record<LeakKind, number> {
  const counts = { exact: 0, label: 0, near: 0, flipped: 0, group: 0, statistics: 0 };
  for (const { kind } of pairs) counts[kind]++;
  return counts;
}

/** The images of each set that stand on these sides of the pairs; of a group all that are in the set, of statistics none. */
function imagesOf(pairs: readonly AuditPair[], sets: DatasetSplit, sides: readonly ("a" | "b")[]) {
  const images = { train: new Set<number>(), validation: new Set<number>(), test: new Set<number>() };
  const shared = { train: new Set<string>(), validation: new Set<string>(), test: new Set<string>() };
  for (const pair of pairs) {
    if (pair.kind === "statistics") continue;
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

/** One, and several. */
const titles: Readonly<Record<LeakKind, readonly [one: string, more: string]>> = {
  exact: ["exact copy", "exact copies"],
  label: ["copy with another label", "copies with another label"],
  near: ["near copy", "near copies"],
  flipped: ["flipped or turned copy", "flipped or turned copies"],
  group: ["group in two sets", "groups in two sets"],
  statistics: ["scaling", "scalings"],
};

/** Counts the pairs by kind, names the first of each, and says what to do: one line. Of a group one pair counts. */
export function leakageError(pairs: readonly AuditPair[], sets: DatasetSplit | null): LeakageError {
  const parts = Object.entries(titles).flatMap(([kind, [one, more]]) => {
    const named = new Map<unknown, AuditPair>();
    for (const pair of pairs.filter((each) => each.kind === kind)) {
      const key = groupOf(pair, sets) ?? pair;
      if (!named.has(key)) named.set(key, pair);
    }
    const { size } = named;
    return size > 0 ? [`${size} ${size === 1 ? one : more} (${listed([...named.values()], sets)})`] : [];
  });
  const remedies = [
    ...(pairs.some(({ kind }) => kind !== "statistics")
      ? ['Leave the copies out: --leakage drop, or leakage: "drop".']
      : []),
    ...(pairs.some(({ kind }) => kind === "statistics") ? ["Fit the scaling on the training set alone."] : []),
  ];
  return new LeakageError(
    `leakage: expected nothing of one set in another, got ${parts.join("; ")}. ${remedies.join(" ")}`,
    pairs,
  );
}

function groupOf({ kind, a }: AuditPair, sets: DatasetSplit | null): string | undefined {
  return kind === "group" && a.set !== "all" ? sets?.[a.set].groups?.[a.index] : undefined;
}

function listed(pairs: readonly AuditPair[], sets: DatasetSplit | null): string {
  const names = pairs.slice(0, mostNamed).map((pair) => {
    const { kind, a, b } = pair;
    const group = groupOf(pair, sets);
    if (group !== undefined) return `"${group}" in ${a.set} and ${b.set}`;
    if (kind === "statistics") return `by figures of ${b.set}`;
    return `${placeName(a, sets)} = ${placeName(b, sets)}`;
  });
  return names.join(", ") + (pairs.length > mostNamed ? ", ..." : "");
}

function placeName({ set, index }: AuditPair["a"], sets: DatasetSplit | null): string {
  const file = set === "all" ? undefined : sets?.[set].names?.[index];
  return `${set} ${file ?? index}`;
}
