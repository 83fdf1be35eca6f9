import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browsers } from "./browser.ts";
import { runtimes } from "./runtimes.ts";
import { npzBase64, platformFiles } from "./files.ts";
import type { PlatformAnswer, PlatformFile } from "./files.ts";

const build = pathToFileURL(resolve("build") + "/").href;
const isBuilt = existsSync("build/io.js");
let files: readonly PlatformFile[] = [];
let folder = "";

beforeAll(async () => {
  files = await platformFiles();
  folder = await mkdtemp(join(tmpdir(), "voxgrad-platform-"));
  for (const { name, base64 } of files) await writeFile(join(folder, name), Buffer.from(base64, "base64"));
  for (const name of ["a", "b"]) {
    await mkdir(join(folder, "classes", name), { recursive: true });
    await writeFile(join(folder, "classes", name, "1"), Buffer.from(files[0].base64, "base64"));
  }
  await writeFile(join(folder, "set.npz"), Buffer.from(npzBase64(), "base64"));
  await writeFile(join(folder, "files.json"), JSON.stringify({ images: files.map(({ name }) => name), npz: "set.npz", classes: "classes" })); // prettier-ignore
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function expectAll(answers: readonly PlatformAnswer[], sources: readonly string[]): void {
  for (const { name, shape, sum } of files)
    for (const source of sources)
      expect(answers.find((answer) => answer.name === name && answer.source === source)).toEqual({ name, source, shape, sum }); // prettier-ignore
}

describe.each(runtimes)("the bundle of voxgrad/io in %s", (name, program, flags) => {
  const why = isBuilt ? `${name} is not here` : "npm run build comes first";
  it.skipIf(!isBuilt || program === null)(`reads every format by path, file URL, bytes and Blob, and a folder (skipped where ${why})`, () => {
    const script = resolve("test/platform/reading.mjs");
    const { status, stdout, stderr } = spawnSync(program ?? "", [...flags, script, build, folder], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const said = JSON.parse(stdout) as { answers: PlatformAnswer[]; npz: unknown; folder: unknown };
    expectAll(said.answers, ["path", "url", "bytes", "blob"]);
    expect(said.npz).toEqual({ length: 4, shape: [3, 2] });
    expect(said.folder).toEqual({ length: 2, classes: ["a", "b"] });
  }); // prettier-ignore
});

describe.each(browsers)("the bundle of voxgrad/io in %s", (_, isHere, begin) => {
  it.skipIf(!isBuilt || !isHere)("reads every format from File, Blob, ArrayBuffer and URL, each codec loaded when it is met (skipped where the browser or the build is absent)", async () => {
    const served: string[] = [];
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      served.push(path);
      const file = /^\/(build|test)\//.test(path) ? resolve(`.${path}`) : join(folder, path);
      const type = /\.m?js$/.test(path) ? "text/javascript" : path === "/" ? "text/html" : "application/octet-stream";
      if (path === "/") return void response.setHeader("content-type", type).end('<!doctype html><title>voxgrad</title><script type="module" src="/test/platform/reading-page.mjs"></script>');
      readFile(file).then((bytes) => response.setHeader("content-type", type).end(bytes), () => response.writeHead(404).end());
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const browser = await begin();
    try {
      const page = await browser.open(address);
      while (!(await page.evaluate<boolean>("globalThis.page !== undefined"))) await new Promise((done) => setTimeout(done, 20));
      const codecs = () => served.filter((path) => /chunks\/(htj2k|jpeg|png|dicom|nifti|pako)/.test(path));
      expect(codecs()).toEqual([]);
      const answers = await page.evaluate<PlatformAnswer[]>(`page.readAll(${JSON.stringify(files.map(({ name }) => name))})`);
      expectAll(answers, ["buffer", "blob", "file", "url", "object-url"]);
      expect(answers).toContainEqual({ name: "set.npz", source: "file", shape: [4, 3, 2], sum: 0 });
      const refusals = answers.filter(({ name }) => name === "path").map(({ source }) => source);
      expect(refusals[0]).toMatch(/^TypeError: scan\.png: expected a File, a Blob or bytes, got a path/);
      expect(refusals[1]).toMatch(/^TypeError: scans: expected Node, Deno or Bun to read a folder/);
      expect(codecs().length).toBeGreaterThanOrEqual(8);
      // Nothing from elsewhere, and no module of Node's.
      const asked = await page.evaluate<string[]>('performance.getEntriesByType("resource").map(({ name }) => name)');
      expect(asked.length).toBeGreaterThan(codecs().length);
      expect(asked.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(address))).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  }); // prettier-ignore
});
