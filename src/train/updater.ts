// How an optimizer moves weights: what changes from step to step is counted here in float64, the kernels do the rest.
import { pow } from "../elementary.ts";
import type { Address, Kernels } from "../wasm/kernels.ts";
import type { Optimizer } from "./optimizer.ts";

/** Everything an updater counts, enough to go on to the last bit. JSON-safe. */
export interface Counters {
  /** Updates so far. */
  readonly steps: number;
  /** beta1^steps and beta2^steps. */
  readonly beta1Power: number;
  readonly beta2Power: number;
  /** Product of NAdam's momenta. */
  readonly momentumProduct: number;
}

export interface Updater {
  /** Begins the next update: advances the counters. */
  step(learningRate: number): void;
  /** Moves `n` weights at `w` by their gradients at `g`; `slots` are the addresses of optimizerSlots, in order. */
  apply(w: Address, g: Address, slots: readonly Address[], n: number): void;
  counters(): Counters;
  restore(counters: Counters): void;
}

/** Allocates nothing after it is made. */
export function createUpdater(kernels: Kernels, optimizer: Optimizer): Updater {
  const beta1 = "beta1" in optimizer ? optimizer.beta1 : 0;
  const beta2 = "beta2" in optimizer ? optimizer.beta2 : 0;
  let steps = 0;
  // In an array of their own: a variable of the closure would be a new number on the heap at each step.
  const powers = Float64Array.of(1, 1, 1);
  const rates = new Float64Array(1);

  /** NAdam's momentum of step t: beta1 (1 - 0.96^(t decay) / 2)   (Dozat 2016) */
  const momentumOf = (t: number, decay: number) => beta1 * (1 - 0.5 * pow(0.96, t * decay));

  return {
    step(learningRate) {
      rates[0] = learningRate;
      steps++;
      powers[0] *= beta1;
      powers[1] *= beta2;
      if (optimizer.kind === "nadam") powers[2] *= momentumOf(steps, optimizer.momentumDecay);
    },
    apply(w, g, slots, n) {
      const decay = optimizer.weightDecay;
      const rate = rates[0];
      const beta1Power = powers[0];
      const beta2Power = powers[1];
      const momentumProduct = powers[2];
      const rate1 = rate / (1 - beta1Power);
      const inverseRoot = 1 / Math.sqrt(1 - beta2Power);
      switch (optimizer.kind) {
        case "gradientDescent":
          return kernels.sgdStep(w, g, n, rate, decay);
        case "sgd": {
          if (optimizer.momentum === 0) return kernels.sgdStep(w, g, n, rate, decay);
          const share = steps === 1 ? 1 : 1 - optimizer.dampening;
          const momentumStep = optimizer.nesterov ? kernels.nesterovStep : kernels.momentumStep;
          return momentumStep(w, slots[0], g, n, rate, optimizer.momentum, share, decay);
        }
        case "adam":
        case "adamw": {
          const isDecoupled = optimizer.kind === "adamw";
          const added = isDecoupled ? 0 : decay;
          const keep = isDecoupled ? 1 - rate * decay : 1;
          const { epsilon } = optimizer;
          if (optimizer.amsgrad) {
            const m = slots[0];
            const v = slots[1];
            const largest = slots[2];
            return kernels.amsgradStep(w, m, v, largest, g, n, rate1, beta1, beta2, epsilon, inverseRoot, added, keep);
          }
          return kernels.adamStep(w, slots[0], slots[1], g, n, rate1, beta1, beta2, epsilon, inverseRoot, added, keep);
        }
        case "nadam": {
          const momentum = momentumOf(steps, optimizer.momentumDecay);
          const next = momentumOf(steps + 1, optimizer.momentumDecay);
          const gradientRate = (rate * (1 - momentum)) / (1 - momentumProduct);
          // The momentum counts twice here, as in PyTorch 1.13, which the reference vectors come from.
          const momentRate = (rate * next) / (1 - momentumProduct * momentum * next);
          const { epsilon } = optimizer;
          const m = slots[0];
          const v = slots[1];
          return kernels.nadamStep(w, m, v, g, n, gradientRate, momentRate, beta1, beta2, epsilon, inverseRoot, decay);
        }
        case "radam": {
          // Length of the simple moving average that v stands for, and its limit (Liu et al. 2020, Alg. 2).
          const limit = 2 / (1 - beta2) - 1;
          const length = limit - (2 * steps * beta2Power) / (1 - beta2Power);
          const isRectified = length > 5;
          const ratio = ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length);
          const rectified = isRectified ? Math.sqrt(ratio * (1 - beta2Power)) : 1;
          const flag = isRectified ? 1 : 0;
          const { epsilon } = optimizer;
          return kernels.radamStep(w, slots[0], slots[1], g, n, rate1, beta1, beta2, epsilon, rectified, flag, decay);
        }
        case "adamax":
          return kernels.adamaxStep(w, slots[0], slots[1], g, n, rate1, beta1, beta2, optimizer.epsilon, decay);
        case "rmsprop": {
          const { alpha, epsilon, momentum } = optimizer;
          if (optimizer.centered) {
            const v = slots[0];
            const average = slots[1];
            const velocity = slots[2];
            return kernels.rmspropCenteredStep(w, v, average, velocity, g, n, rate, alpha, epsilon, momentum, decay);
          }
          if (momentum > 0) {
            return kernels.rmspropMomentumStep(w, slots[0], slots[1], g, n, rate, alpha, epsilon, momentum, decay);
          }
          return kernels.rmspropStep(w, slots[0], g, n, rate, alpha, epsilon, decay);
        }
        case "adagrad": {
          const current = rate / (1 + (steps - 1) * optimizer.learningRateDecay);
          return kernels.adagradStep(w, slots[0], g, n, current, optimizer.epsilon, decay);
        }
        case "adadelta":
          return kernels.adadeltaStep(w, slots[0], slots[1], g, n, rate, optimizer.rho, optimizer.epsilon, decay);
      }
    },
    counters: () => ({ steps, beta1Power: powers[0], beta2Power: powers[1], momentumProduct: powers[2] }),
    restore(counters) {
      ({ steps } = counters);
      powers.set([counters.beta1Power, counters.beta2Power, counters.momentumProduct]);
    },
  };
}
