import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application } from "typedoc";
import { afterAll, describe, expect, it } from "vitest";
import * as core from "../../src/index.ts";
import { root } from "./blocks.ts";

const folder = mkdtempSync(join(tmpdir(), "voxgrad-reference-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("npm run docs", () => {
  it("writes a page of every function and class that is exported, and of the types that they name: no warning", async () => {
    const app = await Application.bootstrapWithPlugins({ options: join(root, "typedoc.config.mjs"), logLevel: "None" });
    const project = await app.convert();
    if (!project) throw new Error("typedoc could not read the sources");
    app.validate(project);
    expect(app.logger.warningCount + app.logger.errorCount).toBe(0);
    await app.generateDocs(project, folder);
    const folders = ["functions", "classes", "variables"].filter((name) => existsSync(join(folder, name)));
    const pages = new Set(folders.flatMap((name) => readdirSync(join(folder, name))));
    const missing = Object.keys(core).filter((name) => !pages.has(`index.${name}.html`));
    expect(missing).toEqual([]);
  }, 180_000); // prettier-ignore
});
