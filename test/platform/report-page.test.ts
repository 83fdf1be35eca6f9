import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportHtml } from "../../src/report/html.ts";
import { sampleReports } from "../report/samples.ts";
import { hasBrowser as isThere, openBrowser } from "./page.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const reports = sampleReports();
const widths = [360, 768, 1280] as const;
const schemes = ["light", "dark"] as const;

/** What axe-core finds: a rule, how grave it is, and where. */
interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

let browser: Browser;
let folder = "";

beforeAll(async () => {
  if (!isThere) return;
  folder = await mkdtemp(join(tmpdir(), "voxgrad-report-"));
  for (const [name, report] of Object.entries(reports)) await writeFile(fileOf(name), reportHtml(report));
  browser = await openBrowser();
});
afterAll(async () => {
  if (!isThere) return;
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

const fileOf = (name: string) => join(folder, `${name}.html`);

async function opened(name: string, width: number, colorScheme: "light" | "dark") {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(pathToFileURL(fileOf(name)).href);
  return { context, page, asked, said };
}

const cases = Object.keys(reports).flatMap((name) =>
  widths.flatMap((width) => schemes.map((scheme) => [name, width, scheme] as const)),
);

describe.skipIf(!isThere)("the page of a report in a browser, from a file (skipped where Chromium is absent)", () => {
  it.each(cases)("fits, asks the network for nothing, says nothing on the console, and leaves axe-core nothing serious to find: %s, %i px, %s", async (name, width, scheme) => {
    const { context, page, asked, said } = await opened(name, width, scheme);
    try {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(await page.evaluate("document.body.scrollWidth")).toBeLessThanOrEqual(width);
      // What is wider than the screen scrolls by itself, and nothing else sticks out.
      const outside = await page.evaluate<string[]>(`[...document.querySelectorAll("main *")]
        .filter((element) => !element.closest(".scroll, pre, svg") && element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 120))`);
      expect(outside).toEqual([]);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
        .toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 23, 29)");
      expect(asked.filter((url) => url !== "data:,")).toEqual([page.url()]);
      expect(said).toEqual([]);
      // The page's policy forbids scripts; this way in is the debugger's, and no script of the page.
      await page.evaluate(`(() => { ${axe}; return true; })()`);
      const { violations, passes } = await page.evaluate<{ violations: Violation[]; passes: string[] }>(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => JSON.parse(JSON.stringify({ violations, passes: passes.map(({ id }) => id) })))",
      );
      expect(passes).toEqual(expect.arrayContaining(["color-contrast", "document-title", "html-has-lang"]));
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(grave.map(({ id, nodes }) => [id, nodes.slice(0, 5).map(({ target, failureSummary }) => [target, failureSummary])])).toEqual([]);
    } finally {
      await context.close();
    }
  }); // prettier-ignore

  it("lets its policy forbid scripts, pictures from elsewhere, and frames", async () => {
    let requests = 0;
    const server = createServer((_, response) => void (requests++, response.end()));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { context, page, said } = await opened("two", 1280, "light");
    try {
      await page.evaluate(`(() => {
        const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
        add("script", { textContent: "window.ran = true" });
        add("script", { src: "${address}script.js" });
        add("img", { src: "${address}picture.png" });
        add("iframe", { src: "${address}" });
        return new Promise((done) => setTimeout(done, 200));
      })()`);
      expect(await page.evaluate("window.ran")).toBeUndefined();
      expect(said.filter((text) => /Content Security Policy/.test(text)).length).toBeGreaterThanOrEqual(4);
      expect(requests).toBe(0);
    } finally {
      await context.close();
      server.close();
    }
  });

  it("is reached by the keyboard alone: every link of the contents, every table that scrolls, every fold", async () => {
    const { context, page } = await opened("three", 360, "light");
    try {
      const wanted = await page.evaluate<number>("document.querySelectorAll('a[href], [tabindex=\"0\"], summary').length");
      const places = new Set<string>();
      for (let press = 0; press < wanted; press++) {
        await page.keyboard.press("Tab");
        places.add(await page.evaluate<string>("document.activeElement.outerHTML.slice(0, 150)"));
      }
      expect(places.size).toBe(wanted);
      await page.keyboard.press("Shift+Tab");
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    } finally {
      await context.close();
    }
  }); // prettier-ignore

  it.each(["two", "masks"])("prints black on white, no row of a table cut by the page's edge, in the dark scheme too: %s", async (name) => {
    const { context, page } = await opened(name, 680, "dark");
    try {
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const { ink, paper, breaks, wide } = await page.evaluate<Record<"ink" | "paper" | "breaks", string> & { wide: number }>(`({
        ink: getComputedStyle(document.body).color,
        paper: getComputedStyle(document.body).backgroundColor,
        breaks: [...new Set([...document.querySelectorAll("tr, figure")].map((row) => getComputedStyle(row).breakInside))].join(),
        wide: document.documentElement.scrollWidth,
      })`);
      expect({ ink, paper, breaks }).toEqual({ ink: "rgb(0, 0, 0)", paper: "rgb(255, 255, 255)", breaks: "avoid" });
      // The width of A4 within its margins, in pixels: nothing is cut off on the right.
      expect(wide).toBeLessThanOrEqual(680);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      const pages = pdf.match(/\/Type\s*\/Page\b/g) ?? [];
      expect(pages.length).toBeGreaterThan(3);
      expect(pages.length).toBeLessThan(16);
    } finally {
      await context.close();
    }
  }); // prettier-ignore
});
