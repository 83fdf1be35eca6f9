// .npz in MedMNIST's layout (or one set to be divided) as datasets: entry by entry, classes common to all sets.
import { arrayDataset } from "../data/dataset.ts";
import type { Dataset, DatasetSplit, Pixels } from "../data/dataset.ts";
import { distinctValues } from "../data/truth.ts";
import type { Values } from "../data/truth.ts";
import { FormatError } from "../errors.ts";
import { readNpy } from "./npy.ts";
import type { NpyArray } from "./npy.ts";
import type { Source } from "./source.ts";
import { readZip } from "./zip.ts";
import type { ZipOptions } from "./zip.ts";

type SetName = "train" | "val" | "test";
type Arrays = Map<string, NpyArray>;

/** `train_images`, `val_labels`, ..., or without a set before it; what else a file holds is not read. */
const wantedEntry = /^(?:(train|val|test)_)?(images|labels|masks|groups)\.npy$/;

/**
 * Reads a dataset from `.npz`: `train_images`, `val_images`, `test_images` with `*_labels` and optional `*_masks` and
 * `*_groups` give three sets; `images`, `labels`, `masks`, `groups` give one, to be divided.
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
export async function readNpz(source: Source, options: ZipOptions = {}): Promise<Dataset | DatasetSplit> {
  const arrays: Arrays = new Map();
  const file = await readZip(
    source,
    (entry) => wantedEntry.test(entry),
    (entry, bytes) => arrays.set(entry.replace(/\.npy$/, ""), readNpy(bytes, entry)),
    options,
  );
  return assemble(arrays, file);
}

function assemble(arrays: Arrays, file: string): Dataset | DatasetSplit {
  const names = (["train", "val", "test"] as const).filter((set) => arrays.has(`${set}_images`));
  if (names.length === 0 && !arrays.has("images")) {
    throw new FormatError(
      `${file}: expected the arrays train_images, val_images and test_images, or images, got ${[...arrays.keys()].join(", ") || "none of them"}`,
    );
  }
  if (names.length === 0) return setOf(arrays, "", file, {});
  for (const set of ["train", "val", "test"] as const) {
    if (!names.includes(set))
      throw new FormatError(`${file}: expected an array ${set}_images beside ${names.join("_images, ")}_images`);
  }
  const labelValues = commonValues(arrays, "labels", file);
  const maskValues = commonValues(arrays, "masks", file)?.filter((value) => value !== 0);
  const common = { labelValues, maskValues: maskValues?.length === 0 ? [1] : maskValues };
  const of = (set: SetName) => setOf(arrays, `${set}_`, file, common);
  return { train: of("train"), validation: of("val"), test: of("test") };
}

/** The distinct values over all sets that have the array; undefined when none has. */
function commonValues(arrays: Arrays, what: "labels" | "masks", file: string): number[] | undefined {
  const having = [...arrays].filter(([name]) => name.endsWith(`_${what}`));
  if (having.length === 0) return undefined;
  const values = having.flatMap(([name, array]) =>
    distinctValues(`${file} ${name}`, what, numbersOf(array, `${file} ${name}`)),
  );
  return [...new Set(values)].sort((a, b) => a - b);
}

interface Common {
  readonly labelValues?: readonly number[];
  readonly maskValues?: readonly number[];
}

function setOf(arrays: Arrays, prefix: string, file: string, common: Common): Dataset {
  const name = (what: string) => `${file} ${prefix}${what}`;
  const images = arrays.get(`${prefix}images`);
  if (!images) throw new FormatError(`${name("images")}: expected an array, got none`);
  const [length, ...shape] = images.shape;
  if (shape.length === 0)
    throw new FormatError(`${name("images")}: expected (images, height, width) or more, got ${images.shape.join("x")}`);
  const labels = arrays.get(`${prefix}labels`);
  const masks = arrays.get(`${prefix}masks`);
  const groups = arrays.get(`${prefix}groups`);
  if (labels) checkCount(labels, length, name("labels"), 1);
  if (groups) checkCount(groups, length, name("groups"), 1);
  if (masks) checkCount(masks, length, name("masks"), null);
  try {
    return arrayDataset({
      images: pixelsOf(images, name("images")),
      shape,
      labels: labels ? numbersOf(labels, name("labels")) : null,
      masks: masks ? numbersOf(masks, name("masks")) : null,
      groups: groups ? groups.data : null,
      name: `${file} ${prefix.replace("_", "")}`.trim(),
      ...(labels ? { labelValues: common.labelValues } : {}),
      ...(masks ? { maskValues: common.maskValues } : {}),
    });
  } catch (cause) {
    throw cause instanceof RangeError ? new FormatError(cause.message, { cause }) : cause;
  }
}

/** @param rest how many values an image may have; null for any. */
function checkCount({ shape }: NpyArray, length: number, name: string, rest: number | null): void {
  const each = shape.slice(1).reduce((product, size) => product * size, 1);
  if (shape[0] === length && (rest === null || each === rest)) return;
  throw new FormatError(
    `${name}: expected one for each of ${length} images, got an array of ${shape.join("x") || "no dimension"}`,
  );
}

function pixelsOf({ data }: NpyArray, name: string): Pixels {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (Array.isArray(data)) throw new FormatError(`${name}: expected numbers as pixels, got texts`);
  return data as Pixels;
}

function numbersOf({ data }: NpyArray, name: string): Values {
  if (Array.isArray(data)) throw new FormatError(`${name}: expected whole numbers, got texts`);
  return data as Values;
}
