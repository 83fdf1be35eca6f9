// How fast are the matrix products? GFLOP/s and the share of the register loop's limit, each mode, measured in turns.
//   npm run bench -- [shapes matching this] [--json]
import { availableMode, createMemory, instantiateKernels } from "../src/wasm/kernels.ts";
import type { Kernels, NumericMode } from "../src/wasm/kernels.ts";
import { matmulScratchBytes } from "../src/wasm/layout.ts";
import { ratio, time } from "./harness.ts";
import { limitTask, streamTask } from "./limit.ts";

type Product = "ABt" | "AB" | "AtB";
interface Shape {
  readonly product: Product;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

const products: readonly Product[] = ["ABt", "AB", "AtB"];
const cube = (size: number) => products.map((product) => ({ product, m: size, n: size, k: size }));
/** A dense layer's three products: forward, its input's gradient, its weights' gradient. */
const dense = (batch: number, outputs: number, inputs: number): Shape[] => [
  { product: "ABt", m: batch, n: outputs, k: inputs },
  { product: "AB", m: batch, n: inputs, k: outputs },
  { product: "AtB", m: outputs, n: inputs, k: batch },
];
const each = (m: number, n: number, k: number) => products.map((product) => ({ product, m, n, k }));

const groups: Record<string, readonly Shape[]> = {
  cubes: [64, 128, 256, 512, 1024].flatMap(cube),
  edges: [128, 126, 127, 129, 130].flatMap(cube),
  dense: [dense(32, 12, 1000), dense(32, 12, 12), dense(32, 2, 12), dense(128, 512, 784), dense(64, 1024, 4096)].flat(),
  awkward: [each(256, 256, 1), each(1, 256, 256), each(1, 1024, 1024), each(256, 1, 256), each(256, 2, 256)].flat(),
};

const megabyte = 1 << 20;
const bytes = 96 * megabyte;

async function load(mode: NumericMode) {
  const memory = createMemory(bytes);
  const kernels = await instantiateKernels(memory, mode);
  const base = Math.ceil(kernels.heapBase() / 64) * 64;
  const floats = new Float32Array(memory.buffer, base, (bytes - base) >> 2);
  for (let i = 0; i < floats.length; i++) floats[i] = ((i * 7919) % 1024) / 512 - 1;
  return { mode, kernels, base };
}

function bind(kernels: Kernels, base: number, { product, m, n, k }: Shape) {
  const round = (count: number) => Math.ceil(count / 16) * 64;
  const c = base;
  const a = c + round(m * n) + 64;
  const b = a + round(m * k) + 64;
  const scratch = b + round(n * k) + 64;
  if (scratch + matmulScratchBytes(m, n, k) > bytes) throw new RangeError("bench: expected a smaller product");
  const kernel = kernels[`matmul${product}`];
  const aStride = product === "AtB" ? m : k;
  const bStride = product === "ABt" ? k : n;
  return () => kernel(c, a, b, scratch, m, n, k, n, aStride, bStride);
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const asJson = process.argv.includes("--json");
const modes: NumericMode[] = availableMode("fast") === "fast" ? ["reproducible", "fast"] : ["reproducible"];
const loaded = await Promise.all(modes.map(load));
const rows: object[] = [];
const limits: Record<string, number> = {};

if (!asJson) console.log(`node ${process.version}, ${process.arch}`);
for (const [group, shapes] of Object.entries(groups)) {
  if (wanted.length > 0 && !wanted.includes(group)) continue;
  for (const shape of shapes) {
    const flop = 2 * shape.m * shape.n * shape.k;
    const tasks = loaded.flatMap(({ mode, kernels, base }) => [
      limitTask(kernels, `limit ${mode}`),
      { name: mode, run: bind(kernels, base, shape), flop },
    ]);
    const timings = time(tasks);
    loaded.forEach(({ mode }, i) => {
      const limit = tasks[2 * i].flop / timings[2 * i].minimum / 1e6;
      const { minimum, median, spread } = timings[2 * i + 1];
      limits[mode] = Math.max(limits[mode] ?? 0, limit);
      const gflops = flop / minimum / 1e6;
      const pairedShare = (flop / tasks[2 * i].flop) * ratio(timings[2 * i], timings[2 * i + 1]);
      rows.push({ group, ...shape, mode, gflops, median: flop / median / 1e6, share: gflops / limit, pairedShare });
      if (asJson) return;
      const { product, m, n, k } = shape;
      const size = `${m}x${n}x${k}`.padEnd(14);
      console.log(
        `${group.padEnd(8)} ${product.padEnd(4)} ${size} ${mode.padEnd(12)} ${gflops.toFixed(1).padStart(6)} best, ` +
          `${(flop / median / 1e6).toFixed(1).padStart(6)} median GFLOP/s (+-${(100 * spread).toFixed(0)} %), ` +
          `share ${(gflops / limit).toFixed(2)} of bests, ${pairedShare.toFixed(2)} in turns`,
      );
    });
  }
}
const { kernels, base } = loaded[0];
const stream = streamTask(kernels, base, 10 * megabyte);
const [streamed] = time([stream]);
const bandwidth = stream.bytes / streamed.minimum / 1e6;
if (asJson) console.log(JSON.stringify({ limit: { ...limits, bandwidth }, products: rows }));
else console.log(`limit ${JSON.stringify(limits)} GFLOP/s, stream ${bandwidth.toFixed(1)} GB/s`);
