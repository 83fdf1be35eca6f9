// How many bytes does a training step allocate, once the engine has compiled it? One mode a process, as in a training run.
//   npm run bench -- allocation [reproducible|fast]
import { availableMode } from "../src/wasm/kernels.ts";
import { bindTrainingStep, networks } from "./step.ts";

const mode = availableMode(process.argv[2] === "fast" ? "fast" : "reproducible");
const { sizes, batch } = networks[0];
const { run, free } = await bindTrainingStep(sizes, batch, mode);
const steps = 2000;

/** Bytes a step, of which asking for them is about half a byte. */
function round(): number {
  const before = process.memoryUsage().heapUsed;
  for (let step = 0; step < steps; step++) run();
  return (process.memoryUsage().heapUsed - before) / steps;
}

for (let step = 0; step < 30_000; step++) run();
// A round in which garbage was collected is below zero.
const rounds = Array.from({ length: 9 }, round).filter((bytes) => bytes >= 0);
console.log(
  `node ${process.version}, ${sizes.join("-")}, batch ${batch}, ${mode}: ${Math.min(...rounds).toFixed(1)} bytes a step`,
);
free();
