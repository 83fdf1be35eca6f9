// The three sets of a study: divided, checked, and committed to by SHA-256 before anything learns from them.
import { subset } from "../data/dataset.ts";
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import { split } from "../data/split.ts";
import { LeakageError } from "../errors.ts";
import { sha256 } from "../storage/sha256.ts";
import type { Task } from "../train/settings.ts";
import type { CommittedSet } from "./ledger.ts";

/** How a study's data is divided. JSON-safe. */
export interface Division {
  readonly ratios: readonly number[];
  /** Whether images of one patient stay together, where the data names patients. */
  readonly groupBy: "patient" | null;
  /** What happens when a group stands in two sets that were given apart. */
  readonly leakage: "stop" | "allow";
  readonly seed: number;
}

/** Divides one dataset, or takes the three that it was given. */
export function divide(data: Dataset | DatasetSplit, { ratios, groupBy, leakage, seed }: Division): DatasetSplit {
  if (!("train" in data)) {
    const byGroup = groupBy !== null && data.groups !== null;
    const indices = split(data, { seed, ratios, byGroup });
    return {
      train: subset(data, indices.train),
      validation: subset(data, indices.validation),
      test: subset(data, indices.test),
    };
  }
  if (groupBy !== null && leakage === "stop") checkGroups(data);
  return data;
}

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

/** Size and SHA-256 of a set: over its images' digests, one behind the other. */
export async function commit(set: Dataset): Promise<CommittedSet> {
  let digests = "";
  for (let index = 0; index < set.length; index++) digests += await set.digest(index);
  return { size: set.length, sha256: await sha256(new TextEncoder().encode(digests)) };
}

function checkGroups(sets: DatasetSplit): void {
  const owner = new Map<string, string>();
  const shared = new Map<string, string>();
  for (const [name, { groups }] of Object.entries(sets) as [string, Dataset][]) {
    for (const group of new Set(groups)) {
      const other = owner.get(group);
      if (other === undefined) owner.set(group, name);
      else if (!shared.has(group)) shared.set(group, `"${group}" in ${other} and ${name}`);
    }
  }
  if (shared.size === 0) return;
  const shown = [...shared.values()].slice(0, 5).join(", ");
  throw new LeakageError(
    `leakage: expected every group (patient) in one set, got ${shared.size} in two: ${shown}${shared.size > 5 ? ", ..." : ""}. ` +
      'Divide the images by patient, or say leakage: "allow".',
  );
}
