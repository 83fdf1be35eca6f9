// Begins a worker with the library in it.
import { beginWorker } from "#worker-begin";
import { connect } from "./client.ts";
import type { Remote, WorkerOptions } from "./remote.ts";

/**
 * Begins a worker, and resolves when it hears. Its studies are begun, trained and tested as those of `voxgrad`, off the
 * page's main thread, and give the same bits. End it when it is no longer needed.
 *
 * @throws ThreadError when the worker's file cannot be loaded; TypeError where there are no workers; as `provideKernels` for
 * what are no kernels.
 * @example
 * ```ts
 * import { connectWorker } from "voxgrad/worker";
 *
 * const remote = await connectWorker();
 * const run = await remote.study({ data: { phantoms: { count: 200, seed: 7 } }, seed: 7 });
 * for await (const epoch of run.train({ epochs: 3 })) {
 *   console.log(epoch.epoch, epoch.totalError, epoch.validation.rocAuc, epoch.diagnosis);
 * }
 * const report = await run.test();
 * console.log(report.metrics.accuracy.value);
 * remote.end();
 * ```
 */
export function connectWorker({ workerUrl, kernels }: WorkerOptions = {}): Promise<Remote> {
  return connect(beginWorker, workerUrl, kernels);
}
