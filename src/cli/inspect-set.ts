// What is in a set of images, or in three: counts, classes, sizes, intensities, groups, duplicates and leakage.
import { audit } from "../index.ts";
import type { Audit, AuditPair, Dataset, DatasetSplit, ImagePlace } from "../index.ts";
import { table } from "./text.ts";

/** One set, as --json has it. */
export interface SetFacts {
  readonly count: number;
  /** Images of each class; empty without labels. */
  readonly classes: Readonly<Record<string, number>>;
  /** Images whose mask has each value; empty without masks. */
  readonly masks: Readonly<Record<string, number>>;
  readonly shape: readonly number[];
  readonly minimum: number;
  readonly maximum: number;
  /** How many groups (patients) it has; null where the data names none. */
  readonly groups: number | null;
}

export interface Inspection extends Audit {
  readonly sets: Readonly<Record<string, SetFacts>>;
  /** Files that cannot be read and were left out, below the folder; empty where all can be. */
  readonly unreadable: readonly string[];
}

/** Sets by the names that the audit gives them. */
export function namedSets(data: Dataset | DatasetSplit): Readonly<Record<string, Dataset>> {
  return "train" in data ? { train: data.train, validation: data.validation, test: data.test } : { all: data };
}

export async function inspectSets(data: Dataset | DatasetSplit): Promise<Inspection> {
  const found = await audit(data);
  const sets: Record<string, SetFacts> = {};
  for (const [name, set] of Object.entries(namedSets(data))) sets[name] = await factsOf(set);
  const unreadable = Object.values(namedSets(data)).flatMap((set) => (set.unreadable ?? []).map(({ path }) => path));
  return { sets, ...found, unreadable };
}

async function factsOf(set: Dataset): Promise<SetFacts> {
  const image = new Float32Array(set.shape.reduce((product, size) => product * size, 1));
  const mask = new Uint8Array(set.maskLength);
  let [minimum, maximum] = [Infinity, -Infinity];
  const masks = new Map(set.maskClasses.map((value) => [value, 0]));
  for (let index = 0; index < set.length; index++) {
    await set.prepare?.(Int32Array.of(index));
    set.read(index, image, 0);
    for (const value of image) {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    if (set.maskLength === 0) continue;
    set.readMask(index, mask, 0);
    for (const k of new Set(mask))
      if (k > 0) masks.set(set.maskClasses[k - 1], (masks.get(set.maskClasses[k - 1]) ?? 0) + 1);
  }
  const counts = new Array<number>(set.classes.length).fill(0);
  for (const label of set.labels ?? []) counts[label]++;
  return {
    count: set.length,
    classes: Object.fromEntries(set.classes.map((name, k) => [name, counts[k]])),
    masks: Object.fromEntries(masks),
    shape: set.shape,
    minimum,
    maximum,
    groups: set.groups ? new Set(set.groups).size : null,
  };
}

/** Classes, or values of masks, that have a column. */
const mostColumns = 16;

/** Classes that a set of three has no image of: a study refuses it. */
function missingText(name: string, { classes, labels }: Dataset, isDivided: boolean): string[] {
  if (!labels || !isDivided) return [];
  const missing = classes.filter((_, k) => !labels.includes(k));
  if (missing.length === 0) return [];
  return [
    `  voxgrad train stops at this: the ${name} set has no image of ${missing.map((label) => `"${label}"`).join(", ")}.`,
  ];
}

/** Pairs that are listed by name. */
const mostListed = 10;

/** @param data where an image's file is found, if it has one. */
export function inspectionText(
  { sets, leakage, duplicates, threshold, unreadable }: Inspection,
  data: Dataset | DatasetSplit,
): string {
  const named = namedSets(data);
  const nameOf = (place: ImagePlace) => {
    const file = named[place.set].names?.[place.index];
    return file === undefined ? placeText(place) : `${placeText(place)} (${file})`;
  };
  const names = Object.keys(sets);
  // In the order of the classes: an object has keys that are numbers in another one.
  const columnsOf = (name: string) => {
    const { classes, masks } = sets[name];
    return [...named[name].classes.map((label) => classes[label]), ...Object.values(masks)].slice(0, mostColumns);
  };
  const rows = names.map((name) => {
    const { count, shape, minimum, maximum, groups } = sets[name];
    return [
      name,
      `${count}`,
      shape.join("x"),
      `${short(minimum)} to ${short(maximum)}`,
      groups === null ? "none" : `${groups}`,
      ...columnsOf(name).map((images) => `${images}`),
    ];
  });
  const { masks } = sets[names[0]];
  const { classes } = named[names[0]];
  const head = ["set", "images", "size", "intensities", "groups"];
  const columns = [
    ...classes.map((name) => `class ${name.length > 40 ? `${name.slice(0, 39)}…` : name}`),
    ...Object.keys(masks).map((value) => `with mask ${value}`),
  ];
  const isDivided = names.length > 1;
  return [
    ...table([[...head, ...columns.slice(0, mostColumns)], ...rows]),
    ...(columns.length > mostColumns
      ? [`  and ${columns.length - mostColumns} more of them; --json has them all.`]
      : []),
    ...names.flatMap((name) => missingText(name, named[name], isDivided)),
    ...(unreadable.length > 0
      ? [`Not counted: ${unreadable.length} ${unreadable.length === 1 ? "file" : "files"} that cannot be read.`]
      : []),
    ...(isDivided ? section("Leakage, pairs across the sets", leakage, nameOf) : []),
    ...(isDivided && leakage.length > 0
      ? ["  voxgrad train stops at this; --leakage drop leaves the copies out, --leakage allow goes on."]
      : []),
    ...section(isDivided ? "Duplicates, pairs inside a set" : "Duplicates", duplicates, nameOf),
    threshold === null
      ? "Near copies were not looked for, exact ones alone: images of fewer than 64 values, or of several sizes, have too little to tell them by."
      : `Near copies are those whose thumbnails correlate at ${Number(threshold.toFixed(4))} or more, flipped and turned ones too.`,
  ].join("\n");
}

function section(title: string, pairs: readonly AuditPair[], nameOf: (place: ImagePlace) => string): string[] {
  if (pairs.length === 0) return [`${title}: none.`];
  const kinds = new Map<string, number>();
  for (const { kind } of pairs) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counts = [...kinds].map(([kind, number]) => `${number} ${kind}`).join(", ");
  const listed = pairs
    .slice(0, mostListed)
    .map(({ kind, a, b, similarity }) => [
      kind,
      kind === "statistics" ? "pixels scaled" : nameOf(a),
      kind === "statistics" ? `by figures of ${b.set}` : nameOf(b),
      similarity === null ? "" : similarity.toFixed(3),
    ]);
  const more = pairs.length - listed.length;
  return [`${title}: ${pairs.length} (${counts}).`, ...table(listed), ...(more > 0 ? [`  and ${more} more; --json has them all, --html shows them.`] : [])]; // prettier-ignore
}

export function placeText({ set, index }: ImagePlace): string {
  return set === "all" ? `image ${index}` : `${set} ${index}`;
}

function short(value: number): string {
  return `${Number(value.toPrecision(6))}`;
}
