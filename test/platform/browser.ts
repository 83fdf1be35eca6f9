// A browser on a page of its own, served on the loopback with the headers that it is to have.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";
import { hasFirefox, openFirefox } from "./firefox.ts";
import { browserFlags, browserPath, hasBrowser, headersOf } from "./page.ts";

/** A page that is open, as every browser has it. */
export interface Tab {
  /** Evaluates an expression, and waits for what it promises. */
  evaluate<Value>(expression: string): Promise<Value>;
  close(): Promise<void>;
}

/** A browser with files of its own. */
export interface Tabs<Opened extends Tab = Tab> {
  /** Opens a page in front of the others, and waits until it is loaded. */
  open(address: string): Promise<Opened>;
  /** What pages have said on the console, where the browser tells. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

/** The browsers that tests run in. */
export const browsers: readonly (readonly [name: string, isHere: boolean, begin: () => Promise<Tabs>])[] = [
  ["Chromium", hasBrowser, openChromium],
  ["Firefox", hasFirefox, openFirefox],
];

export interface Served {
  /** A page that loads `script`, a file of test/platform/, isolated from other origins or not. */
  address(script: string, isIsolated: boolean): string;
  close(): void;
}

export interface OpenBrowser<Opened extends Tab> {
  /** A page that has loaded a script. */
  open(script: string, isIsolated: boolean): Promise<Opened>;
  close(): Promise<void>;
}

/** Serves the clone on the loopback. */
export async function serve(): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    // Workers are asked for by pages of both kinds, and may have the headers in any case.
    const isIsolated = pathname !== "/" || searchParams.has("isolated");
    for (const [name, value] of Object.entries(headersOf(isIsolated))) response.setHeader(name, value);
    if (pathname === "/") {
      const script = searchParams.get("script");
      const tag = script ? `<script type="module" src="/test/platform/${script}"></script>` : "";
      response.setHeader("content-type", "text/html").end(`<!doctype html><title>voxgrad</title>${tag}`);
      return;
    }
    readFile(resolve(`.${pathname}`)).then(
      (bytes) => response.setHeader("content-type", /\.m?js$/.test(pathname) ? "text/javascript" : "application/octet-stream").end(bytes),
      () => response.writeHead(404).end(),
    ); // prettier-ignore
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    address: (script, isIsolated) => `${root}?script=${script}${isIsolated ? "&isolated" : ""}`,
    close: () => void server.close(),
  };
}

/** A browser on pages of the clone. */
export async function openBrowser<Opened extends Tab>(
  begin: () => Promise<Tabs<Opened>>,
): Promise<OpenBrowser<Opened>> {
  const served = await serve();
  const tabs = await begin();
  return {
    open: (script, isIsolated) => tabs.open(served.address(script, isIsolated)),
    async close() {
      await tabs.close();
      served.close();
    },
  };
}

/** Chromium, with what only it has. */
export async function openChromium(): Promise<Tabs<Page> & { readonly context: BrowserContext }> {
  const profile = await mkdtemp(join(tmpdir(), "voxgrad-browser-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: browserPath, args: browserFlags });
  const said: string[] = [];
  context.on("console", (message) => said.push(message.text()));
  return {
    context,
    said,
    async open(address) {
      const page = await context.newPage();
      await page.goto(address);
      await page.waitForLoadState("load");
      return page;
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
