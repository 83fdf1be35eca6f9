import { existsSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adam, dense, dropout, network, phantoms, relu, rotate, study } from "../../src/index.ts";
import type { LedgerEntry } from "../../src/index.ts";
import { hasBrowser, openBrowser } from "./browser.ts";
import type { OpenBrowser } from "./browser.ts";

const isHere = existsSync("build/worker-host.js") && hasBrowser;

/** What worker-page.mjs trains, without a worker. */
async function weightsHere(epochs: number): Promise<{ weights: string; accuracy: number | null }> {
  const run = study({ data: phantoms({ count: 120, seed: 7 }), seed: 5 });
  const layers = [dense(64), relu(), dropout(0.3), dense(2)];
  const training = run.train({ network: network(layers), optimizer: adam(), augment: [rotate(10)], epochs, batchSize: 8, patience: null }); // prettier-ignore
  for (;;) {
    const { done, value } = await training.next();
    if (done) return { weights: value.weightsSha256, accuracy: (await run.test()).metrics.accuracy.value };
  }
}

/** Resolves when the page has heard of so many epochs. Asked from here: the page's policy lets no text be evaluated there. */
async function seen(page: Page, epochs: number): Promise<void> {
  while ((await page.evaluate<number>("globalThis.epochsSeen")) < epochs)
    await new Promise((done) => setTimeout(done, 20));
}

describe.skipIf(!isHere)("voxgrad/worker in a browser (skipped where Chromium or the build is absent)", () => {
  let browser: OpenBrowser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it.each([true, false])("trains, tests and reports to Node's bits under a strict policy (isolated: %s)", async (isolated) => {
    const page = await browser.open("worker-page.mjs", isolated);
    const said = await page.evaluate<unknown>("page.bits(3)");
    const { weights, accuracy } = await weightsHere(3);
    expect(said).toEqual({ weights, accuracy, html: expect.stringMatching(/^<!doctype html>/i) as string, isolated });
    await page.close();
  }, 120_000); // prettier-ignore

  it("goes on where a closed page left it, from the browser's own files, to the same bits", async () => {
    const first = await browser.open("worker-page.mjs", true);
    await first.evaluate('page.begin("closed", 30)');
    await seen(first, 3);
    await first.close();
    const second = await browser.open("worker-page.mjs", true);
    const { weights, resumed, before } = await second.evaluate<{ weights: string; resumed: LedgerEntry & { event: "resumed" }; before: string[] }>('page.resume("closed")'); // prettier-ignore
    expect(before.filter((name) => name.startsWith("checkpoint/")).length).toBeGreaterThan(0);
    expect(resumed.epochs).toBeGreaterThanOrEqual(2);
    expect(resumed.epochs).toBeLessThan(30);
    expect(weights).toBe((await weightsHere(30)).weights);
    await second.close();
  }, 120_000);

  it("keeps a second worker out of a study while the first is at work on it, and lets it in when that is gone", async () => {
    const page = await browser.open("worker-page.mjs", false);
    const { refused, after } = await page.evaluate<{ refused: string; after: string }>('page.locked("locked")');
    expect(refused).toMatch(/^StudyStateError: locked: another tab or worker is at work on this study/);
    expect(after).toMatch(/^[0-9a-f]{64}$/);
    await page.close();
  }, 120_000);

  it("leaves the page's thread free while 784-512-256-10 trains: no long task, and frames go on", async () => {
    const page = await browser.open("worker-page.mjs", true);
    interface Frames { seconds: number; steps: number; frames: number; long: number[]; handlers: number; slowestHandler: number; median: number; ninetyNinth: number; longest: number } // prettier-ignore
    const idle = await page.evaluate<Frames>("page.frames(null)");
    const busy = await page.evaluate<Frames>("page.frames(30)");
    console.log(`idle ${JSON.stringify(idle)}\ntraining ${JSON.stringify(busy)}`);
    expect(busy.steps).toBeGreaterThan(0);
    expect(busy.handlers).toBeGreaterThan(8);
    expect(busy.long.filter((milliseconds) => milliseconds > 50)).toEqual([]);
    expect(busy.frames).toBeGreaterThan(10 * busy.seconds);
    await page.close();
  }, 300_000);

  it("goes on in a tab that is hidden", async () => {
    const page = await browser.open("worker-page.mjs", true);
    await page.evaluate('page.begin("hidden", 1000)');
    await seen(page, 1);
    const other = await browser.open("worker-page.mjs", true);
    // The driver lets every page believe that it is in front.
    for (const each of [page, other]) {
      const session = await browser.context.newCDPSession(each);
      await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
    }
    await other.bringToFront();
    const before = await page.evaluate<[string, number]>("[document.visibilityState, globalThis.epochsSeen]");
    console.log(before);
    await seen(page, before[1] + 5);
    await page.close();
    await other.close();
  }, 120_000);
});

describe.skipIf(!isHere)("opfsStorage in a worker of a browser", () => {
  it("does what a storage in memory does, in order, and holds the browser's lock", async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.open("", false);
      interface Tried { agreements: string[]; [key: string]: unknown } // prettier-ignore
      const tried = await page.evaluate<Tried>(`new Promise((resolve, reject) => {
        const worker = new Worker("/test/platform/storage-worker.mjs", { type: "module" });
        worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
        worker.onerror = (event) => reject(new Error(event.message));
      })`);
      const { agreements, ...rest } = tried;
      for (const agreement of agreements) {
        const [memory, own] = JSON.parse(agreement) as unknown[];
        expect(own).toEqual(memory);
      }
      expect(agreements.some((agreement) => agreement.includes("folder/"))).toBe(true);
      expect(rest).toEqual({
        missing: null,
        empty: [],
        log: [1, 0, 2, 0, 3, 0, 4, 0, 5, 0],
        kept: [1, 2],
        large: 20_000_000,
        locked: expect.stringMatching(/^StudyStateError: studies\/order: another tab or worker is at work/) as string,
        unlocked: "nothing",
        climbs: expect.stringMatching(/^RangeError: storage: expected a name/) as string,
        named: expect.stringMatching(/^RangeError: storage: expected a name/) as string,
        stands: expect.stringMatching(/^StorageError: studies\/order\/place\/a could not be written: a folder stands/) as string,
      }); // prettier-ignore
    } finally {
      await browser.close();
    }
  }, 120_000);
});
