// The fenced TypeScript blocks of the documentation: of docstrings in src/, of README.md and docs/.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Block {
  /** File and line where it begins: "src/model/layers.ts:58". */
  readonly at: string;
  readonly code: string;
}

export function documentedBlocks(): Block[] {
  const files = [
    ...filesUnder(join(root, "src"), ".ts"),
    ...filesUnder(join(root, "docs"), ".md"),
    join(root, "README.md"),
  ];
  return files.flatMap((file) => blocksOf(relative(root, file).replaceAll("\\", "/"), readFileSync(file, "utf8")));
}

function blocksOf(path: string, text: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; code: string[] } | null = null;
  text.split("\n").forEach((line, index) => {
    const bare = path.endsWith(".ts") ? line.replace(/^\s*\* ?/, "") : line;
    if (open && bare.trim() === "```") {
      blocks.push({ at: `${path}:${open.line}`, code: open.code.join("\n") });
      open = null;
    } else if (open) open.code.push(bare);
    else if (/^```ts\b/.test(bare.trim())) open = { line: index + 1, code: [] };
  });
  return blocks;
}

function filesUnder(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
