// How fast is a training step beside the peers'? The same three steps, the same data, everybody in turns.
//   npm run bench:compare [-- --quick | --rounds 21 | --milliseconds 250 | --inputs 1000 | --openblas Haswell | --threads 2 | --json | --save]
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, tmpdir, type } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { networks } from "../step.ts";
import { allocations } from "./allocation.ts";
import type { Allocation } from "./allocation.ts";
import { environment, peers } from "./peers.ts";
import { writeProblem } from "./problem.ts";
import { compare } from "./rounds.ts";
import type { Row } from "./rounds.ts";
import { markdown } from "./table.ts";
import type { Result } from "./table.ts";

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    milliseconds: { type: "string" },
    inputs: { type: "string" },
    openblas: { type: "string" },
    threads: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
  },
});
// Those that are measured get it with their environment.
process.env["BENCH_THREADS"] = flags.threads;
const rounds = Number(flags.rounds ?? (flags.quick ? 3 : 21));
const milliseconds = Number(flags.milliseconds ?? (flags.quick ? 100 : 250));
const allocationSteps = flags.quick ? 100 : 1000;
if (!(rounds >= 1 && milliseconds > 0))
  throw new RangeError("bench:compare: expected --rounds and --milliseconds above 0");

const say = (text: string) => process.stderr.write(`${text}\n`);
const machine = {
  node: process.version,
  v8: process.versions.v8,
  processor: cpus()[0]?.model.trim() ?? "unknown processor",
  cores: cpus().length,
  threads: Number(flags.threads),
  system: `${type()} ${release()}`,
  load: loadavg()[0],
  leftOut: environment().leftOut,
};
const rows: Row[] = [];
const allocated: Allocation[] = [];
const folder = await mkdtemp(join(tmpdir(), "voxgrad-compare-"));
try {
  for (const { sizes, batch } of networks) {
    if (flags.inputs !== undefined && Number(flags.inputs) !== sizes[0]) continue;
    const problem = await writeProblem(sizes, batch, folder);
    rows.push(...(await compare(peers(flags.openblas), problem, { rounds, milliseconds }, say)));
    say(`${sizes.join("-")}: bytes allocated over ${allocationSteps} steps`);
    allocated.push(...(await allocations(problem, allocationSteps)));
  }
} finally {
  await rm(folder, { recursive: true });
}

const date = new Date().toISOString().slice(0, 10);
const result: Result = { date, machine, rounds, rows, allocations: allocated };
const json = JSON.stringify(result, null, 1);
console.log(flags.json ? json : markdown(result));
if (flags.save) {
  const name = `bench/results/compare-node${process.versions.node.split(".")[0]}`;
  await mkdir("bench/results", { recursive: true });
  await writeFile(`${name}.json`, `${json}\n`);
  await writeFile(`${name}.md`, `${markdown(result)}\n`);
  say(`written to ${name}.json and ${name}.md`);
}
