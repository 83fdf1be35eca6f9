// Who is measured, and how each one is started: a process of its own that answers commands.
import { spawnSync } from "node:child_process";

export interface Peer {
  readonly name: string;
  readonly command: readonly string[];
  /** What its environment has besides. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Only these networks, by their number of inputs; all by default. */
  readonly inputs?: readonly number[];
}

const here = (file: string) => `bench/compare/${file}`;
export const voxgradFile = "build/bench/compare/voxgrad.js";

/**
 * Everybody. The first is whom the others' losses are held against.
 * @param openblas names a processor: PyTorch is measured a second time, with what OpenBLAS has for that one. "Haswell" has
 * vectors of 256 bits where OpenBLAS would choose 512.
 */
export function peers(openblas?: string): readonly Peer[] {
  const node = process.execPath;
  const pytorch = { name: "PyTorch", command: [pythonWith("torch"), here("pytorch.py")] };
  const other = openblas === undefined ? [] : [{ ...pytorch, ...limited(pytorch.name, openblas) }];
  return [
    { name: "voxgrad reproducible", command: [node, voxgradFile, "reproducible"] },
    { name: "voxgrad fast", command: [node, voxgradFile, "fast"] },
    { name: "voxgrad reproducible wide", command: [node, voxgradFile, "reproducible wide"] },
    { name: "voxgrad fast wide", command: [node, voxgradFile, "fast wide"] },
    pytorch,
    ...other,
    { name: "scikit-learn", command: [pythonWith("sklearn"), here("scikit.py")] },
    { name: "jax-js", command: [node, here("jax.mjs")] },
    { name: "tfjs-wasm", command: [node, here("tfjs.mjs")] },
    { name: "brain.js", command: [node, here("brain.mjs")], inputs: [1000] },
  ];
}

const limited = (name: string, openblas: string) => ({
  name: `${name}, OPENBLAS_CORETYPE=${openblas}`,
  variables: { OPENBLAS_CORETYPE: openblas },
});

/** The first Python that has a module; "python3", which will say what is missing, when none has. */
function pythonWith(module: string): string {
  const probe = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`;
  return ["python3", "/usr/bin/python3"].find((python) => spawnSync(python, ["-c", probe]).status === 0) ?? "python3";
}

/** As many threads for everybody, one by default, and OpenBLAS left to recognise the processor by itself. */
export function environment(threads = process.env["BENCH_THREADS"] ?? "1"): {
  readonly variables: NodeJS.ProcessEnv;
  readonly leftOut: readonly string[];
} {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("OPENBLAS_"));
  const leftOut = Object.keys(process.env).filter((name) => name.startsWith("OPENBLAS_"));
  const own = {
    BENCH_THREADS: threads,
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
  };
  return { variables: { ...Object.fromEntries(kept), ...own, PYTHONDONTWRITEBYTECODE: "1" }, leftOut };
}
