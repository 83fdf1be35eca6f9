// Writes a second index that loads some functions when they are called, instead of when it is imported. Only asynchronous
// ones can be, and whoever calls them sees no difference.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const exported = /^export \{([^}]*)\} from "([^"]+)";$/gm;

/** One function that loads what it stands for. */
function standIn(name, file, folder) {
  if (!new RegExp(`^export async function ${name}\\b`, "m").test(readFileSync(resolve(folder, file), "utf8")))
    throw new Error(`${file}: expected an asynchronous function ${name}, which alone can be loaded later`);
  return `export const ${name} = async (...given) => (await import("${file}")).${name}(...given);`;
}

/**
 * A plugin of rollup: beside the index there is another, index.later.ts.
 * @param functions the files whose exports are loaded later; @param instead files in place of others, as the index names them.
 */
export function indexLater(index, { functions, instead }) {
  const id = index.replace(/\.ts$/, ".later.ts");
  return {
    name: "index-later",
    resolveId: (asked) => (resolve(asked) === id ? id : null),
    load(loaded) {
      if (loaded !== id) return null;
      const left = new Set([...functions, ...Object.keys(instead)]);
      const code = readFileSync(index, "utf8").replace(exported, (line, names, file) => {
        if (!left.delete(file)) return line;
        if (Object.hasOwn(instead, file)) return `export {${names}} from "${instead[file]}";`;
        return names.split(",").map((name) => standIn(name.trim(), file, dirname(index))).join("\n"); // prettier-ignore
      });
      if (left.size > 0) throw new Error(`${index}: expected exports from ${[...left].join(", ")}`);
      return code;
    },
  };
}
