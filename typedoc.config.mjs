// The API reference, made of the docstrings of what package.json exports: npm run docs writes build/reference/.
import { readFile } from "node:fs/promises";

const { exports } = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8"));

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "voxgrad",
  entryPoints: Object.values(exports)
    .filter((entry) => entry.types)
    .map(({ types }) => types.replace("./build/types/", "src/").replace(".d.ts", ".ts")),
  out: "build/reference",
  readme: "README.md",
  includeVersion: true,
  excludePrivate: true,
  disableSources: true,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, notDocumented: false },
};
