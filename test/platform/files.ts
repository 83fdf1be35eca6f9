// One small file of every format, with the sum of its values: what each platform must read, and read alike.
import { deflateRawSync, gzipSync } from "node:zlib";
import { dicomBytes, imageAttributes } from "../io/images/dicom-bytes.ts";
import { niftiBytes } from "../io/images/nifti-bytes.ts";
import { valuesOf } from "../../src/data/image.ts";
import { readImage } from "../../src/io/read-image.ts";
import { frameSeeds, jpegSeeds, npzSeeds, pngSeeds } from "../fuzz/seeds.ts";

export interface PlatformFile {
  readonly name: string;
  readonly base64: string;
  readonly shape: readonly number[];
  readonly sum: number;
}

const volume = niftiBytes({ dimensions: [4, 3, 2], datatype: 4, voxels: Uint8Array.from({ length: 48 }, (_, i) => i), slope: 0.5, intercept: 3 }); // prettier-ignore
const deflated = dicomBytes({
  syntax: "1.2.840.10008.1.2.1.99",
  attributes: imageAttributes({ width: 3, height: 2, bits: 8 }, ["7fe00010", "OB", Uint8Array.of(1, 2, 3, 4, 5, 6)]),
  pack: (bytes) => new Uint8Array(deflateRawSync(bytes)),
});

/** Decoded here, by the source; the platforms run the bundle. */
export async function platformFiles(): Promise<readonly PlatformFile[]> {
  const frames = await frameSeeds();
  const bytes: Record<string, Uint8Array> = {
    "gray.png": pngSeeds()[0],
    "low-interlaced.png": pngSeeds().at(-1) ?? new Uint8Array(),
    "colour.jpg": jpegSeeds()[1],
    "volume.nii": volume,
    "volume.nii.gz": new Uint8Array(gzipSync(volume)),
    "deflated.dcm": deflated,
    ...Object.fromEntries(Object.entries(frames).map(([syntax, [first]]) => [`${syntax}.dcm`, first])),
  };
  const read = Object.entries(bytes).map(async ([name, content]): Promise<PlatformFile> => {
    const image = await readImage(content);
    const sum = valuesOf(image).reduce((total, value) => total + value, 0);
    return { name, base64: Buffer.from(content).toString("base64"), shape: image.shape, sum };
  });
  return Promise.all(read);
}

/** A set to be divided: four images of 3x2. */
export const npzBase64 = () => Buffer.from(npzSeeds()[0]).toString("base64");

/** What a platform says of what it read; the same text everywhere. */
export interface PlatformAnswer {
  readonly name: string;
  readonly source: string;
  readonly shape: readonly number[];
  readonly sum: number;
}
