// One image out of one file (or a NIfTI pair), its format told by its content.
import type { Image } from "../data/image.ts";
import { FormatError } from "../errors.ts";
import { gzipHead, inflate, isGzip } from "./inflate.ts";
import { siblingOf } from "./pair.ts";
import { beginnings, firstBytes, formatOf } from "./recognition.ts";
import { isPath } from "./source.ts";
import type { Source } from "./source.ts";
import { defaultMaximumBytes, readWhole } from "./whole.ts";
import type { WholeSource } from "./whole.ts";

export interface ImageOptions {
  /** Bytes that the file, what it unpacks to, and its pixels may each take; 4 GiB by default. */
  readonly maximumBytes?: number;
  /** Of a NIfTI file with more than three dimensions, the volume to read, from 0 on; all of them otherwise. */
  readonly volume?: number;
  /** The .img of a NIfTI pair, where it cannot be found beside the .hdr by its name. */
  readonly pixels?: Source;
}

/**
 * Reads one image: PNG, JPEG, NIfTI-1 or -2 (a single file, or .hdr and .img), or DICOM, packed with gzip or not. Its
 * content says what it is, not its name. Pixels stay as they are stored; `valuesOf` scales them.
 *
 * @param source a path or URL, a Blob or File, or bytes.
 * @throws FormatError when there is no such file, it is of no such format, or broken; RangeError for a volume that is not
 * there; TypeError for another kind of source.
 * @example
 * ```ts
 * import { readImage } from "voxgrad/io";
 *
 * const png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNgaAAAAIMAgYfP7KQAAAAASUVORK5CYII=";
 * const image = await readImage(Uint8Array.from(atob(png), (char) => char.charCodeAt(0)));
 * console.log(image.format, image.shape, image.pixels); // png [ 1, 2 ] Uint8Array(2) [ 0, 128 ]
 * ```
 */
export async function readImage(source: Source, options: ImageOptions = {}): Promise<Image> {
  const { maximumBytes = defaultMaximumBytes, volume } = options;
  if (!(maximumBytes >= 0)) throw new RangeError(`maximumBytes: expected a number of bytes, got ${maximumBytes}`);
  if (volume !== undefined && !(Number.isInteger(volume) && volume >= 0))
    throw new RangeError(`volume: expected a whole number from 0 on, got ${volume}`);
  let whole: WholeSource;
  try {
    whole = await unpackedSource(source, maximumBytes, checkFormat);
  } catch (cause) {
    if (!(cause instanceof UnknownFormatError && isNamedImg(source))) throw cause;
    return readImage(await siblingOf(source, String(source), "img"), { ...options, pixels: source });
  }
  const { bytes, name } = whole;
  const format = formatOf(bytes);
  if (volume && format !== null && !format.startsWith("nifti"))
    throw new RangeError(`${name}: expected a NIfTI file to read volume ${volume} of, got ${format}`);
  switch (format) {
    case "png":
      return (await import("./png.ts")).readPng(whole, maximumBytes);
    case "jpeg":
      return (await import("./jpeg.ts")).readJpeg(whole, maximumBytes);
    case "dicom":
      return (await import("./dicom.ts")).readDicom(whole, maximumBytes);
    case "nifti1":
    case "nifti2": {
      const { readNifti } = await import("./nifti.ts");
      const pair = async (mostBytes: number) => {
        const pixels = options.pixels ?? (await siblingOf(source, name, "hdr"));
        return unpackedSource(pixels, maximumBytes, () => undefined, mostBytes);
      };
      return readNifti(whole, format === "nifti1" ? 1 : 2, pair, volume);
    }
    case null:
      throw unknownFormat(bytes, name);
  }
}

/**
 * A source's bytes, gzip around them undone.
 * @param mostBytes what the header of a pair lets its voxels be, unpacked.
 */
async function unpackedSource(
  source: Source,
  maximumBytes: number,
  isWanted: (head: Uint8Array, name: string) => void,
  mostBytes?: number,
): Promise<WholeSource> {
  const { bytes, name } = await readWhole(source, maximumBytes, (head, of) => isGzip(head) || isWanted(head, of));
  if (!isGzip(bytes)) return { bytes, name };
  const head = await gzipHead(bytes);
  if (head) isWanted(head, name);
  const headerBytes = mostBytes ?? (head ? await mostBytesOf(head, name, maximumBytes) : undefined);
  const options = {
    packing: "gzip",
    maximumBytes,
    name,
    ...(headerBytes === undefined ? {} : { headerBytes }),
  } as const;
  return { bytes: (await inflate(bytes, options)).bytes, name };
}

/** What a NIfTI header lets its file be, unpacked, so that a bomb is none for long; undefined for other formats. */
async function mostBytesOf(head: Uint8Array, name: string, maximumBytes: number): Promise<number | undefined> {
  const format = formatOf(head);
  if (format !== "nifti1" && format !== "nifti2") return undefined;
  const { mostNiftiBytes, niftiVoxels, readNiftiHeader } = await import("./nifti-header.ts");
  const header = readNiftiHeader(head, format === "nifti1" ? 1 : 2, name);
  const { count, width } = niftiVoxels(header);
  if (count * width <= maximumBytes) return mostNiftiBytes(header);
  throw new FormatError(
    `${name}: expected at most ${maximumBytes} bytes of voxels, got a header of ${header.dimensions.join("x")} voxels of ${width} bytes. If that is right, raise maximumBytes (--maximum-bytes).`,
  );
}

function checkFormat(head: Uint8Array, name: string): void {
  if (formatOf(head) === null) throw unknownFormat(head, name);
}

/** To callers a FormatError like any other. */
class UnknownFormatError extends FormatError {}

function unknownFormat(head: Uint8Array, name: string): FormatError {
  return new UnknownFormatError(`${name}: expected ${beginnings}, got ${firstBytes(head)}`);
}

/** The .img of a pair has no mark of its own: only its name leads to its header. */
function isNamedImg(source: Source): source is string | URL {
  return isPath(source) && /\.img(\.gz)?$/i.test(String(source));
}
