// An average of the weights as a run keeps it: taken in, evaluated, and put in the weights' stead.
import { parameterPlaces } from "../model/plan.ts";
import type { Block } from "../wasm/memory.ts";
import type { TrainingSettings } from "./settings.ts";

/** 1 - d of the update behind `updates` others: the share of the new weights in the moving average. */
export function emaShare(decay: number, updates: number): number {
  return 1 - Math.min(decay, (1 + updates) / (10 + updates));
}

/** The average of one run, kept in the block's region "average". */
export interface Averaging {
  /** Starts from the weights as they are. */
  begin(): void;
  /** Takes in the weights at the end of an epoch, from 1; only stochastic weight averaging does something. */
  closeEpoch(epoch: number): void;
  /** Whether the average stands in the weights' stead after this epoch. */
  isReady(epoch: number): boolean;
  /** Puts the average in the weights' place; the function that it returns puts the weights back. */
  swapIn(): () => void;
}

export function bindAverage(
  { network, average }: Pick<TrainingSettings, "network" | "average">,
  block: Block,
): Averaging | null {
  if (average === null) return null;
  const parameters = block.floats("parameters");
  const [averageAt, parametersAt] = [block.address("average"), block.address("parameters")];
  const kept = block.floats("average");
  const { offsets } = parameterPlaces(network.parameters);
  /** How many batches were seen is no matter of averages. */
  const counts = network.parameters.flatMap(({ role }, i) => (role === "batches" ? [offsets[i]] : []));
  const from = average.kind === "swa" ? (average.from ?? 1) : 1;
  return {
    begin: () => kept.set(parameters),
    closeEpoch(epoch) {
      if (average.kind !== "swa" || epoch < from || (epoch - from) % average.every !== 0) return;
      const models = (epoch - from) / average.every + 1;
      if (models === 1) kept.set(parameters);
      else block.kernels.averageStep(averageAt, parametersAt, parameters.length, 1 / models);
    },
    isReady: (epoch) => epoch >= from,
    swapIn() {
      const live = parameters.slice();
      parameters.set(kept);
      for (const at of counts) parameters[at] = live[at];
      return () => parameters.set(live);
    },
  };
}
