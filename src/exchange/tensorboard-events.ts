// The history of a training as TensorBoard's events: protobuf messages in TensorFlow's records, each with two checksums.
import crc32c from "crc-32/crc32c.js";
import type { Epoch } from "../train/progress.ts";
import type { SetFigures } from "../train/figures.ts";
import { codecOf } from "./protobuf.ts";
import type { Tables } from "./protobuf.ts";

/** As event.proto and summary.proto of TensorFlow have them. */
const tables: Tables = {
  Event: { wall_time: [1, "double"], step: [2, "int64"], file_version: [3, "string"], summary: [5, "Summary"] },
  Summary: { value: [1, "Value", "many"] },
  Value: { tag: [1, "string"], simple_value: [2, "float"] },
};

interface Event {
  readonly wallTime: number;
  readonly step?: bigint;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] };
}

const figures = ["totalError", "loss", "absoluteError", "accuracy", "rocAuc", "dice"] as const;

export function eventBytes(history: readonly Epoch[], startedAt: number): Uint8Array<ArrayBuffer> {
  const { encode } = codecOf<Event>(tables, "Event");
  const records = [record(encode({ wallTime: startedAt, fileVersion: "brain.Event:2" }))];
  let wallTime = startedAt;
  for (const epoch of history) {
    wallTime += epoch.seconds;
    const value = [
      ...scalarsOf("train", epoch),
      ...scalarsOf("validation", epoch.validation),
      { tag: "learningRate", simpleValue: epoch.learningRate },
      { tag: "penalty", simpleValue: epoch.penalty },
    ].filter((one): one is { tag: string; simpleValue: number } => one.simpleValue !== null);
    records.push(record(encode({ wallTime, step: BigInt(epoch.epoch), summary: { value } })));
  }
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of records) {
    bytes.set(one, at);
    at += one.length;
  }
  return bytes;
}

const scalarsOf = (set: string, of: SetFigures) =>
  figures.map((name) => ({ tag: `${set}/${name}`, simpleValue: of[name] }));

/** Length (uint64), its checksum, the data, its checksum; little-endian (TensorFlow's TFRecord). */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + data.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return bytes;
}

/** CRC-32C, turned by 15 bits and shifted, so that checksums of checksums stay apart (TensorFlow's crc32c::Mask). */
function masked(bytes: Uint8Array): number {
  const sum = crc32c.buf(bytes) >>> 0;
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
