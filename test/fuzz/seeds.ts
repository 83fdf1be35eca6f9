// Valid files of every format, small, from which fuzzing starts; the larger ones beside the clone, where they are there.
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";
import { encode } from "fast-png";
import { writeSafetensors } from "../../src/io/safetensors.ts";
import { dicom as slice } from "../io/folder/slices.ts";
import { dicomBytes, explicitBig, explicitLittle, imageAttributes, implicitLittle } from "../io/images/dicom-bytes.ts";
import type { Attribute, ImageFields } from "../io/images/dicom-bytes.ts";
import { encodeFrame } from "../io/images/encoders.ts";
import type { EncoderName } from "../io/images/encoders.ts";
import { niftiBytes } from "../io/images/nifti-bytes.ts";
import { pngBytes } from "../io/images/png-bytes.ts";
import { npyBytes } from "../io/npy-bytes.ts";
import { zipBytes } from "../io/zip-bytes.ts";
import { baselineColour, baselineGray, extended12, lossless12, lossless8, progressive } from "./small-streams.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37) & 255);
const count = (length: number) => Array.from({ length }, (_, i) => i % 100);
const own = (bytes: Uint8Array) => Uint8Array.from(bytes);

export function npySeeds(): Bytes[] {
  return [
    npyBytes({ descr: "|u1", shape: [4, 3, 2], values: count(24) }),
    npyBytes({ descr: "<f4", shape: [4, 3], values: count(12) }),
    npyBytes({ descr: ">i8", shape: [4], values: count(4).map(BigInt) }),
    npyBytes({ descr: "<f2", shape: [4, 2, 2], values: count(16), fortran: true }),
    npyBytes({ descr: "<U3", shape: [4], values: ["a", "b", "cd", "é"], version: 3 }),
    npyBytes({ descr: "|b1", shape: [4, 1], values: [1, 0, 1, 0], version: 2 }),
  ];
}

/** A set to be divided, and three sets with masks. */
export function npzSeeds(): Bytes[] {
  const images = npyBytes({ descr: "|u1", shape: [4, 3, 2], values: count(24) });
  const labels = npyBytes({ descr: "<i8", shape: [4, 1], values: [0, 1, 0, 1].map(BigInt) });
  const groups = npyBytes({ descr: "<U1", shape: [4], values: ["a", "b", "c", "d"] });
  const masks = npyBytes({ descr: "|u1", shape: [4, 3, 2], values: count(24).map((value) => value & 1) });
  return [
    zipBytes([{ name: "images.npy", data: images, deflate: true }, { name: "labels.npy", data: labels, zip64: true }, { name: "groups.npy", data: groups }]),
    zipBytes(["train", "val", "test"].flatMap((set) => [{ name: `${set}_images.npy`, data: images }, { name: `${set}_masks.npy`, data: masks, deflate: true }])),
  ]; // prettier-ignore
}

export function pngSeeds(): Bytes[] {
  const plain = ([1, 2, 3, 4] as const).flatMap((channels) => [
    own(encode({ width: 5, height: 4, data: ramp(20 * channels), channels, depth: 8 })),
    own(encode({ width: 5, height: 4, data: Uint16Array.from(ramp(20 * channels)), channels, depth: 16 })),
  ]);
  const size = { width: 9, height: 3 };
  const low = [1, 2, 4].flatMap((depth) => {
    const lines = new Uint8Array(3 * (1 + Math.ceil((9 * depth) / 8)));
    return [pngBytes({ ...size, depth, colourType: 0, lines }), pngBytes({ ...size, depth, colourType: 3, lines, palette: count(6) })]; // prettier-ignore
  });
  return [
    ...plain,
    ...low,
    pngBytes({ width: 4, height: 4, depth: 8, colourType: 0, interlace: 1, lines: new Uint8Array(23) }),
    pngBytes({ width: 4, height: 4, depth: 2, colourType: 0, interlace: 1, lines: new Uint8Array(14) }),
  ];
}

export const jpegSeeds = (): Bytes[] => [baselineGray, baselineColour, progressive];

/** @param magic begins with "ni" for headers of pairs. */
export function niftiSeeds(magic = "n+"): Bytes[] {
  const types = [[2, 1], [4, 2], [8, 4], [16, 4], [64, 8], [128, 3], [512, 2], [1024, 8]] as const; // prettier-ignore
  return types.flatMap(([datatype, width], i) => {
    const version = i % 2 === 0 ? 1 : 2;
    return [true, false].map((isLittle) =>
      niftiBytes({
        version, isLittle, datatype, dimensions: [3, 2, 2], magic: `${magic}${version}\0`, voxels: ramp(12 * width), slope: 2, intercept: -1,
        qform: { code: 1, bcd: [0.5, 0.5, 0.5], shift: [1, 2, 3] }, sform: { code: i % 3, rows: [1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1] },
        extension: i % 2 && isLittle ? Uint8Array.of(1, 0, 0, 0, 16, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8) : new Uint8Array(4),
      })); // prettier-ignore
  });
}

const geometry: readonly Attribute[] = [
  ["00280030", "DS", "0.5\\0.75"],
  ["00200032", "DS", "1\\2\\3"],
  ["00200037", "DS", "1\\0\\0\\0\\1\\0"],
  ["00281052", "DS", "-1024"],
  ["00281053", "DS", "2"],
  ["00281050", "DS", "40\\60"],
  ["00281051", "DS", "400\\600"],
];
const groups: readonly Attribute[] = [0, 1].map((frame) => ["52009230", "SQ", [0, 1].map((own): readonly Attribute[] => [
  ["00209113", "SQ", [[["00200032", "DS", `0\\0\\${own + frame}`]]]],
  ["00289145", "SQ", [[["00281052", "DS", "1"], ["00281053", "DS", String(own + 1)]]]],
])]); // prettier-ignore
const table: readonly Attribute[] = ["1", "2", "3"].flatMap((colour): Attribute[] => [
  [`0028110${colour}`, "US", [16, 0, 16]],
  [`0028120${colour}`, "OW", ramp(32)],
]);

export function dicomSeeds(): Bytes[] {
  const native = (fields: Partial<ImageFields>, length: number, syntax = explicitLittle, vr: "OB" | "OW" = "OW") =>
    dicomBytes({ syntax, attributes: imageAttributes({ width: 6, height: 5, ...fields }, ["7fe00010", vr, ramp(length)]), pack: packFor(syntax) }); // prettier-ignore
  return [
    native({ more: geometry, signed: true, stored: 12 }, 60),
    native({ more: geometry }, 60, implicitLittle),
    native({ more: geometry }, 60, explicitBig),
    native({ frames: 2, more: [...geometry, groups[0]] }, 120),
    native({ frames: 2, more: [...geometry, groups[1], ["52009229", "SQ", [[["00289110", "SQ", [[["00280030", "DS", "1\\1"]]]]]]]] }, 120), // prettier-ignore
    native({ bits: 8, colours: 3, planar: true }, 90, explicitLittle, "OB"),
    native({ bits: 8, colours: 3, photometric: "YBR_FULL_422" }, 60, explicitLittle, "OB"),
    native({ bits: 8, photometric: "PALETTE COLOR", more: table }, 30, explicitLittle, "OB"),
    native({ bits: 1 }, 4, explicitLittle, "OB"),
    native({ bits: 32 }, 120),
    native(
      {
        more: [
          [
            "00283000",
            "SQ",
            [
              [
                ["00283002", "US", [4, 0, 16]],
                ["00283006", "OW", ramp(8)],
              ],
            ],
          ],
        ],
      },
      60,
    ),
    native({ more: geometry }, 60, deflated),
  ];
}

const deflated = "1.2.840.10008.1.2.1.99";
const packFor = (syntax: string) => (bytes: Uint8Array) => syntax === deflated ? new Uint8Array(deflateRawSync(bytes)) : bytes; // prettier-ignore

/** Files of packed frames by how they are packed. */
export async function frameSeeds(): Promise<Record<string, Bytes[]>> {
  const file = (syntax: string, frames: readonly Uint8Array[], fields: Partial<ImageFields>, offsets?: readonly number[]) =>
    dicomBytes({ syntax: `1.2.840.10008.1.2.${syntax}`, attributes: imageAttributes({ width: 12, height: 9, ...fields }, ["7fe00010", "fragments", frames, offsets]) }); // prettier-ignore
  const shape = (bits: number, colours = 1, isSigned = false) => ({ width: 12, height: 9, bitsPerSample: bits, componentCount: colours, isSigned }); // prettier-ignore
  const packed = async (name: EncoderName, syntax: string) => {
    const [gray, wide, colour] = [await encodeFrame(name, shape(8), ramp(108)), await encodeFrame(name, shape(16), ramp(216)), await encodeFrame(name, shape(8, 3), ramp(324), (encoder) => encoder.setInterleaveMode?.(2))]; // prettier-ignore
    return [
      file(syntax, [gray], { bits: 8 }),
      file(syntax, [wide], { bits: 16 }),
      file(syntax, [colour], { bits: 8, colours: 3 }),
      file(syntax, [gray, gray], { bits: 8, frames: 2 }, [0, 8 + gray.length]),
      file(syntax, [gray.subarray(0, 40), gray.subarray(40)], { bits: 8 }),
    ];
  };
  const pil = { width: 17, height: 11 };
  return {
    rle: [file("5", [rle(1)], { bits: 8 }), file("5", [rle(2)], { bits: 16 }), file("5", [rle(3)], { bits: 8, colours: 3 }), file("5", [rle(1), rle(1)], { bits: 8, frames: 2 })], // prettier-ignore
    jpeg: [file("4.50", [baselineGray], { ...pil, bits: 8 }), file("4.50", [baselineColour], { ...pil, bits: 8, colours: 3, photometric: "YBR_FULL_422" }), file("4.50", [baselineGray, baselineGray], { ...pil, bits: 8, frames: 2 })], // prettier-ignore
    "jpeg-12bit": [file("4.51", [extended12], { bits: 16, stored: 12 })],
    "jpeg-lossless": [file("4.70", [lossless8], { bits: 8 }), file("4.70", [lossless12], { bits: 16, stored: 12 })],
    "jpeg-ls": await packed("jpeg-ls", "4.80"),
    "jpeg-2000": await packed("jpeg-2000", "4.90"),
    htj2k: await packed("htj2k", "4.201"),
  };
}

/** Planes of 108 bytes, each as one run that is copied. */
function rle(planes: number): Uint8Array {
  const plane = Uint8Array.from([107, ...ramp(108), 128]);
  const bytes = new Uint8Array(64 + planes * plane.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, planes, true);
  for (let i = 0; i < planes; i++) {
    view.setUint32(4 + 4 * i, 64 + i * plane.length, true);
    bytes.set(plane, 64 + i * plane.length);
  }
  return bytes;
}

export const seriesSeeds = (): Bytes[] => [0, 1, 2].map((z) => own(slice(z, 2 * z)));

export function safetensorsSeeds(): Bytes[] {
  const tensor = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((all, length) => all * length, 1)) }); // prettier-ignore
  return [
    writeSafetensors(new Map([["0.weight", tensor(2, 3)], ["0.bias", tensor(2)]]), { format: "pt", note: "\u00e9" }),
    writeSafetensors(new Map([["a", tensor()], ["b", tensor(0, 4)]])),
  ]; // prettier-ignore
}

/** The small ones of the files beside the clone. */
export async function sharedSeeds(): Promise<Bytes[]> {
  const folder = new URL("../../../shared/data/io/", import.meta.url);
  const root = existsSync(folder) ? folder : new URL("../shared/data/io/", `file://${process.cwd()}/`);
  if (!existsSync(root)) return [];
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && !/json$/.test(entry.name)); // prettier-ignore
  const all = await Promise.all(files.map(({ parentPath, name }) => readFile(`${parentPath}/${name}`)));
  return all.filter(({ length }) => length < 600000).map(own);
}
