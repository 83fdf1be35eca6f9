import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";
import { documentedBlocks, root } from "./blocks.ts";

const blocks = documentedBlocks();

/** Inside the project, so that "voxgrad" means its sources. */
mkdirSync(join(root, "build"), { recursive: true });
const folder = mkdtempSync(join(root, "build", "examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const files = blocks.map(({ code }, index) => {
  const file = join(folder, `example-${index}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  return file;
});

describe("every TypeScript block of docstrings, README.md and docs/", () => {
  it("stands in enough places to speak of: each entry and the README have one", () => {
    for (const path of [
      "src/model/network.ts",
      "src/study/study.ts",
      "src/io/npz.ts",
      "src/report/html.ts",
      "README.md",
    ])
      expect(blocks.map(({ at }) => at.split(":")[0])).toContain(path);
  });

  it("passes the compiler's checks", () => {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const program = ts.createProgram(files, { ...options, noUnusedLocals: false });
    const wrong = files.flatMap((file, index) => {
      const source = program.getSourceFile(file);
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return diagnostics.map(({ messageText }) => `${blocks[index].at}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`); // prettier-ignore
    });
    expect(wrong).toEqual([]);
  });

  it.each(blocks.map(({ at }, index) => [at, files[index]] as const))("%s runs", async (_, file) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    try {
      await import(/* @vite-ignore */ pathToFileURL(file).href);
    } finally {
      log.mockRestore();
    }
  });
});
