// Bundles each entry of src/ into build/. The core has no runtime dependency; what the other entries lean on is bundled
// into chunks of its own, loaded when it is needed.
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import nodeResolve from "@rollup/plugin-node-resolve";
import { rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { resolve } from "node:path";
import { transform } from "esbuild";
import esbuild from "rollup-plugin-esbuild";
import license from "rollup-plugin-license";
import { breakLines } from "./scripts/break-lines.mjs";
import { indexLater } from "./scripts/index-later.mjs";
import { markPureCalls, pureCalls } from "./scripts/pure-calls.mjs";

/**
 * echarts and zrender ask process.env.NODE_ENV, which a browser has not; and they say of too many files that importing
 * them has effects, which keeps every chart there is. Without both a report's bundle is half as large.
 */
const trimmedCharts = {
  name: "trimmed-charts",
  transform(code, id) {
    if (!/node_modules[\\/](echarts|zrender)[\\/]/.test(id)) return null;
    return { code: code.replaceAll("process.env.NODE_ENV", '"production"'), map: null, moduleSideEffects: false };
  },
};

/**
 * What decodes images asks for modules of Node.js on ways that are never taken here (each is given its bytes, and unpacks
 * nothing itself), and fflate has a build of its own for Node.js; without this a browser would be asked for them.
 */
const withoutNode = {
  name: "without-node",
  resolveId(id, importer) {
    return id === "fflate" ? this.resolve("fflate/browser", importer) : null;
  },
  transform(code, id) {
    if (!/node_modules[\\/](@cornerstonejs|dicom-parser)[\\/]/.test(id)) return null;
    const bare = code
      .replace(/require\("(fs|path|zlib)"\)/g, "null")
      .replace(/(ENVIRONMENT_IS_[A-Z]+)=typeof [^;]+;/g, "$1=false;");
    return { code: bare, map: null };
  },
};

/** Tests take what is built for these; bundles take the source, as an entry. */
const ownSources = { "#threads": "./src/wasm/threads.ts", "#worker-begin": "./src/worker/begin.ts" };
const ownThreads = {
  name: "own-threads",
  resolveId(id) {
    return Object.hasOwn(ownSources, id) ? this.resolve(ownSources[id], undefined, { skipSelf: true }) : null;
  },
};

/**
 * What an entry needs of Node.js it asks for when it is called for, by process.getBuiltinModule: webpack and esbuild fail
 * over an import of a "node:" module, even one that a browser never comes to. The command alone keeps its imports.
 */
const askForNode = {
  name: "ask-for-node",
  renderChunk(code, { fileName }) {
    if (fileName === "cli.js") return null;
    const ask = (module) => `globalThis.process.getBuiltinModule("${module}")`;
    const asked = (_, names, module) =>
      `const ${names.replace("* as ", "").replace(/\s+as\s+/g, ": ")} = ${ask(module)};`;
    const bare = code
      .replace(/^import (\* as [\w$]+|[\w$]+|\{[^}]*\}) from ['"](node:[\w/]+)['"];$/gm, asked)
      .replace(/\bimport\(['"](node:[\w/]+)['"]\)/g, (_, module) => `Promise.resolve().then(() => ${ask(module)})`);
    const left = /^import .*['"]node:/m.exec(bare);
    if (left) throw new Error(`${fileName}: expected no import of a module of Node.js, got ${left[0]}`);
    return { code: bare, map: null };
  },
};

/** Characters of a line: Node prints the one in which an error was thrown. */
const lineLimit = 120;

/**
 * Short names in our own chunks, and no space: importing costs what an engine has to look at, and long names are half of it.
 * What says of calls that they are pure goes with the space, and is written anew. What is exported keeps its names, and so do
 * errors.
 */
const shortNames = {
  name: "short-names",
  async renderChunk(code, { name, moduleIds }) {
    // The kernels' text is no code, and lines of packages are theirs.
    if (/^(index|bundled|kernels\..*)$/.test(name) || moduleIds.some((id) => id.includes("node_modules"))) return null;
    const named = code.replace(/^class (\w+Error) extends Error \{$/gm, '$&\n  static name = "$1";');
    const short = await transform(named, { format: "esm", target: "es2022", minify: true });
    const parse = (each) => this.parse(each);
    return { code: markPureCalls(breakLines(short.code, parse, lineLimit), parse), map: null };
  },
};

/**
 * What index.js loads when it is called: asynchronous functions, and a study, whose calls are. For bundlers there is
 * bundled.js, which has the same chunks and loads nothing later: they leave out themselves what a page does not use.
 */
const later = {
  functions: [
    "./data/audit.ts",
    "./data/augmented.ts",
    "./data/likeness.ts",
    "./report/text.ts",
    "./study/keep.ts",
    "./study/verify.ts",
    "./train/familiarize.ts",
    "./train/fit.ts",
    "./train/occlusion.ts",
    "./train/predict.ts",
    "./train/saliency.ts",
  ],
  instead: { "./study/study.ts": "./study/later.ts" },
};

/**
 * The chunks of what index.js and the threads have, one a use: each file costs whoever imports it. A module is in the first
 * that one of its roots reaches by imports that are not left for later.
 */
const parts = {
  core: ["index.later.ts"],
  training: ["train/fit.ts", "data/augmented.ts"],
  patches: ["data/patch-views.ts"],
  augmenting: ["train/augmentation.ts", "data/augment-image.ts"],
  predicting: ["train/predict.ts", "train/occlusion.ts", "train/saliency.ts", "train/familiarize.ts"],
  audit: ["data/audit.ts", "data/likeness.ts"],
  report: ["report/text.ts"],
  study: ["study/study.ts", "study/verify.ts"],
  files: ["io.ts"],
};

function partOf() {
  let placed = null;
  return (id, { getModuleInfo }) => {
    if (!placed) {
      placed = new Map();
      for (const [part, roots] of Object.entries(parts)) {
        const place = (id) => {
          const info = getModuleInfo(id);
          if (!info || info.isExternal || placed.has(id)) return;
          placed.set(id, part);
          info.importedIds.forEach(place);
        };
        for (const root of roots) place(resolve("src", root));
      }
      // Entries are files of their own, and bundlers are to see no import in a chunk that is for index.js alone.
      for (const entry of ["index.later.ts", "study/later.ts", "io.ts"]) placed.delete(resolve("src", entry));
    }
    // One name for what unpacks .npz and what packs it: "index", as packages call it, is the name of others, too.
    return placed.get(id) ?? (/node_modules[\\/]@zip\.js[\\/]/.test(id) ? "zip-js" : null);
  };
}

// Chunks are named by their content: those of an earlier build would be packed, too.
await rm("build/chunks", { recursive: true, force: true });

const onwarn = (warning, warn) => {
  // Circular imports inside packages are theirs; anything else is ours to mend.
  if (warning.code === "CIRCULAR_DEPENDENCY" && warning.ids?.every((id) => id.includes("node_modules"))) return;
  // What TypeScript writes into packages for engines without async generators asks for a "this" that modules have not.
  if (warning.code === "THIS_IS_UNDEFINED" && warning.id?.includes("node_modules")) return;
  warn(warning);
};

const typescript = () => esbuild({ target: "es2022", tsconfig: "tsconfig.json" });

const library = {
  input: {
    index: "src/index.later.ts",
    bundled: "src/index.ts",
    io: "src/io.ts",
    report: "src/report.ts",
    cli: "src/cli/main.ts",
    wasm: "src/wasm.ts",
    // At the root of build/, so that the worker's file lies beside it.
    threads: "src/wasm/threads.ts",
    worker: "src/worker.ts",
    "worker-host": "src/worker-host.ts",
    "worker-begin": "src/worker/begin.ts",
    // What "#wide" of package.json stands for, chosen by whoever runs or bundles the package.
    wide: "src/wasm/wide.ts",
    "wide-refused": "src/wasm/wide-refused.ts",
  },
  output: {
    dir: "build",
    format: "es",
    entryFileNames: "[name].js",
    manualChunks: partOf(),
    onlyExplicitManualChunks: true,
    chunkFileNames: "chunks/[name]-[hash].js",
    banner: (chunk) => (chunk.name === "cli" ? "#!/usr/bin/env node" : ""),
  },
  external: [...builtinModules, /^node:/, "#wide"],
  onwarn,
  plugins: [
    ownThreads,
    indexLater(resolve("src/index.ts"), later),
    withoutNode,
    nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }),
    commonjs(),
    json(),
    typescript(),
    pureCalls,
    trimmedCharts,
    askForNode,
    shortNames,
    // What is bundled keeps its licence and notice.
    license({ thirdParty: { output: { file: "build/licences.txt" } } }),
  ],
};

/** Whole, so that a thread begins with one file, and a page can have it where it likes. */
const thread = {
  input: { thread: "src/thread.ts" },
  output: { dir: "build", format: "es", entryFileNames: "[name].js" },
  onwarn,
  plugins: [typescript(), pureCalls, shortNames],
};

export default [library, thread];
