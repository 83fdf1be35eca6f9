import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { readImage } from "../../../src/io/read-image.ts";
import type { ImageOptions } from "../../../src/io/read-image.ts";
import type { Source } from "../../../src/io/source.ts";
import { niftiBytes } from "./nifti-bytes.ts";

const pixels = Uint8Array.from({ length: 12 }, (_, i) => i);
const png = encode({ width: 4, height: 3, data: pixels, depth: 8, channels: 1 }) as Uint8Array<ArrayBuffer>;
const gzipped = new Uint8Array(gzipSync(png));
const header = niftiBytes({ dimensions: [4, 3], datatype: 2, magic: "ni1\0", voxels: pixels });
const folder = mkdtempSync(join(tmpdir(), "voxgrad-sources-"));
const write = (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

async function refusal(source: Source, options?: ImageOptions): Promise<string> {
  const error = await readImage(source, options).catch((cause: unknown) => cause);
  if (error instanceof FormatError) return error.message;
  throw new Error("expected a FormatError", { cause: error });
}

const server = createServer((request, response) => {
  const bodies: Record<string, Uint8Array> = { "/a.png": png, "/b.hdr": header, "/b.img": pixels };
  const body = bodies[request.url ?? ""];
  response.writeHead(body ? 200 : 404).end(body);
});
let address = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe("readImage takes", () => {
  it.each<[string, () => Source]>([
    ["a path, whatever its name says", () => write("scan.dcm", png)],
    ["a path that looks like half of a pair", () => write("photo.img", png)],
    ["a path of a file packed with gzip", () => write("scan.png", gzipped)],
    ["a file URL", () => pathToFileURL(write("b.png", png))],
    ["a Blob", () => new Blob([png])],
    ["a File", () => new File([gzipped], "scan")],
    ["bytes", () => png],
    ["a view into bytes", () => new Uint8Array([0, ...png]).subarray(1)],
    ["an ArrayBuffer", () => new Uint8Array(png).buffer],
    ["an http URL", () => new URL(`${address}/a.png`)],
    ["an http URL as text", () => `${address}/a.png`],
    ["a blob URL", () => URL.createObjectURL(new Blob([png]))],
    ["a data URL", () => new URL(`data:image/png;base64,${Buffer.from(png).toString("base64")}`)],
  ])("%s", async (_, source) => {
    expect(await readImage(source())).toMatchObject({ format: "png", shape: [3, 4], pixels });
  });

  it.each(["b.hdr", "b.img", "c.hdr.gz", "c.img.gz", "d.HDR", "e.hdr"])("%s with its other half beside it", async (name) => {
    write("b.hdr", header);
    write("b.img", pixels);
    write("c.hdr.gz", gzipSync(header));
    write("c.img.gz", gzipSync(pixels));
    write("d.HDR", header);
    write("d.IMG", pixels);
    write("e.hdr", header);
    write("e.img.gz", gzipSync(pixels));
    expect(await readImage(join(folder, name))).toMatchObject({ shape: [3, 4], pixels });
  }); // prettier-ignore

  it("a pair by URL", async () => {
    expect(await readImage(new URL(`${address}/b.hdr`))).toMatchObject({ shape: [3, 4], pixels });
    expect(await readImage(`${address}/b.img`)).toMatchObject({ shape: [3, 4], pixels });
  });
});

describe("readImage refuses, by name,", () => {
  it.each<[string, () => Source, RegExp]>([
    ["a file that is not there", () => join(folder, "none.png"), /none\.png: expected a file to read, but there is none/],
    ["a folder", () => folder, /voxgrad-sources-\w+: expected a file to read, got a folder/],
    ["an empty file", () => new File([], "empty.png"), /^empty\.png: .*got an empty file$/],
    ["a text", () => new File(["hello, world"], "a.png"), /^a\.png: expected PNG .*, got 68 65 6c 6c 6f 2c 20 77 in a file of 12 bytes$/],
    ["a zip file", () => new File(["PK\x03\x04"], "a.npz"), /a zip file \(50 4b 03 04\); readNpz reads \.npz/],
    ["gzip twice over", () => new Uint8Array(gzipSync(gzipped)), /got 1f 8b 08/],
    ["a page that is not there", () => `${address}/none.png`, /http:.*none\.png: expected a file to fetch, but the server answered 404/],
    ["a server that is not there", () => "http://127.0.0.1:9/a.png", /expected a file to fetch, but/],
    ["a header without its voxels", () => write("alone.hdr", header), /expected .*alone\.img or .*alone\.img\.gz beside it, got neither/],
    ["voxels without their header", () => write("alone2.img", pixels), /expected .*alone2\.hdr or .* beside it, got neither/],
  ])("%s", async (_, source, message) => {
    expect(await refusal(source())).toMatch(message);
  }); // prettier-ignore

  it("a volume of what has none", async () => {
    await expect(readImage(png, { volume: 1 })).rejects.toThrow(/a NIfTI file to read volume 1 of, got png/);
  });

  it("what is no source, with a TypeError", async () => {
    await expect(readImage(7 as unknown as Source)).rejects.toThrow(TypeError);
  });

  it("more bytes than it may take, as a file and unpacked, before they are all there", async () => {
    expect(await refusal(png, { maximumBytes: 10 })).toMatch(/a file of at most 10 bytes, got \d+.*raise maximumBytes/);
    const bomb = gzipSync(niftiBytes({ dimensions: [1, 1], datatype: 2, voxels: new Uint8Array(1 << 25) }));
    const before = process.memoryUsage().arrayBuffers;
    expect(await refusal(new Uint8Array(bomb), { maximumBytes: 1 << 20 })).toMatch(/at most 1048576 bytes unpacked, got more/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
    await expect(readImage(png, { maximumBytes: NaN })).rejects.toThrow(RangeError);
  }); // prettier-ignore

  it("what unpacks to far more than its own NIfTI header says, alone or as the voxels of a pair, without unpacking it all", async () => {
    const zeros = new Uint8Array(1 << 26);
    const bomb = gzipSync(niftiBytes({ dimensions: [1, 1], datatype: 2, voxels: zeros }));
    expect(await refusal(bomb)).toMatch(/at most 167\d{5} bytes unpacked, got more than its header says$/);
    expect(await refusal(header, { pixels: new Uint8Array(gzipSync(zeros)) })).toMatch(/got more than its header says$/);
    const beside = gzipSync(niftiBytes({ dimensions: [1, 1], datatype: 2, voxels: new Uint8Array(1 << 20) }));
    expect((await readImage(new Uint8Array(beside))).pixels).toHaveLength(1);
  }); // prettier-ignore

  it("a NIfTI header that says more than it may take, before anything is unpacked", async () => {
    const claim = niftiBytes({ dimensions: [30000, 30000, 30000], datatype: 64, voxels: new Uint8Array(16) });
    expect(await refusal(new Uint8Array(gzipSync(claim)))).toMatch(
      /at most 4294967296 bytes of voxels, got a header of 30000x30000x30000 voxels of 8 bytes/,
    );
  });

  it("a bomb of zeros at its first bytes, without unpacking the rest", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(1 << 26)));
    const start = performance.now();
    expect(await refusal(bomb)).toMatch(/got 00 00 00 00/);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
