// The three sets of a study: divided, checked, and committed to by SHA-256 before anything learns from them.
import { audit, auditPixels } from "../data/audit.ts";
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { similarityGroups } from "../data/likeness.ts";
import { split } from "../data/split.ts";
import { imbalanceOfSets } from "../data/tally.ts";
import { checkTotalWeight } from "../data/weights.ts";
import { kindOf } from "../kind.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Task } from "../train/settings.ts";
import { settleLeakage } from "./leakage.ts";
import type { LeakagePolicy } from "./leakage.ts";
import type { CommittedSet, LedgerEvent } from "./events.ts";
import { decodeIds, encodeIds, moreImagesOf, setsOf, setsWithoutMore } from "./members.ts";
import type { Members, SetName, Sources } from "./members.ts";

/** How a study's data is divided. JSON-safe. */
export interface Division {
  readonly ratios: readonly number[];
  /** What stays together: images of one patient, where the data names patients, or near copies as well. */
  readonly groupBy: "patient" | "similarity" | null;
  /** What happens when an image or a group stands in two sets. */
  readonly leakage: LeakagePolicy;
  readonly seed: number;
}

/** @throws RangeError for a way that there is not: it would go on as if nobody had said anything. */
function checkWays({ groupBy, leakage }: Division, task: Task | undefined): void {
  checkOneOf("groupBy", groupBy, ["patient", "similarity", null]);
  checkOneOf("leakage", leakage, ["stop", "drop", "allow"]);
  checkOneOf("task", task, ["classification", "segmentation", undefined]);
}

function checkOneOf(option: string, given: unknown, known: readonly (string | null | undefined)[]): void {
  if (known.includes(given as string)) return;
  const names = known.flatMap((name) => (name === undefined ? [] : name === null ? "null" : `"${name}"`));
  throw new RangeError(`study ${option}: expected one of ${names.join(", ")}, got ${kindOf(given)}`);
}

/** Divides one dataset, or takes the three that it was given, whole; a second set is all for training. */
async function divide({ divided, train, validation, test }: Sources, division: Division): Promise<Members> {
  const { ratios, groupBy, seed } = division;
  if (!divided) {
    const whole = ({ length }: Dataset) => Int32Array.from({ length }, (_, index) => index);
    return { train: whole(train), validation: whole(validation), test: whole(test) };
  }
  const groups = groupBy === "similarity" ? await similarityGroups(divided) : groupBy === null ? null : divided.groups;
  const { length, labels, classes } = divided;
  const members = split({ length, labels, classes, groups }, { seed, ratios });
  const more = Array.from({ length: train.length - length }, (_, index) => length + index);
  return { ...members, train: Int32Array.from([...members.train, ...more]) };
}

/**
 * Divides the data, checks the sets, and audits them for leakage: which images each set has, and what the ledger is to say.
 * @throws LeakageError where something leaks and the division says to stop; and as checkSets.
 */
export async function prepareSets(sources: Sources, wanted: Task | undefined, division: Division) {
  checkWays(division, wanted);
  const divided = await divide(sources, division);
  const before = setsOf(sources, divided);
  const task = taskOf(wanted, before.train);
  checkSets(before, task);
  const found = await audit(before, { duplicates: false });
  // Who mixes the patients means to.
  const leakage = found.leakage.filter(({ kind }) => division.groupBy !== null || kind !== "group");
  // Pixels may have been scaled before the second set joined.
  const own = setsWithoutMore(sources, divided);
  if (own && !leakage.some(({ kind }) => kind === "statistics")) leakage.push(...(await auditPixels(own)));
  const { members, event } = settleLeakage({ ...found, leakage }, sources, before, divided, division.leakage);
  const sets = setsOf(sources, members);
  if (division.leakage !== "allow") checkSets(sets, task);
  return { sets, members, task, audited: event };
}

/** Sets and members as the ledger has them. @throws StudyStateError when the data has not as many images. */
export function restoreSets(sources: Sources, certificate: SplitEvent) {
  const of = (name: SetName) => decodeIds(name, certificate[name].ids, sources[name].length);
  const members: Members = { train: of("train"), validation: of("validation"), test: of("test") };
  return { sets: setsOf(sources, members), members };
}

/** What the ledger says of the sets that a study commits to. */
export async function certify(sources: Sources, sets: DatasetSplit, members: Members): Promise<SplitEvent> {
  const of = async (name: SetName) => ({
    ...(await commit(sets[name])),
    ids: encodeIds(members[name], sources[name].length),
  });
  const { train, validation, test } = sets;
  const unread = sources.given.reduce((sum, { unreadable = [] }) => sum + unreadable.length, 0);
  const moreImages = moreImagesOf(sources, members);
  const imbalance = imbalanceOfSets([train, validation, test]);
  return {
    event: "split",
    train: await of("train"),
    validation: await of("validation"),
    test: await of("test"),
    imbalance,
    ...(moreImages === null ? {} : { moreData: { size: moreImages } }),
    ...(unread > 0 ? { unreadable: { count: unread } } : {}),
  };
}

export type SplitEvent = Extract<LedgerEvent, { event: "split" }>;

/** The task that the data is for, unless one was asked for. */
export function taskOf(wanted: Task | undefined, train: Dataset): Task {
  const task = wanted ?? (train.labels ? "classification" : "segmentation");
  if (task === "classification" && !train.labels) {
    throw new TypeError(
      "study: expected labels for classification, got a dataset without. Add labels, or choose segmentation.",
    );
  }
  if (task === "segmentation" && train.maskLength === 0) {
    throw new TypeError(
      "study: expected masks for segmentation, got a dataset without. Add masks, or labels for classification.",
    );
  }
  return task;
}

/**
 * Whether the sets can be learned from and compared.
 * @throws RangeError when shapes or classes differ, or a class is missing from a set.
 */
export function checkSets(sets: DatasetSplit, task: Task): void {
  const { train } = sets;
  for (const [name, set] of Object.entries(sets) as [string, Dataset][]) {
    if (set.length === 0) throw new RangeError(`${name} set: expected images, got none: all were left out as copies`);
    checkTotalWeight(name, set);
    if (set.shape.join() !== train.shape.join()) {
      throw new RangeError(`${name} set: expected images of ${train.shape.join("x")}, got ${set.shape.join("x")}`);
    }
    if (task === "segmentation") {
      if (set.maskClasses.join() !== train.maskClasses.join()) {
        throw new RangeError(
          `${name} set: expected the mask values ${train.maskClasses.join(", ")}, got ${set.maskClasses.join(", ")}. ` +
            "Give all sets the same maskValues.",
        );
      }
      continue;
    }
    if (set.classes.join("\n") !== train.classes.join("\n")) {
      throw new RangeError(
        `${name} set: expected the classes ${train.classes.join(", ")}, got ${set.classes.join(", ")}. ` +
          "Give all sets the same labelValues.",
      );
    }
    const present = new Set(set.labels);
    const missing = set.classes.filter((_, k) => !present.has(k));
    if (missing.length > 0) {
      throw new RangeError(
        `${name} set: expected images of every class, got none of ${missing.map((label) => `"${label}"`).join(", ")}. ` +
          "Add some, divide the images otherwise, or leave the class out.",
      );
    }
  }
  if (task === "classification" && train.classes.length < 2) {
    throw new RangeError(`study: expected at least two classes, got ${train.classes.join(", ")} alone`);
  }
}

/** Size and SHA-256 of a set: over its images' digests, one behind the other, each followed by its weight where it has one. */
export async function commit(set: Dataset): Promise<CommittedSet> {
  let digests = "";
  for (let index = 0; index < set.length; index++) {
    digests += await set.digest(index);
    // What a test image counts is settled before training, as its pixels are.
    if (set.weights) digests += ` ${set.weights[index]}\n`;
  }
  return { size: set.length, sha256: await sha256(new TextEncoder().encode(digests)) };
}
