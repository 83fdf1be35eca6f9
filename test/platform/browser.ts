// A browser on a page of its own, served on the loopback with the headers that it is to have.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";
import { browserFlags, browserPath, headersOf } from "./page.ts";

export interface Served {
  /** A page that loads `script`, a file of test/platform/, isolated from other origins or not. */
  address(script: string, isIsolated: boolean): string;
  close(): void;
}

export interface OpenBrowser {
  readonly context: BrowserContext;
  /** A page that has loaded a script. */
  open(script: string, isIsolated: boolean): Promise<Page>;
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

export async function openBrowser(): Promise<OpenBrowser> {
  const served = await serve();
  const profile = await mkdtemp(join(tmpdir(), "voxgrad-browser-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: browserPath, args: browserFlags });
  return {
    context,
    async open(script, isIsolated) {
      const page = await context.newPage();
      await page.goto(served.address(script, isIsolated));
      await page.waitForLoadState("load");
      return page;
    },
    async close() {
      await context.close();
      served.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
