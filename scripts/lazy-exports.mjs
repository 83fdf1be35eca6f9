// Lets the index ask for some of its functions when they are called, instead of loading them when it is imported. Only
// asynchronous ones can be, and whoever calls them sees no difference.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const exported = /^export \{([^}]*)\} from "([^"]+)";$/gm;
const later = "\0later";

/** One function that loads what it stands for. */
function standIn(name, file) {
  if (!new RegExp(`^export async function ${name}\\b`, "m").test(readFileSync(file, "utf8")))
    throw new Error(`${file}: expected an asynchronous function ${name}, which alone can be loaded later`);
  return `export const ${name} = async (...given) => (await import(${JSON.stringify(file)})).${name}(...given);`;
}

/**
 * A plugin of rollup, behind whatever takes the types away.
 * @param index the file whose exports these are. @param files what they are exported from, as the index names them.
 */
export function lazyExports(index, files) {
  const left = new Set(files);
  const standIns = [];
  return {
    name: "lazy-exports",
    resolveId: (id) => (id === later ? { id, moduleSideEffects: false } : null),
    load: (id) => (id === later ? standIns.join("\n") : null),
    transform(code, id) {
      if (id !== index) return null;
      const lazy = code.replace(exported, (line, names, file) => {
        if (!files.includes(file)) return line;
        left.delete(file);
        for (const name of names.split(",")) standIns.push(standIn(name.trim(), resolve(dirname(id), file)));
        return `export {${names}} from ${JSON.stringify(later)};`;
      });
      if (left.size > 0) throw new Error(`${index}: expected exports from ${[...left].join(", ")}`);
      return { code: lazy, map: null };
    },
  };
}
