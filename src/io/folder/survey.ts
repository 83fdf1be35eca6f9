// The first look at every image of a folder: which can be read, of what shape, with which values in masks.
import type { ImageGeometry } from "../../data/image-geometry.ts";
import { imageCache } from "../../data/image-cache.ts";
import type { ImageCache } from "../../data/image-cache.ts";
import { FormatError } from "../../errors.ts";
import { agreementOf } from "./agreement.ts";
import type { Meaning } from "./agreement.ts";
import type { Sample } from "./layout.ts";
import { shortList } from "./layout.ts";
import { loadSample } from "./load.ts";
import type { LoadedSample, LoadOptions } from "./load.ts";
import type { Place } from "./place.ts";

export interface UnreadableImage {
  /** Below the folder. */
  readonly path: string;
  readonly reason: string;
}

export interface Survey {
  /** By the samples' indexes; holds as many of them as its budget allows. */
  readonly cache: ImageCache<LoadedSample>;
  /** Indexes of the samples that can be read, in their order. */
  readonly readable: readonly number[];
  readonly unreadable: readonly (UnreadableImage & { readonly index: number })[];
  readonly shape: readonly number[];
  /** Whether all are unsigned bytes that are values already. */
  readonly isBytes: boolean;
  /** Foreground values of all masks in sorted order. */
  readonly maskValues: readonly number[];
  readonly maskLength: number;
  /** By sample: the patient that DICOM names. */
  readonly patients: readonly string[];
  /** By sample; null where it cannot be read. */
  readonly geometry: readonly (ImageGeometry | null)[];
  readonly notes: readonly string[];
}

/**
 * Reads every image once, in their order.
 * @throws FormatError for the first that cannot be read, unless those are to be skipped; for shapes that differ; where
 * none is left.
 */
export async function survey(
  place: Place,
  samples: readonly Sample[],
  options: LoadOptions & { readonly unreadable: "stop" | "skip"; readonly cacheBytes: number },
): Promise<Survey> {
  const { stat } = await import("node:fs/promises");
  const marks: string[] = [];
  const load = async (index: number): Promise<LoadedSample> => {
    const image = await loadSample(place, samples[index], options);
    const { mtimeMs, size } = await stat((await place.locate(samples[index].path)).absolute);
    const mark = `${mtimeMs} ${size} ${image.shape.join("x")}`;
    marks[index] ??= mark;
    if (marks[index] === mark) return image;
    throw new FormatError(`${place.name}/${samples[index].path}: expected the file as it was first read, got another`);
  };
  const cache = imageCache(load, options.cacheBytes);
  const shapes = new Map<string, { readonly shape: readonly number[]; readonly indexes: number[] }>();
  const unreadable: (UnreadableImage & { readonly index: number })[] = [];
  const readable: number[] = [];
  const maskValues = new Set<number>();
  const patients = samples.map(() => "");
  const geometries: (ImageGeometry | null)[] = samples.map(() => null);
  const meanings: Meaning[] = [];
  let isBytes = true;
  let maskLength = 0;
  for (let index = 0; index < samples.length; index++) {
    try {
      await cache.prepare([index]);
    } catch (cause) {
      if (!(cause instanceof FormatError) || options.unreadable === "stop") throw cause;
      unreadable.push({ path: samples[index].path, reason: cause.message, index });
      continue;
    }
    const image = cache.get(index);
    if (!image) continue;
    readable.push(index);
    patients[index] = image.patient;
    geometries[index] = image.geometry;
    const { photometric, geometry, maskGeometry } = image;
    meanings.push({ path: samples[index].path, photometric, geometry, maskGeometry });
    isBytes &&= image.pixels instanceof Uint8Array && image.rescale === null;
    for (const value of new Set(image.mask)) maskValues.add(value);
    maskLength = image.mask?.length ?? 0;
    const known = shapes.get(image.shape.join("x"));
    if (known) known.indexes.push(index);
    else shapes.set(image.shape.join("x"), { shape: image.shape, indexes: [index] });
  }
  if (readable.length === 0)
    throw new FormatError(
      `${place.name}: expected images, got none that can be read of ${samples.length}. The first: ${unreadable[0].reason}`,
    );
  const notes = agreementOf(place.name, meanings);
  if (shapes.size > 1) throw differing(place, samples, [...shapes.values()]);
  maskValues.delete(0);
  if (maskValues.size > 255)
    throw new FormatError(`${place.name}: expected at most 255 foreground values in masks, got ${maskValues.size}`);
  const [{ shape }] = shapes.values();
  const sorted = [...maskValues].sort((a, b) => a - b);
  return {
    cache,
    readable,
    unreadable,
    shape,
    isBytes,
    maskValues: sorted,
    maskLength,
    patients,
    geometry: geometries,
    notes,
  };
}

type Shapes = readonly { readonly shape: readonly number[]; readonly indexes: readonly number[] }[];

/** Names the files that differ from what most are like, and what would make all alike. */
function differing(place: Place, samples: readonly Sample[], shapes: Shapes): FormatError {
  const [common, ...others] = [...shapes].sort((a, b) => b.indexes.length - a.indexes.length);
  const odd = others.map(
    ({ shape, indexes }) => `${shape.join("x")} in ${shortList(indexes.map((i) => samples[i].path))}`,
  );
  const isColour = (shape: readonly number[]) => shape.length > 2 && shape[shape.length - 1] <= 4;
  const spatial = (shape: readonly number[]) => (isColour(shape) ? shape.slice(0, -1) : shape);
  const size = spatial(common.shape);
  const isSizeCommon = shapes.every(({ shape }) => spatial(shape).join() === size.join());
  const isRankCommon = shapes.every(({ shape }) => spatial(shape).length === size.length);
  const list = size.join(", ");
  const remedies = [
    ...(shapes.some(({ shape }) => isColour(shape)) ? ["gray() (--gray) makes colours one"] : []),
    ...(isSizeCommon || !isRankCommon
      ? []
      : [`resampleTo({ size: [${list}] }) (--size ${size.join(",")}) or centreCropOrPad({ size: [${list}] }) makes sizes one`]), // prettier-ignore
    ...(isRankCommon ? [] : ["slices and volumes belong in sets of their own"]),
  ];
  return new FormatError(
    `${place.name}: expected images of one shape, got ${common.shape.join("x")} in ${common.indexes.length} images, ` +
      `but ${odd.slice(0, 5).join("; ")}${odd.length > 5 ? `; and ${odd.length - 5} more shapes` : ""}. ` +
      `Preprocess them: ${remedies.join("; ")}.`,
  );
}
