// What was measured, a line a row, for people.
import { nameOf } from "./builds.ts";
import type { Limit, ProductRow } from "./products.ts";
import type { StepRow } from "./steps.ts";

export function productLine(row: ProductRow): string {
  const { group, product, m, n, k, gflops, median, spread, share } = row;
  return (
    `${group.padEnd(8)} ${product.padEnd(4)} ${`${m}x${n}x${k}`.padEnd(14)} ${nameOf(row).padEnd(17)} ` +
    `${gflops.toFixed(1).padStart(6)} best, ${median.toFixed(1).padStart(6)} median GFLOP/s ` +
    `(+-${(100 * spread).toFixed(0)} %), ${share.toFixed(2)} of the limit`
  );
}

export function limitLine({ bandwidth, ...limits }: Limit): string {
  const parts = Object.entries(limits).map(([mode, gflops]) => `${mode} ${gflops.toFixed(1)} GFLOP/s`);
  return `limit: ${parts.join(", ")} in registers, ${bandwidth.toFixed(1)} GB/s through memory`;
}

export function stepLine(row: StepRow): string {
  return (
    `${row.network.join("-").padEnd(16)} batch ${String(row.batch).padStart(3)} ${nameOf(row).padEnd(17)} ` +
    `${row.threads} ${row.threads > 1 ? "threads" : "thread "} ${row.minimum.toFixed(4)} best, ${row.milliseconds.toFixed(4)} ms median (+-${(100 * row.spread).toFixed(0)} %), ` +
    `${row.timesReproducible.toFixed(2)} times reproducible, ${row.bytesAllocated} bytes allocated`
  );
}
