// How fast are the matrix products? GFLOP/s and the share of the register loop's limit, each mode, measured in turns.
import { createMemory, instantiateKernels } from "../src/wasm/kernels.ts";
import type { Kernels } from "../src/wasm/kernels.ts";
import type { NumericMode } from "../src/wasm/modes.ts";
import { matmulScratchBytes } from "../src/wasm/layout.ts";
import { loadBuilds, nameOf } from "./builds.ts";
import type { MeasuredBuild } from "./builds.ts";
import { time } from "./harness.ts";
import { limitTask, streamTask } from "./limit.ts";

type Product = "ABt" | "AB" | "AtB";
interface Shape {
  readonly product: Product;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export interface ProductRow extends Shape {
  readonly group: string;
  readonly mode: NumericMode;
  readonly wide: boolean;
  /** Best and median. */
  readonly gflops: number;
  readonly median: number;
  /** Half of all samples lie within this fraction of the median. */
  readonly spread: number;
  /** Of the limit, best against best: both were measured in turns, and what else the machine did slowed neither down. */
  readonly share: number;
}

/** The machine's limit: multiply-adds in registers by mode, in GFLOP/s; a stream through memory, in GB/s. */
export type Limit = Partial<Record<NumericMode, number>> & { readonly bandwidth: number };

const products: readonly Product[] = ["ABt", "AB", "AtB"];
const cube = (size: number) => products.map((product) => ({ product, m: size, n: size, k: size }));
/** A dense layer's three products: forward, its input's gradient, its weights' gradient. */
const dense = (batch: number, outputs: number, inputs: number): Shape[] => [
  { product: "ABt", m: batch, n: outputs, k: inputs },
  { product: "AB", m: batch, n: inputs, k: outputs },
  { product: "AtB", m: outputs, n: inputs, k: batch },
];
const each = (m: number, n: number, k: number) => products.map((product) => ({ product, m, n, k }));

export const productGroups: Readonly<Record<string, readonly Shape[]>> = {
  cubes: [64, 128, 256, 512, 1024].flatMap(cube),
  edges: [128, 126, 127, 129, 130].flatMap((n) => each(128, n, 128)),
  dense: [dense(32, 12, 1000), dense(32, 12, 12), dense(32, 2, 12), dense(128, 512, 784), dense(64, 1024, 4096)].flat(),
  awkward: [each(256, 256, 1), each(1, 256, 256), each(1, 1024, 1024), each(256, 1, 256), each(256, 2, 256)].flat(),
};

const megabyte = 1 << 20;
const bytes = 96 * megabyte;

async function load(build: MeasuredBuild) {
  const memory = createMemory(bytes);
  const kernels = await instantiateKernels(memory, build.mode, build.wide);
  const base = Math.ceil(kernels.heapBase() / 64) * 64;
  const floats = new Float32Array(memory.buffer, base, (bytes - base) >> 2);
  for (let i = 0; i < floats.length; i++) floats[i] = ((i * 7919) % 1024) / 512 - 1;
  return { ...build, kernels, base, limit: limitTask(kernels, `limit ${nameOf(build)}`) };
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

/**
 * @param wanted groups of shapes; all when there are none.
 * @param onRow hears each row as it is measured.
 * @param wide whether to measure the wide builds too; their shares are of the same limit, of 128-bit registers.
 */
export async function measureProducts(
  wanted: readonly string[],
  onRow: (row: ProductRow) => void,
  wide = false,
): Promise<{ limit: Limit; products: ProductRow[] }> {
  const loaded = await loadBuilds(wide, load);
  const rows: ProductRow[] = [];
  const limits: Partial<Record<NumericMode, number>> = {};
  for (const [group, shapes] of Object.entries(productGroups)) {
    if (wanted.length > 0 && !wanted.includes(group)) continue;
    for (const shape of shapes) {
      const flop = 2 * shape.m * shape.n * shape.k;
      const tasks = loaded.flatMap(({ mode, kernels, base, limit }) => [
        limit,
        { name: mode, run: bind(kernels, base, shape), flop },
      ]);
      const timings = time(tasks);
      loaded.forEach(({ mode, wide }, i) => {
        const limit = tasks[2 * i].flop / timings[2 * i].minimum / 1e6;
        const { minimum, median, spread } = timings[2 * i + 1];
        limits[mode] = Math.max(limits[mode] ?? 0, limit);
        const gflops = flop / minimum / 1e6;
        const row = {
          group,
          ...shape,
          mode,
          wide,
          gflops,
          median: flop / median / 1e6,
          spread,
          share: gflops / limit,
        };
        rows.push(row);
        onRow(row);
      });
    }
  }
  const stream = streamTask(loaded[0].kernels, loaded[0].base, 10 * megabyte);
  const [streamed] = time([stream]);
  return { limit: { ...limits, bandwidth: stream.bytes / streamed.minimum / 1e6 }, products: rows };
}
