// The readers to be fuzzed: what valid inputs each has, and how a changed one is read.
import { gzipSync, deflateRawSync, deflateSync } from "node:zlib";
import { rgbOf } from "../../src/data/image-colours.ts";
import { valuesOf } from "../../src/data/image.ts";
import type { Image } from "../../src/data/image.ts";
import { readNpy } from "../../src/io/npy.ts";
import { readNpz } from "../../src/io/npz.ts";
import { readImage } from "../../src/io/read-image.ts";
import { readSeries } from "../../src/io/read-series.ts";
import { readSafetensors } from "../../src/io/safetensors.ts";
import { zipBytes } from "../io/zip-bytes.ts";
import type { Draws } from "./draws.ts";
import { exchangeTargets } from "./exchange-targets.ts";
import { folderTargets } from "./folder-targets.ts";
import { joined, mutated } from "./mutations.ts";
import { modelTarget } from "./model-target.ts";
import { declaredBytes } from "./run.ts";
import type { Target } from "./run.ts";
import { dicomSeeds, frameSeeds, jpegSeeds, niftiSeeds, npySeeds, npzSeeds, pngSeeds, safetensorsSeeds, seriesSeeds, sharedSeeds } from "./seeds.ts"; // prettier-ignore
import { crc32 } from "../io/images/png-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const limits = { maximumBytes: declaredBytes };

/** What was read must be what it says, and its values and colours come without an error. */
function check(image: Image): void {
  const count = image.shape.reduce((product, length) => product * length, 1);
  if (image.pixels.length !== count) throw new Error(`${image.pixels.length} pixels of ${image.shape.join("x")}`);
  if (image.pixels.byteLength > declaredBytes) throw new Error(`${image.pixels.byteLength} bytes of pixels`);
  if (count > 65536) return;
  valuesOf(image);
  rgbOf(image);
}

const readOne = async (bytes: Bytes) => check(await readImage(bytes, limits));

/** Changes one of the seeds and reads it; `repair` mends, half of the time, what a changed byte spoils (a checksum). */
function target(
  name: string,
  seeds: readonly Bytes[],
  read: (bytes: Bytes, draws: Draws) => unknown,
  repair: (bytes: Bytes) => Bytes = (bytes) => bytes,
): Target {
  return {
    name,
    async run(draws) {
      const bytes = mutated(draws.pick(seeds), seeds, draws);
      await read(draws.chance(0.5) ? repair(bytes) : bytes, draws);
    },
  };
}

/** Right checksums behind every chunk, as far as they can be made out. */
function withChecksums(bytes: Bytes): Bytes {
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) break;
    view.setUint32(at + 8 + length, crc32(bytes.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  return bytes;
}

/** The first zlib stream of a PNG with its own bytes changed, packed again. */
function pngOfLines(seed: Bytes, others: readonly Bytes[], draws: Draws): Bytes {
  const lines = new Uint8Array(200);
  const data = new Uint8Array(deflateSync(mutated(lines, others, draws)));
  const head = seed.slice(0, 33);
  const body = new Uint8Array(12 + data.length);
  new DataView(body.buffer).setUint32(0, data.length);
  body.set([0x49, 0x44, 0x41, 0x54], 4);
  body.set(data, 8);
  return withChecksums(joined(head, body, seed.subarray(seed.length - 12)));
}

export async function targets(): Promise<readonly Target[]> {
  const [nifti, pairs, dicom, png, npy] = [niftiSeeds(), niftiSeeds("ni"), dicomSeeds(), pngSeeds(), npySeeds()];
  const jpeg = jpegSeeds();
  const series = seriesSeeds();
  const shared = await sharedSeeds();
  const frames = await frameSeeds();
  const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 31) & 255);
  return [
    target("npy", npy, (bytes) => readNpy(bytes, "x.npy")),
    target("zip", npzSeeds(), (bytes) => readNpz(bytes, limits)),
    {
      name: "npz",
      async run(draws) {
        const entries = ["images", "labels", "masks", "groups"].slice(0, 1 + draws.below(4)).map((name) => ({
          name: `${name}.npy`,
          data: draws.chance(0.5) ? mutated(draws.pick(npy), npy, draws) : draws.pick(npy),
          deflate: draws.chance(0.5),
        }));
        await readNpz(zipBytes(entries), limits);
      },
    },
    target("png", png, readOne, withChecksums),
    { name: "png-lines", run: async (draws) => readOne(pngOfLines(draws.pick(png), png, draws)) },
    target("jpeg", jpeg, readOne),
    target("nifti", nifti, readOne),
    target("nifti-pair", pairs, async (bytes, draws) => check(await readImage(bytes, { ...limits, pixels: draws.chance(0.5) ? noise : noise.subarray(0, draws.below(200)) }))), // prettier-ignore
    target("gzip", nifti, (bytes) => readOne(new Uint8Array(gzipSync(bytes, { level: 1 })))),
    target("gzip-bytes", nifti.map((bytes) => new Uint8Array(gzipSync(bytes))), readOne), // prettier-ignore
    target("dicom", dicom, readOne),
    target("dicom-deflated", dicom.slice(0, 1), (bytes) => {
      const head = deflatedHead();
      return readOne(joined(head, new Uint8Array(deflateRawSync(bytes.subarray(Math.min(bytes.length, 160))))));
    }),
    ...Object.entries(frames).map(([syntax, seeds]) => target(`dicom-${syntax}`, seeds, readOne)),
    {
      name: "series",
      async run(draws) {
        const files = series.map((bytes) => (draws.chance(0.5) ? mutated(bytes, series, draws) : bytes));
        for (const image of await readSeries(files, { ...limits, uneven: draws.pick(["refuse", "keep"]) }))
          check(image);
      },
    },
    target("safetensors", safetensorsSeeds(), (bytes) => readSafetensors(bytes)),
    modelTarget,
    ...(await exchangeTargets()),
    ...(await folderTargets()),
    ...(shared.length > 0 ? [target("shared", shared, readOne)] : []),
  ];
}

/** The head of a deflated file: 128 zeros, "DICM" and the syntax. */
function deflatedHead(): Uint8Array {
  const uid = "1.2.840.10008.1.2.1.99";
  const head = new Uint8Array(132 + 8 + uid.length);
  head.set(new TextEncoder().encode("DICM"), 128);
  head.set([2, 0, 0x10, 0, 0x55, 0x49, uid.length, 0], 132);
  head.set(new TextEncoder().encode(uid), 140);
  return head;
}
