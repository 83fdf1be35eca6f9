// Averages of the weights over training, as plain values.
import { checkOptions } from "../known-options.ts";

/** What is averaged: an exponential moving average of every update, or the mean of the weights at the ends of epochs. */
export type Average =
  | { readonly kind: "ema"; readonly decay: number }
  | {
      readonly kind: "swa";
      /** The first epoch whose weights are averaged, from 1; null for three quarters of the epochs. */
      readonly from: number | null;
      /** Epochs from one to the next. */
      readonly every: number;
    };

/**
 * An exponential moving average of the weights (Polyak & Juditsky 1992), moved after each update:
 * average <- d average + (1 - d) weights with d = min(decay, (1 + t) / (10 + t)) after t updates, as TensorFlow's
 * `num_updates` has it, so that the first weights are soon forgotten. Running statistics of batch normalisation are averaged
 * likewise. The average is what is evaluated after each epoch and saved.
 *
 * @throws RangeError when `decay` is not in [0, 1), TypeError for another option.
 * @example
 * ```ts
 * import { ema, phantoms, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const { validation } of run.train({ average: ema({ decay: 0.99 }), epochs: 2 })) console.log(validation.loss);
 * ```
 */
export function ema(options: { readonly decay?: number } = {}): Extract<Average, { kind: "ema" }> {
  checkOptions("ema", options, ["decay"]);
  const { decay = 0.999 } = options;
  if (!(decay >= 0 && decay < 1)) throw new RangeError(`ema: expected a decay in [0, 1), got ${decay}`);
  return Object.freeze({ kind: "ema", decay });
}

/**
 * Stochastic weight averaging (Izmailov et al. 2018): the mean of the weights at the end of epoch `from` and of every
 * `every`-th after it. From then on the mean is what is evaluated and saved; the statistics of batch normalisation are taken
 * anew for it, by a pass over the training set.
 *
 * @param options `from` is three quarters of the epochs by default, `every` 1.
 * @throws RangeError when one of them is not a whole number of at least 1.
 * @example
 * ```ts
 * import { phantoms, study, swa } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 60, seed: 7 }), seed: 7 });
 * for await (const { validation } of run.train({ average: swa({ from: 2 }), epochs: 4 })) console.log(validation.loss);
 * ```
 */
export function swa(options: { readonly from?: number | null; readonly every?: number } = {}) {
  const { from = null, every = 1 } = options;
  for (const [name, value] of Object.entries({ from: from ?? 1, every })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`swa: expected ${name} as a whole number of at least 1, got ${value}`);
    }
  }
  return Object.freeze({ kind: "swa", from, every } as const);
}

/** The average with nothing left open. @throws RangeError when it would begin behind the last epoch. */
export function settledAverage(average: Average, epochs: number): Average {
  if (average.kind === "ema") return average;
  const from = average.from ?? Math.ceil(0.75 * epochs);
  if (from <= epochs) return Object.freeze({ ...average, from });
  throw new RangeError(`swa: expected from of at most the ${epochs} epochs of the run, got ${from}`);
}
