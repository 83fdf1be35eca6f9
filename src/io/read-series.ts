// DICOM slices as volumes: told apart by series and orientation, sorted by their places along the normal.
import type { Image, StoredPixels } from "../data/image.ts";
import { pixelTypeOf } from "../data/image.ts";
import { FormatError } from "../errors.ts";
import { affineOf, dot, normalOf, stackingOf } from "./dicom/geometry.ts";
import type { Placement } from "./dicom/geometry.ts";
import { readImage } from "./read-image.ts";
import type { ImageOptions } from "./read-image.ts";
import { isBlob, isPath } from "./source.ts";
import type { Source } from "./source.ts";

export interface SeriesOptions extends ImageOptions {
  /** What to do where slices are missing or lie unevenly: refuse them (the default), or keep them without an affine. */
  readonly uneven?: "refuse" | "keep";
}

interface Slice {
  readonly image: Image;
  readonly name: string;
}

/**
 * Reads DICOM files as volumes, one for each series in the order in which they are met: slices are sorted along their
 * normal, whatever their names and numbers. Files of several series may be mixed; a file of several frames is a volume
 * of its own.
 *
 * @param sources paths, URLs, Blobs or Files, or bytes, one for each slice.
 * @throws FormatError when a file is no DICOM image, and when the slices of a series differ in size or type, lie at the
 * same place, or unevenly; RangeError for no source.
 * @example
 * ```ts
 * import { readSeries } from "voxgrad/io";
 *
 * const volumesOf = async (files: readonly File[]) => {
 *   for (const volume of await readSeries(files)) console.log(volume.dicom?.series, volume.shape, volume.spacing);
 * };
 * ```
 */
export async function readSeries(sources: Iterable<Source>, options: SeriesOptions = {}): Promise<Image[]> {
  const groups = new Map<string, Slice[]>();
  let index = 0;
  for (const source of sources) {
    const name = nameOf(source, index++);
    const image = await readImage(source, options);
    if (!image.dicom) throw new FormatError(`${name}: expected a DICOM slice, got ${image.format}`);
    const key = keyOf(image, index);
    const group = groups.get(key);
    if (group) group.push({ image, name });
    else groups.set(key, [{ image, name }]);
  }
  if (index === 0) throw new RangeError("readSeries: expected at least one file, got none");
  return [...groups.values()].map((slices) => (slices.length > 1 ? volumeOf(slices, options) : slices[0].image));
}

function nameOf(source: Source, index: number): string {
  if (isPath(source)) return String(source);
  return isBlob(source) && "name" in source ? String(source.name) : `file ${index}`;
}

/** A series may hold localizers that lie across it: orientation tells them apart to a thousandth. */
function keyOf({ dicom, colours, shape }: Image, index: number): string {
  const isVolume = shape.length - (colours > 1 ? 1 : 0) > 2;
  const directions = dicom?.orientation?.map((cosine) => Math.round(cosine * 1000) || 0).join(" ") ?? "";
  return isVolume ? `file ${index}` : `${dicom?.study} ${dicom?.series} ${directions}`;
}

function volumeOf(unsorted: readonly Slice[], { uneven = "refuse" }: SeriesOptions): Image {
  const slices = sorted(unsorted);
  const [{ image: first, name }] = slices;
  const fail = (what: string): never => {
    throw new FormatError(`${name}: expected ${what} in series ${first.dicom?.series}`);
  };
  for (const { image, name: other } of slices)
    for (const [what, of] of alike)
      if (of(image) !== of(first)) fail(`slices of one ${what} (${of(first)}), got ${of(image)} in ${other}`);
  const placements = slices.map(({ image }) => placementOf(image));
  const stacking = stackingOf(placements);
  if (stacking && !stacking.isEven && uneven === "refuse") {
    const places = slices.map(({ image }) => placeOf(image)?.toFixed(2));
    fail(`slices at equal distances, got them at ${places.join(", ")}. Add what is missing, or set uneven: "keep"`);
  }
  const depth = stacking?.isEven ? stacking.distance : null;
  const rescales = slices.map(({ image }) => image.rescale);
  const isCommon = rescales.every(({ slope, intercept }) => slope === first.rescale.slope && intercept === first.rescale.intercept); // prettier-ignore
  return {
    ...first,
    pixels: joined(slices.map(({ image }) => image.pixels)),
    shape: [slices.length, ...first.shape],
    spacing: first.spacing && depth !== null ? [...first.spacing, depth] : null,
    affine: depth !== null ? affineOf(placements[0], stacking?.step ?? null) : null,
    frameRescales: isCommon ? null : rescales,
  };
}

const alike: readonly (readonly [what: string, of: (image: Image) => string])[] = [
  ["size", ({ shape }) => shape.join("x")],
  ["type", pixelTypeOf],
  ["spacing", ({ spacing }) => spacing?.map((distance) => distance.toFixed(4)).join("x") ?? "none"],
  ["photometric interpretation", ({ photometric }) => photometric],
  ["modality table", ({ modalityTable }) => (modalityTable ? Array.from(modalityTable.values).join() : "none")],
];

function placementOf({ dicom, spacing }: Image): Placement {
  const [x, y] = spacing ?? [];
  return {
    position: dicom?.position ?? null,
    orientation: dicom?.orientation ?? null,
    spacing: spacing ? [x, y] : null,
    depth: null,
  };
}

/** How far along the normal a slice lies. */
function placeOf({ dicom }: Image): number | null {
  return dicom?.position && dicom.orientation ? dot(dicom.position, normalOf(dicom.orientation)) : null;
}

/** By place; where one lacks it, by instance number. */
function sorted(slices: readonly Slice[]): readonly Slice[] {
  const { name } = slices[0];
  const series = slices[0].image.dicom?.series;
  const [what, keyOf] = slices.every(({ image }) => placeOf(image) !== null)
    ? ["places along the normal (0020,0032)", placeOf]
    : ["instance numbers (0020,0013)", ({ dicom }: Image) => dicom?.instanceNumber ?? null];
  const keyed = slices.map((slice) => ({ slice, key: keyOf(slice.image) }));
  const bare = keyed.find(({ key }) => key === null);
  if (bare)
    throw new FormatError(`${bare.slice.name}: expected a position (0020,0032) or an instance number (0020,0013) in each slice of series ${series}, got neither`); // prettier-ignore
  keyed.sort((a, b) => Number(a.key) - Number(b.key));
  const twice = keyed.findIndex(({ key }, i) => i > 0 && Math.abs(Number(key) - Number(keyed[i - 1].key)) < 1e-3);
  if (twice > 0)
    throw new FormatError(`${name}: expected different ${what} in series ${series}, got ${Number(keyed[twice].key)} in ${keyed[twice - 1].slice.name} and ${keyed[twice].slice.name}`); // prettier-ignore
  return keyed.map(({ slice }) => slice);
}

function joined(parts: readonly StoredPixels[]): StoredPixels {
  const make = parts[0].constructor as new (length: number) => Uint8Array;
  const whole = new make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part as Uint8Array, at);
    at += part.length;
  }
  return whole;
}
