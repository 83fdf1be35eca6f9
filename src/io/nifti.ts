// NIfTI-1 and NIfTI-2 as images: the header, and behind it or in a file of its own the voxels.
import type { Image } from "../data/image.ts";
import { FormatError } from "../errors.ts";
import { readNumbers } from "./byte-order.ts";
import { niftiAffine } from "./nifti-affine.ts";
import { mostNiftiBytes, niftiVoxels, readNiftiHeader } from "./nifti-header.ts";
import type { NiftiHeader } from "./nifti-header.ts";
import type { WholeSource } from "./whole.ts";

/**
 * @param pixelFile gives the .img of a pair, which has at most so many bytes.
 * @param volume the index along the fourth axis; all when it is undefined.
 * @throws FormatError when the header is not as it must be, or voxels are missing.
 */
export async function readNifti(
  { bytes, name }: WholeSource,
  version: 1 | 2,
  pixelFile: (mostBytes: number) => Promise<WholeSource>,
  volume: number | undefined,
): Promise<Image> {
  const header = readNiftiHeader(bytes, version, name);
  const affine = niftiAffine(header, name);
  if (header.isPair) {
    const pair = await pixelFile(mostNiftiBytes(header, true));
    return imageOf(header, affine, pair.bytes, pair.name, volume);
  }
  checkExtensions(header, bytes, name);
  return imageOf(header, affine, bytes, name, volume);
}

function imageOf(
  header: NiftiHeader,
  affine: Image["affine"],
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  volume: number | undefined,
): Image {
  const { version, dimensions, spacing, type, colours, offset, isLittle, slope, intercept, unit } = header;
  const { width, count } = niftiVoxels(header);
  if (offset + count * width > bytes.length) {
    throw new FormatError(
      `${name}: expected ${count * width} bytes from byte ${offset} on for ${dimensions.join("x")} voxels of ${width} bytes, got ${Math.max(0, bytes.length - offset)}: it is cut off, or its header lies`,
    );
  }
  const chosen = chooseVolume(dimensions, volume, name);
  const first = offset + chosen.first * width;
  const pixels = readNumbers(bytes.subarray(first, first + chosen.count * width), type, isLittle);
  const shape = [...chosen.dimensions].reverse();
  return {
    format: `nifti${version}`,
    pixels,
    shape: colours > 1 ? [...shape, colours] : shape,
    colours,
    spacing: spacing.slice(0, chosen.dimensions.length),
    unit,
    affine,
    rescale: { slope, intercept },
    frameRescales: null,
    modalityTable: null,
    windows: [],
    photometric: { 1: "MONOCHROME2", 3: "RGB", 4: "RGBA" }[colours],
    palette: null,
    bigEndian: !isLittle,
    dicom: null,
  };
}

function chooseVolume(dimensions: readonly number[], volume: number | undefined, name: string) {
  const all = dimensions.reduce((product, length) => product * length, 1);
  if (volume === undefined) return { dimensions, first: 0, count: all };
  const one = dimensions.slice(0, 3);
  const count = one.reduce((product, length) => product * length, 1);
  const volumes = all / count;
  if (!(Number.isInteger(volume) && volume >= 0 && volume < volumes))
    throw new RangeError(`${name}: expected a volume from 0 to ${volumes - 1}, got ${volume}`);
  return { dimensions: one, first: volume * count, count };
}

/** Extensions are passed over; one that overruns the voxels says that the header lies. */
function checkExtensions({ version, offset, isLittle }: NiftiHeader, bytes: Uint8Array, name: string): void {
  const flag = version === 1 ? 348 : 540;
  if (bytes.length < flag + 4 || bytes[flag] === 0) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = flag + 4; at + 8 <= Math.min(offset, bytes.length);) {
    const size = view.getInt32(at, isLittle);
    // Zeros fill up to the voxels.
    if (size === 0) return;
    if (size < 8 || at + size > offset)
      throw new FormatError(`${name}: expected an extension within bytes ${at} to ${offset}, got one of ${size} bytes`);
    at += size;
  }
}
