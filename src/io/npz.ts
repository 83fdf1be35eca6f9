// .npz in MedMNIST's layout (or one set to be divided) as datasets: entry by entry, classes common to all sets.
import { arrayDataset } from "../data/dataset.ts";
import type { Dataset, DatasetSplit, Pixels } from "../data/dataset.ts";
import { distinctValues } from "../data/truth.ts";
import type { Values } from "../data/truth.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { FormatError } from "../errors.ts";
import { preprocessingOfJson } from "../data/stored-preprocessing.ts";
import { preprocessArrays } from "./npz-preprocessing.ts";
import { readNpy } from "./npy.ts";
import type { NpyArray } from "./npy.ts";
import type { Source } from "./source.ts";
import type { ZipOptions } from "./zip.ts";

export interface NpzOptions extends ZipOptions {
  /** Applied to every image when it is read, in this order; none by default. Arrays say no spacing. */
  readonly preprocessing?: readonly Preprocessing[];
}

const setNames = ["train", "val", "test"] as const;
type SetName = (typeof setNames)[number];
type Arrays = Map<string, NpyArray>;

/** `train_images`, `val_labels`, ..., or without a set before it; what else a file holds is not read. */
const wantedEntry = /^(?:(train|val|test)_)?(images|labels|masks|groups|weights)\.npy$/;

/**
 * Reads a dataset from `.npz`: `train_images`, `val_images`, `test_images` with `*_labels` and optional `*_masks` and
 * `*_groups` give three sets; `images`, `labels`, `masks`, `groups` give one, to be divided. `*_weights` (`weights`), what
 * each image counts in losses and figures, may be there for some of the sets only.
 *
 * Pixels keep their type. Label values are mapped to classes in sorted order over all sets.
 *
 * @throws FormatError when the file is no .npz, is cut off, lies about a size, or its arrays do not belong together.
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "voxgrad/io";
 *
 * const images = { shape: [2, 2, 2], data: new Uint8Array(8) };
 * const bytes = await writeNpz({ images, labels: { shape: [2], data: new Uint8Array([0, 1]) } });
 * const set = await readNpz(bytes);
 * console.log("length" in set && set.length); // 2
 * ```
 */
export async function readNpz(source: Source, options: NpzOptions = {}): Promise<Dataset | DatasetSplit> {
  const steps = preprocessingOfJson(options.preprocessing ?? []);
  const arrays: Arrays = new Map();
  const { readZip } = await import("./zip.ts");
  const file = await readZip(
    source,
    (entry) => wantedEntry.test(entry),
    (entry, bytes, of) => arrays.set(entry.replace(/\.npy$/, ""), readNpy(bytes, `${of} entry "${entry}"`)),
    options,
  );
  try {
    return assemble(arrays, file, steps);
  } catch (cause) {
    throw cause instanceof RangeError ? new FormatError(cause.message, { cause }) : cause;
  }
}

function assemble(arrays: Arrays, file: string, steps: readonly Preprocessing[]): Dataset | DatasetSplit {
  const names = setNames.filter((set) => arrays.has(`${set}_images`));
  if (names.length === 0) {
    if (arrays.has("images")) return setOf(arrays, "", file, { steps });
    throw new FormatError(
      `${file}: expected the arrays train_images, val_images and test_images, or images, got ${[...arrays.keys()].join(", ") || "none of them"}`,
    );
  }
  for (const what of ["images", "labels", "masks", "groups"]) checkInAllSets(arrays, what, file);
  const labelValues = commonValues(arrays, "labels", file);
  const maskValues = commonValues(arrays, "masks", file)?.filter((value) => value !== 0);
  const common = { labelValues, maskValues: maskValues?.length === 0 ? [1] : maskValues, steps };
  const of = (set: SetName) => setOf(arrays, `${set}_`, file, common);
  return { train: of("train"), validation: of("val"), test: of("test") };
}

/** An array that one set has and another lacks would make sets that cannot be compared. */
function checkInAllSets(arrays: Arrays, what: string, file: string): void {
  const having = setNames.filter((set) => arrays.has(`${set}_${what}`)).map((set) => `${set}_${what}`);
  const lacking = setNames.filter((set) => !arrays.has(`${set}_${what}`)).map((set) => `${set}_${what}`);
  if (having.length === 0 || lacking.length === 0) return;
  throw new FormatError(
    `${file}: expected ${lacking.join(" and ")} beside ${having.join(" and ")}, got none. ` +
      (what === "images"
        ? "Add what is missing, or give images alone, to be divided."
        : `Add what is missing, or leave ${what} out.`),
  );
}

/** The distinct values over all sets that have the array; undefined when none has. */
function commonValues(arrays: Arrays, what: "labels" | "masks", file: string): number[] | undefined {
  const having = setNames.map((set) => `${set}_${what}`).filter((name) => arrays.has(name));
  if (having.length === 0) return undefined;
  const values = having.flatMap((name) =>
    distinctValues(`${file} ${name}`, what, numbersOf(arrays.get(name), `${file} ${name}`)),
  );
  return [...new Set(values)].sort((a, b) => a - b);
}

interface Common {
  readonly labelValues?: readonly number[];
  readonly maskValues?: readonly number[];
  readonly steps: readonly Preprocessing[];
}

function setOf(arrays: Arrays, prefix: string, file: string, common: Common): Dataset {
  const name = (what: string) => `${file} ${prefix}${what}`;
  const images = arrays.get(`${prefix}images`);
  if (!images) throw new FormatError(`${name("images")}: expected an array, got none`);
  const [length, ...shape] = images.shape;
  if (shape.length === 0)
    throw new FormatError(
      `${name("images")}: expected (images, height, width) or more, got ${images.shape.join("x") || "one value"}`,
    );
  const labels = arrays.get(`${prefix}labels`);
  const masks = arrays.get(`${prefix}masks`);
  const groups = arrays.get(`${prefix}groups`);
  const weights = arrays.get(`${prefix}weights`);
  if (labels) checkOneEach(labels, length, name("labels"));
  if (groups) checkOneEach(groups, length, name("groups"));
  if (weights) checkOneEach(weights, length, name("weights"));
  if (masks) checkMaskShape(masks, images, name("masks"));
  const arraysAsRead = {
    images: pixelsOf(images, name("images")),
    shape,
    masks: masks ? numbersOf(masks, name("masks")) : null,
  };
  return arrayDataset({
    ...preprocessArrays(arraysAsRead, common.steps, name("images")),
    labels: labels ? numbersOf(labels, name("labels")) : null,
    groups: groups ? groups.data : null,
    weights: weights ? Float64Array.from(pixelsOf(weights, name("weights"), "weights")) : null,
    name: `${file} ${prefix.replace("_", "")}`.trim(),
    preprocessing: common.steps,
    ...(labels ? { labelValues: common.labelValues } : {}),
    ...(masks ? { maskValues: common.maskValues } : {}),
  });
}

/** (images), (images, 1), or one value without a dimension for a single image. */
function checkOneEach({ shape }: NpyArray, length: number, name: string): void {
  const [count = 1, ...rest] = shape;
  if (count === length && rest.every((size) => size === 1)) return;
  throw new FormatError(
    `${name}: expected one for each of ${length} images, got an array of ${shape.join("x") || "one value"}`,
  );
}

/** The images' shape, or that without the last axis where it holds colours; an axis of 1 may follow. */
function checkMaskShape(masks: NpyArray, images: NpyArray, name: string): void {
  const whole = images.shape;
  const allowed = whole.length > 3 ? [whole, whole.slice(0, -1)] : [whole];
  const got = masks.shape.join("x");
  if (allowed.some((shape) => got === shape.join("x") || got === [...shape, 1].join("x"))) return;
  throw new FormatError(
    `${name}: expected a mask value for each voxel (${allowed.map((shape) => shape.join("x")).join(" or ")}), got ${got || "one value"}`,
  );
}

function pixelsOf({ data }: NpyArray, name: string, what = "pixels"): Pixels {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (Array.isArray(data)) throw new FormatError(`${name}: expected numbers as ${what}, got texts`);
  return data as Pixels;
}

function numbersOf(array: NpyArray | undefined, name: string): Values {
  if (!array || Array.isArray(array.data)) {
    throw new FormatError(
      `${name}: expected whole numbers, got texts. Number them: numpy.unique(labels, return_inverse=True)[1].`,
    );
  }
  return array.data as Values;
}
