// Folders served on this machine alone, and a browser that opens a page of them.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

export const browserPath = process.env["VOXGRAD_CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a browser. */
export const hasBrowser = existsSync(browserPath);

export const browserFlags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
]; // prettier-ignore

/** Begins a browser without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath, args: [...browserFlags] });
}

/** What a page that lets nothing in from elsewhere answers with; under it WebAssembly and workers must run. */
export const strictPolicy = {
  "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
};

/** What a page answers with whose memory may be shared. */
export const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** What a strict page answers with, isolated from other origins or not. */
export function headersOf(isIsolated: boolean): Readonly<Record<string, string>> {
  return isIsolated ? { ...strictPolicy, ...isolation } : strictPolicy;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
};

export interface Served {
  /** Ends in a slash. */
  readonly address: string;
  close(): void;
}

/** @param change what is sent of a script, for pages without a bundler. */
export async function serve(
  folder: string,
  headers: Readonly<Record<string, string>>,
  change: (path: string, text: string) => string = (_, text) => text,
): Promise<Served> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    const extension = file.slice(file.lastIndexOf(".") + 1);
    readFile(file).then(
      (bytes) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.setHeader("content-type", types[extension] ?? "application/octet-stream");
        response.end(/^m?js$/.test(extension) ? change(path, bytes.toString("utf8")) : bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => void server.close(),
  };
}
