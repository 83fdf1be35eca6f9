// How long does a whole training step take, in each mode? Milliseconds, the modes in turns.
//   npm run bench -- steps [--json]
import { availableMode } from "../src/wasm/kernels.ts";
import type { NumericMode } from "../src/wasm/kernels.ts";
import { ratio, time } from "./harness.ts";
import { bindTrainingStep, networks } from "./step.ts";

const asJson = process.argv.includes("--json");
const modes: NumericMode[] = availableMode("fast") === "fast" ? ["reproducible", "fast"] : ["reproducible"];
const rows: object[] = [];

if (!asJson) console.log(`node ${process.version}, ${process.arch}`);
for (const { sizes, batch } of networks) {
  const steps = await Promise.all(modes.map((mode) => bindTrainingStep(sizes, batch, mode)));
  const tasks = steps.map(({ run }, i) => ({ name: modes[i], run: () => void run() }));
  const timings = time(tasks, { samples: 61, warmUp: 400 });
  timings.forEach((timing, i) => {
    const { minimum, median, spread } = timing;
    rows.push({
      network: sizes,
      batch,
      mode: modes[i],
      threads: 1,
      milliseconds: median,
      minimum,
    });
    if (asJson) return;
    console.log(
      `${sizes.join("-").padEnd(16)} batch ${String(batch).padStart(3)} ${modes[i].padEnd(12)} ` +
        `${minimum.toFixed(4)} best, ${median.toFixed(4)} ms median (+-${(100 * spread).toFixed(0)} %), ` +
        `${(1 / ratio(timing, timings[0])).toFixed(2)} of reproducible in turns`,
    );
  });
  for (const { free } of steps) free();
}
if (asJson) console.log(JSON.stringify({ steps: rows }));
