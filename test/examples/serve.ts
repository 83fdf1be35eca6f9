// A folder as a server has it that sends files and nothing else, on this machine alone; and a browser to look at it.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { browserFlags, browserPath } from "../platform/browser.ts";

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath, args: [...browserFlags] });
}

/** Nothing from elsewhere, and nothing that is no file of the page's server. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

export interface Served {
  /** Ends in a slash. */
  readonly address: string;
  close(): void;
}

/** @param isIsolated whether memory may be shared between the page's threads. */
export async function serve(folder: string, isIsolated: boolean): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    response.setHeader("content-security-policy", policy);
    if (isIsolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    readFile(file).then(
      (bytes) => response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream").end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() };
}
