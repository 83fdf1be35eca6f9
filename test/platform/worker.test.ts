import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adam, dense, dropout, network, phantoms, relu, rotate, study } from "../../src/index.ts";
import type { LedgerEntry } from "../../src/index.ts";
import { browsers, openBrowser, openChromium, serve } from "./browser.ts";
import type { OpenBrowser, Tab } from "./browser.ts";
import { hasFirefox, openFirefox } from "./firefox.ts";
import { browserFlags, browserPath, hasBrowser } from "./page.ts";
import { openTabs } from "./hidden-tab.ts";
import { runtimes } from "./runtimes.ts";

const isBuilt = existsSync("build/worker-host.js");
const isHere = isBuilt && hasBrowser;

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
async function seen(page: Tab, epochs: number): Promise<void> {
  while ((await page.evaluate<number>("globalThis.epochsSeen")) < epochs)
    await new Promise((done) => setTimeout(done, 20));
}

/** The tasks of a page's main thread while it acts, in milliseconds of processor time: a machine that has other work counts for nothing. */
async function tasksOf<T>(
  context: BrowserContext,
  page: Page,
  act: () => Promise<T>,
): Promise<{ result: T; tasks: number[] }> {
  interface Traced { name: string; ph: string; pid: number; tid: number; tdur?: number; args: { name?: string } } // prettier-ignore
  const session = await context.newCDPSession(page);
  const events: Traced[] = [];
  session.on("Tracing.dataCollected", ({ value }) => void events.push(...(value as unknown as Traced[])));
  const includedCategories = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"];
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories } });
  const result = await act();
  const complete = new Promise<void>((done) => session.once("Tracing.tracingComplete", () => done()));
  await session.send("Tracing.end");
  await complete;
  const mains = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const isMain = ({ pid, tid }: Traced) => mains.some((main) => main.pid === pid && main.tid === tid);
  const tasks = events.filter((event) => event.ph === "X" && /RunTask$/.test(event.name) && isMain(event));
  return { result, tasks: tasks.map(({ tdur = 0 }) => tdur / 1000) };
}

describe.each(browsers)("voxgrad/worker in %s (skipped where it or the build is absent)", (_, isThere, begin) => {
  const isRun = isBuilt && isThere;
  let browser: OpenBrowser<Tab>;
  beforeAll(async () => {
    if (isRun) browser = await openBrowser(begin);
  }, 60_000);
  afterAll(() => browser?.close());

  it.skipIf(!isRun).each([true, false])("trains, tests and reports to Node's bits under a strict policy (isolated: %s)", async (isolated) => {
    const page = await browser.open("worker-page.mjs", isolated);
    const { weights, accuracy } = await weightsHere(3);
    const html = expect.stringMatching(/^<!doctype html>/i) as string;
    expect(await page.evaluate<unknown>("page.bits(3)")).toMatchObject({ weights, accuracy, html, isolated, threads: 1 });
    const shared = await page.evaluate<unknown>("page.bits(3, { threads: 2, forced: true })");
    const reason = isolated ? null : (expect.stringMatching(/^memory cannot be shared here/) as string);
    expect(shared).toMatchObject({ weights, accuracy, threads: isolated ? 2 : 1, reason });
    expect(await page.evaluate<unknown>("page.provided(3)")).toMatchObject({ weights, accuracy, html, isolated, threads: 1 });
    await page.close();
  }, 120_000); // prettier-ignore

  it.skipIf(!isRun).each([true, false])(
    "pauses in the middle of an epoch of 700 steps, and stops there (isolated: %s)",
    async (isolated) => {
      const page = await browser.open("worker-page.mjs", isolated);
      interface Stopped { whilePaused: number; isReason: boolean; event: string; epochs: number; images: number } // prettier-ignore
      const { images, ...rest } = await page.evaluate<Stopped>("page.stops()");
      expect(rest).toEqual({ whilePaused: 0, isReason: true, event: "interrupted", epochs: 0 });
      expect(images).toBeGreaterThan(0);
      expect(images).toBeLessThan(700);
      await page.close();
    },
    120_000,
  );

  it.skipIf(!isRun)(
    "goes on where a closed page left it, from the browser's own files, to the same bits",
    async () => {
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
    },
    120_000,
  );

  it.skipIf(!isRun)(
    "keeps a second worker out of a study while the first is at work on it, and lets it in when that is gone",
    async () => {
      const page = await browser.open("worker-page.mjs", false);
      const { refused, after } = await page.evaluate<{ refused: string; after: string }>('page.locked("locked")');
      expect(refused).toMatch(/^StudyStateError: locked: another tab or worker is at work on this study/);
      expect(after).toMatch(/^[0-9a-f]{64}$/);
      await page.close();
    },
    120_000,
  );

  it.skipIf(!isRun)(
    "keeps files of its own (opfsStorage) as a storage in memory does, in order, and holds the browser's lock",
    async () => {
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
      await page.close();
    },
    120_000,
  );
});

describe.skipIf(!isHere)("a page of Chromium (skipped where it or the build is absent)", () => {
  it("leaves the page's thread free while 784-512-256-10 trains: no task of 16 milliseconds, and frames go on", async () => {
    const chromium = await openChromium();
    const browser = await openBrowser(() => Promise.resolve(chromium));
    const page = await browser.open("worker-page.mjs", true);
    await page.evaluate("page.prepare()");
    interface Frames { seconds: number; steps: number; frames: number; handlers: number; slowestHandler: number } // prettier-ignore
    const { result, tasks } = await tasksOf(chromium.context, page, () => page.evaluate<Frames>("page.frames(30)"));
    const longest = Math.max(...tasks);
    console.log(
      `${JSON.stringify(result)}, ${tasks.length} tasks, the longest ${longest.toFixed(1)} ms of processor time`,
    );
    expect(result.steps).toBeGreaterThan(0);
    expect(result.handlers).toBeGreaterThan(30);
    expect(tasks.length).toBeGreaterThan(100);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(16);
    expect(result.frames).toBeGreaterThan(10 * result.seconds);
    await browser.close();
  }, 300_000);
});

/** Trains in a tab until another is in front of it, and for ten epochs more. */
async function trainHidden(tab: Pick<Tab, "evaluate">, openAnother: () => Promise<unknown>): Promise<void> {
  const until = async (expression: string) => {
    while (!(await tab.evaluate(expression).catch(() => false))) await new Promise((done) => setTimeout(done, 50));
  };
  await until("typeof page !== 'undefined'"); // the page's own, once it has loaded
  await tab.evaluate('page.begin("hidden", 100000)');
  await until("globalThis.epochsSeen >= 1");
  await openAnother();
  await until("document.visibilityState === 'hidden'");
  const before = Number(await tab.evaluate("globalThis.epochsSeen"));
  await until(`globalThis.epochsSeen >= ${before + 10}`);
  expect(await tab.evaluate("document.visibilityState")).toBe("hidden");
}

describe("a tab that is hidden (skipped where the browser or the build is absent)", () => {
  it.skipIf(!isHere)(
    "goes on training in Chromium",
    async () => {
      const served = await serve();
      const profile = await mkdtemp(join(tmpdir(), "voxgrad-browser-"));
      const tabs = openTabs(browserPath, browserFlags, profile);
      try {
        const address = served.address("worker-page.mjs", true);
        const first = await tabs.open(address);
        const tab = { evaluate: <Value>(expression: string) => tabs.evaluate(first, expression) as Promise<Value> };
        await trainHidden(tab, async () => tabs.bringToFront(await tabs.open(address)));
      } finally {
        tabs.close();
        served.close();
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    120_000,
  );

  it.skipIf(!isBuilt || !hasFirefox)(
    "goes on training in Firefox",
    async () => {
      const browser = await openBrowser(openFirefox);
      try {
        const tab = await browser.open("worker-page.mjs", true);
        await trainHidden(tab, () => browser.open("worker-page.mjs", true));
      } finally {
        await browser.close();
      }
    },
    120_000,
  );
});

describe.each(runtimes)("the bundle of voxgrad/worker in %s", (_, program, flags) => {
  it.skipIf(!isBuilt || program === null).each([1, 2])("trains with %i threads to the same bits, and stops when told (skipped where the runtime or the build is absent)", async (threads) => {
    const script = [resolve("test/platform/worker-run.mjs"), pathToFileURL(resolve("build") + "/").href, String(threads)];
    const { status, stdout, stderr } = spawnSync(program ?? "", [...flags, ...script], { encoding: "utf8", timeout: 100_000 });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ weights: (await weightsHere(3)).weights, threads, aborted: true });
  }, 120_000);
}); // prettier-ignore
