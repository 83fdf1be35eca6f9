import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, names, readSources } from "./sources.ts";

/** What each folder of src/ may import beside itself; "base" are the files endian, errors, random, elementary, philox, version. */
const allowed: Record<string, readonly string[]> = {
  base: [],
  wasm: ["base"],
  storage: ["base"],
  metrics: ["base"],
  model: ["base", "wasm"],
  // A dataset names its images by their SHA-256.
  data: ["base", "wasm", "storage"],
  io: ["base", "data"],
  train: ["base", "wasm", "data", "model", "metrics", "io", "storage"],
  // Models and histories in the formats of other programs.
  exchange: ["base", "data", "io", "model", "train"],
  report: ["base", "metrics", "model", "train"],
  study: ["base", "data", "model", "metrics", "io", "train", "report", "storage"],
  entries: ["base", "wasm", "data", "model", "metrics", "io", "train", "exchange", "study", "report", "storage"],
  cli: ["entries"],
  worker: ["entries"],
};

const entries = new Set(["index", "io", "report", "thread", "wasm"]);

/** voxgrad/worker, and the worker's file: they lie beside the entries, and use them as the command does. */
const workers = new Set(["worker", "worker-host"]);

/** The room of a file: its folder, or for the files of src/ itself "entries" or "base". */
function roomOf(path: string): string {
  const [, room, ...rest] = path.split("/");
  if (rest.length > 0) return room;
  const name = posix.basename(path, ".ts");
  if (workers.has(name)) return "worker";
  return entries.has(name) ? "entries" : "base";
}

const sources = readSources("src");
const byPath = new Map(sources.map((source) => [source.path, source]));

/** Lines "importing file -> import" for every import that `isWrong`. */
function violations(isWrong: (from: string, target: string | null, specifier: string) => boolean): string[] {
  return sources.flatMap((source) =>
    importsOf(source)
      .filter(({ target, specifier }) => isWrong(source.path, target, specifier))
      .map(({ specifier }) => `${source.path} -> ${specifier}`),
  );
}

describe("the reader of imports", () => {
  it("sees static, dynamic and type imports and re-exports, and no import in a comment", () => {
    const text = [
      '// import { a } from "./comment.ts"',
      'import { b } from "../model/b.ts";',
      'import type { c } from "./c.ts";',
      'export { d } from "node:fs";',
      'const e = () => import("./e.ts");',
    ].join("\n");
    expect(importsOf({ path: "src/data/x.ts", text })).toEqual([
      { specifier: "../model/b.ts", target: "src/model/b.ts", typeOnly: false },
      { specifier: "./c.ts", target: "src/data/c.ts", typeOnly: true },
      { specifier: "node:fs", target: null, typeOnly: false },
      { specifier: "./e.ts", target: "src/data/e.ts", typeOnly: false },
    ]);
  });
});

describe("imports of src/", () => {
  it("name files that are there", () => {
    // The command that measures this machine does what bench/ does.
    const isBench = (from: string, target: string) => from === "src/cli/bench.ts" && target.startsWith("bench/");
    const isLost = (from: string, target: string | null) =>
      target !== null && !byPath.has(target) && !(isBench(from, target) && existsSync(target));
    // package.json beside src/ holds the version; the kernels' bytes are written by the build.
    expect(violations(isLost).filter((line) => !/package\.json/.test(line))).toEqual([]);
  });

  it("stay within what each room may import", () => {
    const isForbidden = (from: string, target: string | null) => {
      if (target === null || !byPath.has(target)) return false;
      const [room, other] = [roomOf(from), roomOf(target)];
      return room !== other && !allowed[room]?.includes(other);
    };
    expect(violations(isForbidden)).toEqual([]);
    expect(sources.map(({ path }) => roomOf(path)).filter((room) => !(room in allowed))).toEqual([]);
  });

  it("have no rule that lets two rooms import each other", () => {
    const circles = Object.entries(allowed).flatMap(([room, others]) =>
      others.filter((other) => allowed[other].includes(room)).map((other) => `${room} <-> ${other}`),
    );
    expect(circles).toEqual([]);
  });

  it("run in no circle at run time", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]) => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
      const source = byPath.get(path);
      if (done.has(path) || !source) return;
      done.add(path);
      for (const { target, typeOnly } of importsOf(source)) {
        if (target !== null && !typeOnly) visit(target, [...way, path]);
      }
    };
    for (const { path } of sources) visit(path, []);
    expect(circles).toEqual([]);
  });

  it("reach from the core entry no node: module, and no package", () => {
    const reached = new Set<string>();
    const outside: string[] = [];
    const visit = (path: string) => {
      const source = byPath.get(path);
      if (reached.has(path) || !source) return;
      reached.add(path);
      for (const { target, specifier, typeOnly } of importsOf(source)) {
        if (typeOnly) continue;
        if (target !== null) visit(target);
        else if (!/^#(kernels-|(wide|threads)$)/.test(specifier)) outside.push(`${path} -> ${specifier}`);
      }
    };
    visit("src/index.ts");
    expect(reached.size).toBeGreaterThan(30);
    expect(outside).toEqual([]);
  });
});

describe("WebAssembly", () => {
  it("is named in src/wasm/ alone: by what makes kernels and memory, here and in other threads, and by what asks for relaxed SIMD", () => {
    const users = sources.filter((source) => names(source, "WebAssembly")).map(({ path }) => path);
    expect(users).toEqual(
      ["builds", "kernels", "memory", "modes", "serve", "team"].map((name) => `src/wasm/${name}.ts`),
    );
  });
});
