import { existsSync } from "node:fs";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import type { Source } from "../../src/io/source.ts";
import { readZip } from "../../src/io/zip.ts";
import type { ZipOptions } from "../../src/io/zip.ts";
import { zipBytes } from "./zip-bytes.ts";
import type { ZipEntry } from "./zip-bytes.ts";

const data = Uint8Array.from({ length: 300 }, (_, i) => i % 7);
const other = Uint8Array.from({ length: 50 }, (_, i) => 255 - i);

async function entriesOf(source: Source, options: ZipOptions = {}): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  await readZip(
    source,
    (name) => !name.startsWith("."),
    (name, bytes) => (found[name] = Array.from(bytes)),
    options,
  );
  return found;
}

/** The message of the FormatError; anything else that comes of it is a failure. */
async function refusal(source: Source, options: ZipOptions = {}): Promise<string> {
  try {
    await entriesOf(source, options);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error("expected a FormatError, got none");
}

const lying = (claims: ZipEntry["claims"], deflate = false) => zipBytes([{ name: "a", data, deflate, claims }]);

describe("readZip", () => {
  it("gives the bytes of stored and deflated entries, with sizes in 32 or 64 bits, in their order", async () => {
    for (const zip64 of [false, true]) {
      const bytes = zipBytes([
        { name: "b", data, zip64 },
        { name: "a", data: other, deflate: true, zip64 },
        { name: "empty", data: new Uint8Array(0), zip64 },
      ]);
      const found = await entriesOf(bytes);
      expect(Object.entries(found)).toEqual([["b", Array.from(data)], ["a", Array.from(other)], ["empty", []]]); // prettier-ignore
    }
  });

  it("reads bytes, a part of a buffer, an ArrayBuffer, a Blob, a File, a path and a file URL alike", async () => {
    const bytes = zipBytes([{ name: "a", data, deflate: true }]);
    const folder = await mkdtemp(join(tmpdir(), "voxgrad-zip-"));
    try {
      const path = join(folder, "a.npz");
      await writeFile(path, bytes);
      const shifted = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("behind")]);
      const part = shifted.subarray(6, 6 + bytes.length);
      const sources = [
        bytes,
        part,
        bytes.buffer,
        new Blob([bytes]),
        new File([bytes], "a.npz"),
        path,
        pathToFileURL(path),
      ];
      for (const source of sources) expect(await entriesOf(source)).toEqual({ a: Array.from(data) });
      await writeFile(join(folder, "a.txt"), "");
      await refusal(join(folder, "a.txt"));
      const open = existsSync("/proc/self/fd")
        ? (await readdir("/proc/self/fd")).map((fd) => `/proc/self/fd/${fd}`)
        : [];
      const names = await Promise.all(open.map((link) => readlink(link).catch(() => "")));
      expect(names.filter((name) => name.includes(folder))).toEqual([]); // no file is left open
      expect(await refusal(join(folder, "b.npz"))).toMatch(/b\.npz: expected a file to read, but there is none$/);
      expect(await refusal(folder)).toMatch(/: expected a file to read, got a folder$/);
      await writeFile(path, bytes.subarray(0, 100));
      expect(await refusal(path)).toMatch(/a\.npz: expected a zip file \(\.npz\), but /);
      expect(await refusal(new File([new Uint8Array(100)], "b.npz"))).toMatch(/^b\.npz: expected a zip file/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("refuses what is no source by its kind", async () => {
    const wrong = [undefined, null, 7, { bytes: [] }, new Float32Array(4)];
    for (const source of wrong) await expect(entriesOf(source as unknown as Source)).rejects.toThrow(TypeError);
    await expect(entriesOf({} as Source)).rejects.toThrow(/expected a path, a file URL, a Blob.*, got Object/);
  });

  it("does not unpack entries that nobody wants, whatever they claim", async () => {
    const bytes = zipBytes([
      { name: ".bomb", data: new Uint8Array(3), claims: { size: 4e9, packed: 2.5e9, crc32: 5 } },
      { name: "a", data: other },
    ]);
    expect(await entriesOf(bytes, { maximumBytes: 50 })).toEqual({ a: Array.from(other) });
  });

  it("refuses entries that unpack to more than maximumBytes together, and reads them when it is raised", async () => {
    const bytes = zipBytes([{ name: "a", data, deflate: true }, { name: "b", data: other }]); // prettier-ignore
    expect(await refusal(bytes, { maximumBytes: 349 })).toBe(
      "bytes: expected arrays of at most 349 bytes, got 350. If that is right, raise maximumBytes (--maximum-bytes).",
    );
    expect(Object.keys(await entriesOf(bytes, { maximumBytes: 350 }))).toEqual(["a", "b"]);
    await expect(entriesOf(bytes, { maximumBytes: NaN })).rejects.toThrow(RangeError);
  });

  it("refuses 5 GB that 6 MB of deflate could hold: the limit is 4 GiB unless raised", async () => {
    const bytes = zipBytes([{ name: "a", data: new Uint8Array(6e6), claims: { method: 8, size: 4294967290 } }, { name: "b", data: other }]); // prettier-ignore
    expect(await refusal(bytes)).toMatch(/expected arrays of at most 4294967296 bytes, got 4294967340\. If/);
  });

  it.each([
    ["a size that its packed bytes cannot hold", lying({ size: 4e9 }, true), /expected a size that \d+ packed bytes can hold, got 4000000000 bytes/],
    ["more packed bytes than the file has", lying({ packed: 4e6, size: 4e9 }, true), /expected packed bytes within the file's \d+, got 4000000 up to here/],
    ["a stored size that is not that of its bytes", lying({ size: 299 }), /expected 300 bytes as stored, got a size of 299/],
    ["a size that is too small", lying({ size: 299 }, true), /entry "a": expected 299 bytes/],
    ["a size that is too large", lying({ size: 301 }, true), /entry "a": expected 301 bytes/],
    ["fewer packed bytes than there are", lying({ packed: 9 }, true), /entry "a": expected 300 bytes/],
    ["another CRC-32", lying({ crc32: 1 }), /entry "a": expected 300 bytes, but .*CRC/i],
    ["another CRC-32 of packed bytes", lying({ crc32: 1 }, true), /entry "a": expected 300 bytes, but .*CRC/i],
    ["encryption", lying({ flags: 1 }), /expected an entry that is open to read, got an encrypted one\. Save it without/],
    ["a packing that is not read", lying({ method: 14 }), /expected a stored or deflated entry, got packing method 14/],
    ["deflated bytes that are none", lying({ method: 8 }), /entry "a": expected 300 bytes/],
    ["an offset at which no entry is", lying({ offset: 5 }), /entry "a": expected 300 bytes/],
    ["an offset behind the file", lying({ offset: 5000 }), /entry "a": expected 300 bytes/],
    ["another name in its own header", lying({ localName: "b" }), /entry "a": expected 300 bytes/],
    ["another size in its own header", lying({ localSize: 200 }), /entry "a": expected 300 bytes/],
  ])("refuses an entry that claims %s", async (_, bytes, message) => {
    expect(await refusal(bytes)).toMatch(message);
  }); // prettier-ignore

  it("refuses an entry twice, and two entries over the same bytes", async () => {
    expect(await refusal(zipBytes([{ name: "a", data }, { name: "a", data: other }]))).toBe(
      'bytes: expected each entry once, got "a" twice',
    ); // prettier-ignore
    const shared = zipBytes([{ name: "a", data }, { name: "a ", data, claims: { offset: 0 } }]); // prettier-ignore
    expect(await refusal(shared)).toMatch(/entry "a ": expected 300 bytes/);
    const inside = zipBytes([{ name: "a", data }]);
    const outer = zipBytes([{ name: "b", data: inside }, { name: "a", data, claims: { offset: 31 } }]); // prettier-ignore
    expect(await refusal(outer)).toMatch(/entry "a": expected 300 bytes, but .*[Oo]verlapping/);
  });

  it("refuses entries that have more packed bytes together than the file, before any is unpacked", async () => {
    const claims = { packed: 400, size: 4000 };
    const entries = ["a", "b"].map((name) => ({ name, data: new Uint8Array(4000), deflate: true, claims }));
    const filled = [...entries, { name: ".filler", data: new Uint8Array(300) }];
    expect(await refusal(zipBytes(filled))).toMatch(
      /entry "b": expected packed bytes within the file's \d+, got 800 up to/,
    );
  });

  it("refuses a bomb whose entries share one kernel of packed bytes, before it unpacks to 100 MB", async () => {
    const kernel = new Uint8Array(1e6);
    const entries = Array.from({ length: 100 }, (_, i) => ({
      name: `a${i}`,
      data: i === 0 ? kernel : new Uint8Array(0),
      deflate: i === 0,
      claims: i === 0 ? {} : { offset: 0, method: 8, size: 1e6, packed: 1000 },
    }));
    expect(await refusal(zipBytes(entries))).toMatch(/expected/);
  });

  it("says of a file that is no zip file what it is not", async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(21), new Uint8Array(5000).fill(7)])
      expect(await refusal(bytes)).toMatch(/^bytes: expected a zip file \(\.npz\), but /);
  });
});
