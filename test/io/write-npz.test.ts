import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import type { FileEntry } from "@zip.js/zip.js";
import { describe, expect, it } from "vitest";
import { writeNpz } from "../../src/io/write-npz.ts";

const entriesOf = async (bytes: Uint8Array) => {
  const entries = (await new ZipReader(new Uint8ArrayReader(bytes)).getEntries()) as FileEntry[];
  const parts = entries.map(async (entry) => [entry.filename, await entry.getData(new Uint8ArrayWriter())] as const);
  return new Map(await Promise.all(parts));
};

describe("writeNpz", () => {
  it("writes the bytes that numpy.save writes of each array, under its name", async () => {
    const data = new Float32Array([0, 0.5, 1, 1.5, 2, 2.5, 7]).subarray(0, 6);
    const entries = await entriesOf(await writeNpz({ probabilities: { shape: [2, 3], data } }));
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + "\n";
    const want = Buffer.concat([Buffer.from("934e554d505901007600", "hex"), Buffer.from(header), Buffer.from(data.slice().buffer)]); // prettier-ignore
    expect([...entries.keys()]).toEqual(["probabilities.npy"]);
    expect(Buffer.from(entries.get("probabilities.npy") ?? []).equals(want)).toBe(true);
  });

  it.each([
    ["|u1", new Uint8Array(6)],
    ["<i4", new Int32Array(6)],
    ["<f4", new Float32Array(6)],
    ["<f8", new Float64Array(6)],
  ])("names the type %s, and begins the data on a multiple of 64 bytes whatever the shape", async (kind, data) => {
    const shapes = { a: [6], b: [1, 6], c: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3] };
    const arrays = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, data }]));
    const entries = await entriesOf(await writeNpz(arrays));
    for (const [name, shape] of Object.entries(shapes)) {
      const bytes = Buffer.from(entries.get(`${name}.npy`) ?? []);
      const start = 10 + bytes.readUInt16LE(8);
      expect(start % 64).toBe(0);
      expect(bytes.length - start).toBe(data.byteLength);
      const tuple = shape.length === 1 ? "(6,)" : `(${shape.join(", ")})`;
      expect(bytes.subarray(10, start).toString().trimEnd()).toBe(
        `{'descr': '${kind}', 'fortran_order': False, 'shape': ${tuple}, }`,
      );
    }
  });

  it("gives the same bytes for the same arrays at another time", async () => {
    const arrays = { a: { shape: [3], data: new Uint8Array([1, 2, 3]) } };
    const first = await writeNpz(arrays);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // zip counts in steps of two seconds
    expect(await writeNpz(arrays)).toEqual(first);
  });

  it("refuses a shape that does not fit the data", async () => {
    await expect(writeNpz({ a: { shape: [2, 2], data: new Uint8Array(3) } })).rejects.toThrow(
      'writeNpz "a": expected 4 values for 2x2, got 3',
    );
  });
});
