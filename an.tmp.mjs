import { build } from "esbuild";
import { readFileSync } from "node:fs";
const lazy = process.argv.slice(2);
const plugin = { name: "lazy", setup(b) {
  b.onResolve({ filter: /^\./ }, (a) => { if (a.importer.endsWith("src/index.ts") && lazy.some((l) => a.path === l)) return { path: a.path, external: true }; }); } };
const r = await build({ entryPoints: ["src/index.ts"], bundle: true, minify: true, splitting: true, format: "esm", outdir: "/tmp/imp/out", metafile: true, write: false, external: ["#*"], logLevel:"error", plugins: [plugin], treeShaking: true });
const o = r.metafile.outputs["../imp/out/index.js"];
  const groups = {};
  const files = Object.entries(o.inputs).map(([k, v]) => [k, v.bytesInOutput]).sort((a, b) => b[1] - a[1]);
  for (const [k, v] of files) { const g = k.split("/").slice(0, 2).join("/"); groups[g] = (groups[g] ?? 0) + v; }
  console.log(o.bytes, o.imports.filter(i=>!i.external&&i.kind!=="dynamic-import").map(i=>i.path+" "+r.metafile.outputs[i.path]?.bytes), groups); 
  if (process.env.ALL) for (const [k, v] of files) console.log(v, k);
