import { describe, expect, it } from "vitest";
import { codecOf } from "../../src/exchange/protobuf.ts";
import { tensorboardEvents } from "../../src/exchange/tensorboard.ts";
import type { Epoch } from "../../src/train/progress.ts";
import { start, finish } from "../train/toy.ts";

/** CRC-32C bit by bit: polynomial 0x1EDC6F41, reflected. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const masked = (bytes: Uint8Array) => {
  const crc = crc32c(bytes);
  return Number(((BigInt((crc >>> 15) | (crc << 17)) & 0xffffffffn) + 0xa282ead8n) & 0xffffffffn);
};

interface Event {
  wallTime: number;
  step: bigint;
  fileVersion: string;
  summary?: { value: { tag: string; simpleValue: number }[] };
}

const decoder = codecOf<Event>(
  {
    Event: { wall_time: [1, "double"], step: [2, "int64"], file_version: [3, "string"], summary: [5, "Summary"] },
    Summary: { value: [1, "Value", "many"] },
    Value: { tag: [1, "string"], simple_value: [2, "float"] },
  },
  "Event",
);

/** The records, with both checksums checked. */
function recordsOf(bytes: Uint8Array): Event[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: Event[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(data));
    events.push(decoder.decode(data, "event"));
    at += 16 + length;
  }
  expect(at).toBe(bytes.length);
  return events;
}

async function trained(): Promise<Epoch[]> {
  const fit = await start({ epochs: 3 });
  const history = await finish(fit);
  fit.free();
  return history;
}

describe("tensorboardEvents", () => {
  it("is checked by the checksum of RFC 3720's example: 32 bytes of zeros give 8a9136aa", () => {
    expect(crc32c(new Uint8Array(32)).toString(16)).toBe("8a9136aa");
  });

  it("writes the version, then each epoch's figures to float32, in records whose checksums are right", async () => {
    const history = await trained();
    const [first, ...events] = recordsOf(await tensorboardEvents(history, { startedAt: 1000 }));
    expect([first.fileVersion, first.wallTime]).toEqual(["brain.Event:2", 1000]);
    expect(events.map(({ step }) => Number(step))).toEqual([1, 2, 3]);
    events.forEach(({ summary, wallTime }, i) => {
      const { validation, learningRate, loss, accuracy } = history[i];
      const values = Object.fromEntries(summary?.value.map(({ tag, simpleValue }) => [tag, simpleValue]) ?? []);
      expect(values).toMatchObject({
        "train/loss": Math.fround(loss),
        "train/accuracy": Math.fround(accuracy),
        "validation/loss": Math.fround(validation.loss),
        "validation/rocAuc": Math.fround(validation.rocAuc ?? NaN),
        learningRate: Math.fround(learningRate),
        penalty: 0,
      });
      // Masks' own figure is undefined here, and what is 0 is written all the same.
      expect(Object.keys(values)).toHaveLength(12);
      expect(wallTime).toBeCloseTo(1000 + history.slice(0, i + 1).reduce((sum, { seconds }) => sum + seconds, 0), 9);
    });
  });

  it("gives the same bytes for the same history, one record without epochs, and refuses a time that is none", async () => {
    const history = await trained();
    expect(Buffer.from(await tensorboardEvents(history)).equals(Buffer.from(await tensorboardEvents(history)))).toBe(true);
    expect(recordsOf(await tensorboardEvents([]))).toHaveLength(1);
    await expect(tensorboardEvents([], { startedAt: NaN })).rejects.toThrow(RangeError);
  }); // prettier-ignore
});
