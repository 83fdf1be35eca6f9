// How a folder is laid out: which file is an image of which class, set and group, and which is its mask.
import { FormatError } from "../../errors.ts";
import { byBytes } from "./place.ts";
import type { Entry, Place } from "./place.ts";

export const setNames = ["train", "validation", "test"] as const;
export type SetName = (typeof setNames)[number];

/** One image (a file, or a folder of DICOM slices) and what is known of it; paths are below the folder. */
export interface Sample {
  readonly path: string;
  readonly isFolder: boolean;
  readonly label: string | null;
  readonly group: string | null;
  readonly set: SetName | null;
  /** What it counts in losses and figures; left out where all count the same. */
  readonly weight?: number;
  /** The mask's file, or folder of slices. */
  readonly mask: { readonly path: string; readonly isFolder: boolean } | null;
}

export interface Layout {
  readonly samples: readonly Sample[];
  /** In the order of their indexes; empty without labels. */
  readonly classes: readonly string[];
}

/** How folders of sets may be called. */
const setFolders: Readonly<Record<string, SetName>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  test: "test",
};

export const setOfName = (name: string): SetName | undefined =>
  Object.hasOwn(setFolders, name.toLowerCase()) ? setFolders[name.toLowerCase()] : undefined;

/**
 * Folders of three sets, each laid out as one set is: `images` and `masks`, subfolders by class, or images without either.
 * @throws FormatError when images belong to no class, masks to no image, or sets are missing.
 */
export async function layoutOf(place: Place): Promise<Layout> {
  const entries = await place.list("");
  const sets = entries.filter(({ isFolder, name }) => isFolder && setOfName(name) !== undefined);
  if (!sets.some(({ name }) => setOfName(name) === "train")) return withClasses(place, await oneSet(place, "", null));
  const found = sets.map(({ name }) => setOfName(name));
  const missing = setNames.filter((name) => !found.includes(name));
  if (missing.length > 0 || found.length > setNames.length)
    throw new FormatError(
      `${place.name}: expected the folders train, validation and test, got ${sets.map(({ name }) => name).join(", ")}. ` +
        "Add what is missing, or give one folder a class, to be divided.",
    );
  await refuseImages(place, entries, "beside the folders of the sets");
  const samples: Sample[] = [];
  for (const name of setNames) {
    const folder = sets.find((set) => setOfName(set.name) === name);
    samples.push(...(await oneSet(place, folder?.path ?? "", name)));
  }
  return withClasses(place, samples);
}

function withClasses(place: Place, samples: readonly Sample[]): Layout {
  if (samples.length === 0) throw new FormatError(`${place.name}: expected images, got an empty folder`);
  const labels = samples.flatMap(({ label }) => (label === null ? [] : [label]));
  return { samples, classes: inOrder([...new Set(labels)]) };
}

async function oneSet(place: Place, path: string, set: SetName | null): Promise<Sample[]> {
  const entries = await place.list(path);
  const folders = entries.filter(({ isFolder }) => isFolder);
  const named = (name: string) => folders.find((folder) => folder.name.toLowerCase() === name);
  const bare = { label: null, group: null, set, mask: null };
  const [images, masks] = [named("images"), named("masks")];
  if (images && masks) return withMasks(place, images, masks, set);
  if (images && folders.length === 1) return samplesOf(await place.list(images.path), bare);
  if (folders.length === 0) return samplesOf(entries, bare);
  await refuseImages(place, entries, "beside the folders of the classes");
  const samples: Sample[] = [];
  for (const { name, path: inner } of folders) {
    const ofClass = samplesOf(await place.list(inner), { ...bare, label: name });
    if (ofClass.length === 0)
      throw new FormatError(`${place.name}/${inner}: expected images of the class ${name}, got an empty folder`);
    samples.push(...ofClass);
  }
  return samples;
}

/** An image for each entry; the .img of a NIfTI pair belongs to its .hdr. */
function samplesOf(entries: readonly Entry[], known: Omit<Sample, "path" | "isFolder">): Sample[] {
  const headers = new Set(entries.flatMap(({ name }) => /^(.*)\.hdr(\.gz)?$/i.exec(name)?.[1] ?? []));
  const isHalf = (name: string) => headers.has(/^(.*)\.img(\.gz)?$/i.exec(name)?.[1] ?? "");
  return entries
    .filter(({ name, isFolder }) => isFolder || !isHalf(name))
    .map(({ path, isFolder }) => ({ ...known, path, isFolder }));
}

/** Pairs by name, whatever follows the point: `a.png` and `a.nii.gz`. */
async function withMasks(place: Place, images: Entry, masks: Entry, set: SetName | null): Promise<Sample[]> {
  const known = { label: null, group: null, set, mask: null };
  const samples = samplesOf(await place.list(images.path), known);
  const byStem = new Map<string, Sample>();
  for (const mask of samplesOf(await place.list(masks.path), known)) {
    const stem = stemOf(mask.path);
    const other = byStem.get(stem);
    if (other)
      throw new FormatError(`${place.name}: expected one mask of each name, got ${other.path} and ${mask.path}`);
    byStem.set(stem, mask);
  }
  const paired = samples.map((sample) => {
    const mask = byStem.get(stemOf(sample.path)) ?? null;
    return { ...sample, mask: mask && { path: mask.path, isFolder: mask.isFolder } };
  });
  const stems = new Set(samples.map(({ path }) => stemOf(path)));
  const lone = [
    ...paired.filter(({ mask }) => mask === null).map(({ path }) => `${path} without a mask`),
    ...[...byStem].filter(([stem]) => !stems.has(stem)).map(([, { path }]) => `${path} without an image`),
  ];
  if (stems.size < samples.length)
    throw new FormatError(`${place.name}/${images.path}: expected names that differ before the point, got some twice`);
  if (lone.length > 0)
    throw new FormatError(
      `${place.name}: expected a mask of the same name for each image, got ${shortList(lone)}. Add or remove what is alone.`,
    );
  return paired;
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  // Some systems write an accent as a character of its own.
  return name.replace(/\.gz$/i, "").replace(/\.[^.]+$/, "").normalize("NFC"); // prettier-ignore
}

/** The first five, and how many more. */
export function shortList(texts: readonly string[]): string {
  return texts.slice(0, 5).join(", ") + (texts.length > 5 ? ` and ${texts.length - 5} more` : "");
}

/** A note or a table may lie beside the folders; an image that would be lost may not. */
async function refuseImages(place: Place, entries: readonly Entry[], where: string): Promise<void> {
  const { isImageFile } = await import("./content.ts");
  for (const { path, isFolder } of entries) {
    if (isFolder || !(await isImageFile((await place.locate(path)).absolute))) continue;
    throw new FormatError(
      `${place.name}/${path}: expected no image ${where}, got one. Move it into the folder that it belongs to.`,
    );
  }
}

/** Classes: numbers in their order, so that 10 comes after 9; names by their bytes. */
export function inOrder(classes: readonly string[]): string[] {
  const areNumbers = classes.every((label) => /^-?\d{1,15}$/.test(label));
  return [...classes].sort(areNumbers ? (a, b) => Number(a) - Number(b) || byBytes(a, b) : byBytes);
}
