// TensorBoard: the history of a training as one of its event files.
import type { Epoch } from "../train/progress.ts";

export interface TensorboardOptions {
  /** When training began, in seconds since 1970; 0 by default, so that the same history gives the same bytes. */
  readonly startedAt?: number;
}

/**
 * The epochs of a training as the bytes of an event file: "train/loss", "validation/accuracy" and the other figures,
 * "learningRate" and "penalty", a step an epoch; what is undefined is left out. TensorBoard shows the folders whose files
 * have "tfevents" in their names.
 *
 * @throws RangeError when `startedAt` is no number of seconds.
 * @example
 * ```ts
 * import { memoryStorage, phantoms, readHistory, study } from "voxgrad";
 * import { tensorboardEvents } from "voxgrad/io";
 *
 * const storage = memoryStorage();
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7, storage });
 * for await (const epoch of run.train({ epochs: 2 })) console.log(epoch.totalError);
 * const bytes = await tensorboardEvents(await readHistory(storage)); // for runs/1/events.out.tfevents.1
 * console.log(bytes.length > 0); // true
 * ```
 */
export async function tensorboardEvents(
  history: readonly Epoch[],
  { startedAt = 0 }: TensorboardOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (!Number.isFinite(startedAt) || startedAt < 0) {
    throw new RangeError(`tensorboardEvents: expected startedAt in seconds since 1970, got ${startedAt}`);
  }
  const { eventBytes } = await import("./tensorboard-events.ts");
  return eventBytes(history, startedAt);
}
