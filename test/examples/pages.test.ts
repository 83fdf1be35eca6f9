import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, createServer } from "vite";
import { adam, dense, dropout, network, phantoms, relu, study } from "../../src/index.ts";
import { root } from "../docs/blocks.ts";
import { hasBrowser, headersOf, openBrowser, serve } from "../platform/page.ts";

let browser: Browser;
beforeAll(async () => {
  if (hasBrowser) browser = await openBrowser();
});
afterAll(() => browser?.close());

/** A page, what it complained of, and how its canvas looked whenever its status changed. */
async function visit(address: string) {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    const { url } = message.location();
    if (message.type() === "error" && !url.endsWith("/favicon.ico")) complaints.push(`${message.text()} ${url}`);
  });
  await page.goto(address);
  await page.evaluate(() => {
    const [canvas, status] = ["curve", "status"].map((id) => document.getElementById(id));
    const looks = new Set<string>();
    Object.assign(globalThis, { looks });
    new MutationObserver(() => looks.add((canvas as HTMLCanvasElement).toDataURL())).observe(status as HTMLElement, { childList: true }); // prettier-ignore
  });
  return { page, complaints };
}

const looksOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { looks: Set<string> }).looks.size);
const statusOf = async (page: Page) => (await page.textContent("#status")) ?? "";

/** Resolves when the page's status is as wanted. @throws Error when it ends otherwise. */
async function until(page: Page, wanted: RegExp): Promise<string> {
  for (;;) {
    const status = await statusOf(page);
    if (wanted.test(status)) return status;
    if (/tested|Ended|Error/.test(status)) throw new Error(`expected ${String(wanted)}, got "${status}"`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Clicks once, when the page's status first begins with a text. */
async function clickAt(page: Page, text: string, button: string): Promise<void> {
  const at = { text, button };
  await page.evaluate((given) => {
    const status = document.getElementById("status") as HTMLElement;
    const observer = new MutationObserver(() => {
      if (!status.textContent.startsWith(given.text)) return;
      observer.disconnect();
      document.getElementById(given.button)?.click();
    });
    observer.observe(status, { childList: true });
  }, at);
}

/** What a page trains, here. */
async function weightsHere(count: number, epochs: number): Promise<string> {
  const run = study({ data: phantoms({ count, seed: 7 }), seed: 7 });
  const layers = [dense(64), relu(), dropout(0.3), dense(2)];
  const training = run.train({ network: network(layers), optimizer: adam({ learningRate: 1e-3 }), epochs });
  for (;;) {
    const { done, value } = await training.next();
    if (done) return value.weightsSha256;
  }
}

const isBuilt = existsSync("build/index.js");

describe.skipIf(!isBuilt || !hasBrowser)("examples/page (skipped where Chromium or the build is absent)", () => {
  it("trains under a strict policy to the bits of Node, draws each epoch, and shows the test", async () => {
    const served = await serve(root, headersOf(false));
    const { page, complaints } = await visit(`${served.address}examples/page/`);
    await page.click("#train");
    const status = await until(page, /tested/);
    expect(status).toMatch(new RegExp(`^Trained for \\d+ epochs .* ${await weightsHere(200, 20)}$`));
    expect(await looksOf(page)).toBeGreaterThan(10);
    expect(await page.locator("#figures tbody tr").allTextContents()).toEqual([
      expect.stringMatching(/^accuracy0\.\d{3}0\.\d{3} to [01]\.\d{3}$/),
      expect.stringMatching(/^recall0\.\d{3}0\.\d{3} to [01]\.\d{3}$/),
      expect.stringMatching(/^ROC AUC0\.\d{3}0\.\d{3} to [01]\.\d{3}$/),
    ]);
    expect(complaints).toEqual([]);
    await page.close();
    served.close();
  }, 120_000);

  it("stops after the epoch in which it is told to, and tests the best weights so far", async () => {
    const served = await serve(root, headersOf(true));
    const { page } = await visit(`${served.address}examples/page/`);
    await clickAt(page, "Epoch 3 ", "stop");
    await page.click("#train");
    expect(await until(page, /tested/)).toMatch(new RegExp(`^Trained for 3 epochs .* ${await weightsHere(200, 3)}$`));
    await page.close();
    served.close();
  }, 120_000);
});

const hasWorker = existsSync("build/worker.js") && existsSync("build/worker-host.js");

describe.skipIf(!hasWorker || !hasBrowser)("examples/vite (skipped where Chromium or the build is absent)", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "voxgrad-vite-"));
    await cp(join(root, "examples/vite"), folder, { recursive: true, filter: (path) => !/[\\/](dist|node_modules|package\.json|\.npmrc)$/.test(path) }); // prettier-ignore
    const npm = (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
      if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stdout}${stderr}`);
    };
    // As npm installs the example's own copy of the package; it has no dependency, so that no registry is asked.
    npm("install", "--offline", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", "--install-links", resolve(root)); // prettier-ignore
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  /** Trains to the end; pauses a second training and goes on with it; stops a third. */
  async function use(address: string): Promise<void> {
    const { page, complaints } = await visit(address);
    const trained = new RegExp(`^Trained for \\d+ epochs and tested: .* ${await weightsHere(400, 30)}$`);
    await page.click("#train");
    expect(await until(page, /tested/)).toMatch(trained);
    expect(await looksOf(page)).toBeGreaterThan(10);
    const [report] = await Promise.all([page.waitForEvent("download"), page.click("#report")]);
    expect(report.suggestedFilename()).toBe("report.html");
    expect(await readFile(await report.path(), "utf8")).toMatch(/^<!doctype html>/i);

    await clickAt(page, "Epoch 2 ", "pause");
    await page.click("#train");
    await page.locator("#pause", { hasText: "Go on" }).waitFor();
    const standing = await until(page, /^Epoch/);
    await new Promise((done) => setTimeout(done, 500));
    expect(await statusOf(page)).toBe(standing);
    await page.click("#pause");
    expect(await until(page, /tested/)).toMatch(trained);

    await clickAt(page, "Epoch 2 ", "stop");
    await page.click("#train");
    await page.locator("#train:enabled").waitFor();
    expect(await statusOf(page)).toMatch(/^Ended after \d+ epochs: stopped\.$/);
    expect(complaints).toEqual([]);
    await page.close();
  }

  it("trains in a worker, built by Vite, under a strict policy, to the bits of Node; is paused and stopped", async () => {
    await build({ root: folder, logLevel: "error" });
    const served = await serve(join(folder, "dist"), headersOf(true));
    await use(served.address);
    served.close();
  }, 200_000);

  it("does the same from Vite's own server, without a build", async () => {
    const server = await createServer({ root: folder, logLevel: "error", server: { host: "127.0.0.1", port: 0 } });
    await server.listen();
    await use(server.resolvedUrls?.local[0] ?? "");
    await server.close();
  }, 200_000);
});
