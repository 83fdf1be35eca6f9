// One sample of a folder as it is kept: decoded, preprocessed, in 8 or 16 bits where it is stored so.
import type { KeptImage } from "../../data/cached-dataset.ts";
import type { Pixels } from "../../data/dataset.ts";
import { axesOf } from "../../data/image-grid.ts";
import { imageGeometryOf } from "../../data/image-geometry.ts";
import type { ImageGeometry } from "../../data/image-geometry.ts";
import { valuesOf } from "../../data/image.ts";
import type { Image } from "../../data/image.ts";
import { preprocess, preprocessMask } from "../../data/preprocess.ts";
import type { Preprocessing } from "../../data/preprocessing.ts";
import { FormatError } from "../../errors.ts";
import { readImage } from "../read-image.ts";
import { readSeries } from "../read-series.ts";
import type { SeriesOptions } from "../read-series.ts";
import type { Sample } from "./layout.ts";
import type { Place } from "./place.ts";

export interface LoadedSample extends KeptImage {
  readonly shape: readonly number[];
  /** The patient that DICOM names; "" otherwise. */
  readonly patient: string;
  readonly photometric: string;
  readonly geometry: ImageGeometry;
  readonly maskGeometry: ImageGeometry | null;
}

export type LoadOptions = Pick<SeriesOptions, "maximumBytes" | "uneven"> & {
  readonly preprocessing: readonly Preprocessing[];
};

/** @throws FormatError that names the file which cannot be read, or what does not suit it. */
export async function loadSample(place: Place, sample: Sample, options: LoadOptions): Promise<LoadedSample> {
  const read = await readOne(place, sample, options);
  const maskRead = sample.mask && (await readOne(place, sample.mask, options));
  if (maskRead && axesOf(maskRead).join() !== axesOf(read).join())
    throw new FormatError(
      `${place.name}/${sample.mask?.path}: expected a mask of ${axesOf(read).join("x")} voxels as its image, got ${axesOf(maskRead).join("x")}`,
    );
  try {
    const image = preprocess(read, options.preprocessing, options.maximumBytes);
    const mask =
      maskRead &&
      maskValuesOf(preprocessMask(maskRead, options.preprocessing, options.maximumBytes), sample.mask?.path ?? "");
    const { pixels, rescale } = keptPixels(image);
    const bytes = pixels.byteLength + (mask?.byteLength ?? 0);
    return {
      ...{ pixels, rescale, mask, bytes, shape: image.shape, patient: read.dicom?.patient ?? "" },
      ...{
        photometric: read.photometric,
        geometry: imageGeometryOf(image),
        maskGeometry: maskRead && imageGeometryOf(maskRead),
      },
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new FormatError(`${place.name}/${sample.path}: ${cause.message}`, { cause });
  }
}

/** A file, or a folder that holds the slices of one series. */
async function readOne(place: Place, { path, isFolder }: Pick<Sample, "path" | "isFolder">, options: LoadOptions) {
  if (!isFolder) return readImage((await place.locate(path)).absolute, options);
  const entries = await place.list(path);
  const inner = entries.find((entry) => entry.isFolder);
  if (inner || entries.length === 0)
    throw new FormatError(
      `${place.name}/${path}: expected the DICOM slices of one volume, got ${inner ? `the folder ${inner.name}` : "an empty folder"}`,
    );
  const files: string[] = [];
  for (const entry of entries) files.push((await place.locate(entry.path)).absolute);
  const volumes = await readSeries(files, options);
  if (volumes.length === 1) return volumes[0];
  throw new FormatError(
    `${place.name}/${path}: expected the slices of one series, got ${volumes.length}. Give each a folder of its own.`,
  );
}

/** 8 and 16 bits stay as they are stored; anything else becomes float32, which is what a network reads. */
function keptPixels(image: Image): { readonly pixels: Pixels; readonly rescale: KeptImage["rescale"] } {
  const { pixels, rescale, frameRescales, modalityTable } = image;
  const isSmall = pixels.BYTES_PER_ELEMENT <= 2;
  if (isSmall && frameRescales === null && modalityTable === null) {
    const isIdentity = rescale.slope === 1 && rescale.intercept === 0;
    return { pixels: pixels as Pixels, rescale: isIdentity ? null : rescale };
  }
  const values = valuesOf(image, new Float32Array(pixels.length));
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new RangeError(`expected finite values, got ${values[wrong]} at index ${wrong}`);
  return { pixels: values, rescale: null };
}

/** One whole number from 0 to 65535 a voxel; a picture whose colours are all gray gives its gray. */
function maskValuesOf(mask: Image, path: string): Uint8Array | Uint16Array {
  const values = oneColour(mask, path);
  const isWide = values.some((value) => value > 255);
  const kept = new (isWide ? Uint16Array : Uint8Array)(values);
  const wrong = values.findIndex((value, i) => value !== kept[i]);
  if (wrong < 0) return kept;
  throw new RangeError(`mask ${path}: expected whole numbers from 0 to 65535, got ${values[wrong]} at index ${wrong}`);
}

function oneColour(mask: Image, path: string): Float64Array {
  const { colours } = mask;
  const values = valuesOf(mask);
  if (colours === 1) return values;
  const seen = Math.min(colours, 3);
  const isGray = seen < 3 || values.every((value, i) => i % colours >= seen || value === values[i - (i % colours)]);
  if (isGray) return values.filter((_, i) => i % colours === 0);
  throw new RangeError(
    `mask ${path}: expected one number a voxel, got ${colours} colours. Save it in gray or a palette.`,
  );
}
