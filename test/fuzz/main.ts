// `npm run fuzz -- [reader] [count] [seed] [from]`: each reader in a thread of its own, watched for inputs that never return;
// `npm run fuzz -- headers 10000000` gives the reader of safetensors that many headers, in one go.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fuzzHeaders } from "./headers.ts";
import { fuzz } from "./run.ts";
import type { Outcome } from "./run.ts";
import { targets } from "./targets.ts";

interface Job {
  readonly reader: string;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly at: SharedArrayBuffer;
}

/** An input that takes longer is taken for one that never returns. */
const hangMilliseconds = 20000;

if (isMainThread) await main();
else await work(workerData as Job);

async function work({ reader, seed, from, count, at }: Job): Promise<void> {
  const target = (await targets()).find(({ name }) => name === reader);
  if (!target) throw new RangeError(`expected a reader, got ${reader}`);
  const index = new Int32Array(at);
  parentPort?.postMessage(await fuzz(target, { seed, from, count, onIndex: (i) => Atomics.store(index, 0, i) }));
}

async function main(): Promise<void> {
  const [wanted = "all", count = "200000", seed = "20260101", from = "0"] = process.argv.slice(2);
  if (wanted === "headers") return headers(Number(count), Number(seed));
  const known = (await targets()).map(({ name }) => name);
  const chosen = wanted === "all" ? known : wanted.split(",");
  const wrong = chosen.find((name) => !known.includes(name));
  if (wrong) throw new RangeError(`expected a reader of ${known.join(", ")}, got ${wrong}`);
  let failed = 0;
  for (const reader of chosen) {
    const start = performance.now();
    const outcome = await watched({ reader, seed: Number(seed), from: Number(from), count: Number(count), at: new SharedArrayBuffer(4) }); // prettier-ignore
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (typeof outcome === "string") {
      console.log(`${reader}: ${outcome}`);
      failed++;
      continue;
    }
    const { read, refused, slowest, peakBytes, findings } = outcome;
    console.log(
      `${reader}: seed ${seed}, ${read} read, ${refused} refused, ${findings.length} findings; slowest ${slowest.milliseconds.toFixed(1)} ms (input ${slowest.index}), ${(peakBytes / 1048576).toFixed(0)} MiB at most; ${seconds} s`,
    );
    for (const { index, what } of findings)
      console.log(`  input ${index} (npm run fuzz -- ${reader} 1 ${seed} ${index}): ${what}`);
    failed += findings.length;
  }
  process.exit(failed > 0 ? 1 : 0);
}

function headers(count: number, seed: number): void {
  const start = performance.now();
  const { read, refused, findings } = fuzzHeaders(count, seed);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const most = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  console.log(`headers: seed ${seed}, ${read} read, ${refused} refused, ${findings.length} findings; ${most} MiB; ${seconds} s`); // prettier-ignore
  for (const what of findings) console.log(`  ${what}`);
  process.exit(findings.length > 0 ? 1 : 0);
}

function watched(job: Job): Promise<Outcome | string> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: job });
    const index = new Int32Array(job.at);
    let [last, since] = [-1, performance.now()];
    const watch = setInterval(() => {
      const now = Atomics.load(index, 0);
      if (now !== last) [last, since] = [now, performance.now()];
      else if (performance.now() - since > hangMilliseconds) {
        void worker.terminate();
        end(`input ${now} does not return (npm run fuzz -- ${job.reader} 1 ${job.seed} ${now})`);
      }
    }, 1000);
    const end = (outcome: Outcome | string) => {
      clearInterval(watch);
      resolve(outcome);
    };
    worker.on("message", end);
    worker.on("error", (error) => end(`input ${Atomics.load(index, 0)}: ${error.message}\n${error.stack ?? ""}`));
    worker.on("exit", () => end(`input ${Atomics.load(index, 0)}: the thread ended`));
  });
}
