// A folder as a dataset: images by class, images with masks, or a table of them; decoded when needed, kept within a budget.
import { checkCacheBytes, datasetOver, defaultCacheBytes } from "../data/cached-dataset.ts";
import { subset } from "../data/dataset.ts";
import type { Dataset, DatasetSplit } from "../data/dataset.ts";
import type { ImageGeometry } from "../data/image-geometry.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { preprocessingOfJson } from "../data/stored-preprocessing.ts";
import { FormatError } from "../errors.ts";
import { layoutOf, setNames } from "./folder/layout.ts";
import type { Layout, Sample } from "./folder/layout.ts";
import type { LoadOptions } from "./folder/load.ts";
import { openPlace } from "./folder/place.ts";
import type { Place } from "./folder/place.ts";
import { survey } from "./folder/survey.ts";
import type { Survey } from "./folder/survey.ts";
import { readWhole } from "./whole.ts";

/** Of an image that cannot be read, which no set holds. */
const nowhere: ImageGeometry = Object.freeze({ spacing: null, unit: "unknown", affine: null });

export interface FolderOptions extends Pick<LoadOptions, "maximumBytes" | "uneven"> {
  /** Applied to every image when it is read, in this order; `[window({ centre: 40, width: 400 })]`. None by default. */
  readonly preprocessing?: readonly Preprocessing[];
  /** Whether an image that cannot be read stops everything (the default), or is left out: the sets' `unreadable` names it. */
  readonly unreadable?: "stop" | "skip";
  /** Bytes that decoded images may take; 1 GiB by default, and never less than two batches. The rest is decoded again. */
  readonly cacheBytes?: number;
}

/**
 * Reads a folder (Node, Deno, Bun). It is laid out in one of these ways; files are told by their content, a folder in the
 * place of a file holds the DICOM slices of one volume, and names are in the order of their bytes:
 *
 * - a subfolder for each class, called after it;
 * - `images/` and `masks/`, with the same names before the point;
 * - `train/`, `validation/` and `test/`, each laid out as above: three sets;
 * - a table `manifest.csv` (or `path` is that table) with the columns `path`, `label`, `group`, `set`, `mask` and `weight`
 *   (what each image counts in losses and figures), all but the first left out at will; where there is `set`, three sets;
 * - images alone, without labels.
 *
 * Images are decoded once to be checked, and again when they are needed and no longer kept. Groups are the table's, or
 * DICOM's patients where every image names one. `geometry` of the set says spacing and orientation of each image, and its
 * `notes` name what differs: spacings, orientations, masks that lie another way than their image.
 *
 * @throws FormatError when a file cannot be read, a path or link leads out of the folder, images differ in shape or
 * in which values are light (MONOCHROME1 and 2), or the layout is none of these.
 * @example
 * ```ts
 * import { study } from "voxgrad";
 * import { readFolder } from "voxgrad/io";
 *
 * const trainOn = async (folder: string) => study({ data: await readFolder(folder, { unreadable: "skip" }), seed: 7 });
 * ```
 */
export async function readFolder(path: string | URL, options: FolderOptions = {}): Promise<Dataset | DatasetSplit> {
  const { unreadable = "stop", cacheBytes = defaultCacheBytes, ...rest } = options;
  // They may come from a study or a model, as JSON.
  const preprocessing = preprocessingOfJson(options.preprocessing ?? []);
  checkCacheBytes(cacheBytes);
  if (!["stop", "skip"].includes(unreadable))
    throw new RangeError(`unreadable: expected "stop" or "skip", got "${String(unreadable)}"`);
  const tableBytes = Math.min(rest.maximumBytes ?? mostTableBytes, mostTableBytes);
  const { place, layout } = await layoutAt(path, tableBytes, unreadable);
  const { samples } = layout;
  const seen = await survey(place, samples, { ...rest, preprocessing, unreadable, cacheBytes });
  const whole = datasetOver(
    {
      name: place.name,
      length: samples.length,
      shape: Object.freeze([...seen.shape]),
      isBytes: seen.isBytes,
      ...labelsOf(layout),
      ...masksOf(layout, seen),
      groups: groupsOf(layout, seen),
      ...weightsOf(layout),
      preprocessing,
      names: samples.map((sample) => sample.path),
      geometry: seen.geometry.map((one) => one ?? nowhere),
      notes: Object.freeze([...seen.notes]),
    },
    seen.cache,
  );
  const part = (isIn: (sample: Sample) => boolean, name: string): Dataset => {
    const indices = seen.readable.filter((index) => isIn(samples[index]));
    if (indices.length === 0) throw new FormatError(`${place.name}: expected images in the ${name} set, got none`);
    const missing = seen.unreadable.filter(({ index }) => isIn(samples[index]));
    const named = missing.map(({ path: file, reason }) => Object.freeze({ path: file, reason }));
    return Object.freeze({ ...subset(whole, indices), unreadable: Object.freeze(named) });
  };
  if (samples.every(({ set }) => set === null)) return part(() => true, "whole");
  const [train, validation, test] = setNames.map((name) => part(({ set }) => set === name, name));
  return { train, validation, test };
}

/** Beyond it a table is none that people write. */
const mostTableBytes = 268435456;

/** The folder, or that of a table or an image; and its layout, from a table where there is one. */
async function layoutAt(
  given: string | URL,
  maximumBytes: number,
  unreadable: "stop" | "skip",
): Promise<{ readonly place: Place; readonly layout: Layout }> {
  const path = typeof given === "string" ? given : (await import("node:url")).fileURLToPath(given);
  const isTable = /\.csv$/i.test(path);
  const paths = await import("node:path").catch((cause: unknown) => {
    throw new TypeError(`${path}: expected Node, Deno or Bun to read a folder, got an engine without files`, { cause });
  });
  const { stat } = await import("node:fs/promises");
  const isImage = !isTable && ((await stat(path).catch(() => null))?.isFile() ?? false);
  const place = await openPlace(isTable || isImage ? paths.dirname(path) : path);
  if (isImage) {
    const bare = { label: null, group: null, set: null, mask: null };
    return { place, layout: { samples: [{ path: paths.basename(path), isFolder: false, ...bare }], classes: [] } };
  }
  const tables = isTable ? [paths.basename(path)] : await tablesIn(place);
  if (tables.length === 0) return { place, layout: await layoutOf(place) };
  const { isManifest, manifestLayout } = await import("./folder/manifest.ts");
  const { tableText } = await import("./folder/table-text.ts");
  const texts = new Map<string, string>();
  for (const table of tables) {
    const { absolute } = await place.locate(table);
    const { bytes } = await readWhole(absolute, maximumBytes);
    const text = tableText(bytes, `${place.name}/${table}`);
    // A table of something else may be in any encoding.
    if (!isTable && !isManifest(typeof text === "string" ? text : new TextDecoder().decode(bytes))) continue;
    if (typeof text !== "string") throw text;
    texts.set(table, text);
  }
  const [name] = texts.has("manifest.csv") ? ["manifest.csv"] : texts.keys();
  if (texts.size === 0) return { place, layout: await layoutOf(place) };
  if (texts.size > 1 && name !== "manifest.csv")
    throw new FormatError(`${path}: expected one table of images, got ${[...texts.keys()].join(", ")}. Name one instead of the folder.`); // prettier-ignore
  const layout = await manifestLayout(texts.get(name) ?? "", `${place.name}/${name}`, place, unreadable);
  return { place, layout };
}

async function tablesIn(place: Place): Promise<string[]> {
  const entries = await place.list("");
  return entries.filter(({ name, isFolder }) => !isFolder && /\.csv$/i.test(name)).map(({ name }) => name);
}

function labelsOf({ samples, classes }: Layout): Pick<Dataset, "classes" | "labels"> {
  if (classes.length === 0) return { classes: Object.freeze([]), labels: null };
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const labels = Int32Array.from(samples, ({ label }) => indexOf.get(label ?? "") ?? 0);
  return { classes: Object.freeze([...classes]), labels };
}

function weightsOf({ samples }: Layout): Pick<Dataset, "weights"> {
  if (samples.every(({ weight }) => weight === undefined)) return {};
  return { weights: Float32Array.from(samples, ({ weight = 1 }) => weight) };
}

/** Masks with background alone still have a foreground to look for. */
function masksOf({ samples }: Layout, { maskValues, maskLength }: Survey) {
  if (samples[0].mask === null) return { maskClasses: Object.freeze([]), maskLength: 0, maskIndexes: null };
  const values = maskValues.length > 0 ? maskValues : [1];
  const maskIndexes = new Uint8Array(65536);
  values.forEach((value, k) => (maskIndexes[value] = k + 1));
  return { maskClasses: Object.freeze([...values]), maskLength, maskIndexes };
}

function groupsOf({ samples }: Layout, { readable, patients }: Survey): readonly string[] | null {
  if (samples.every(({ group }) => group !== null)) return Object.freeze(samples.map(({ group }) => group ?? ""));
  return readable.every((index) => patients[index] !== "") ? Object.freeze([...patients]) : null;
}
