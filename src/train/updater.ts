// How an optimizer moves weights: what changes from step to step is counted here in float64, the kernels do the rest.
import { pow } from "../elementary.ts";
import type { CallableKernels } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
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
  /**
   * Moves `n` weights at `w` by their gradients at `g`, or adds that to a list of calls; `slots` are the addresses of
   * optimizerSlots, in order. What changes from step to step is 0: fill() writes it.
   */
  record(kernels: CallableKernels, w: Address, g: Address, slots: readonly Address[], n: number): void;
  /** Begins the next update: advances the counters. */
  step(learningRate: number): void;
  /** Writes what the update that began last needs into the scalars of the call, which begin at `at`. */
  fill(numbers: Float64Array, at: number): void;
  counters(): Counters;
  restore(counters: Counters): void;
}

/** Allocates nothing after it is made. */
export function createUpdater(optimizer: Optimizer): Updater {
  const beta1 = "beta1" in optimizer ? optimizer.beta1 : 0;
  const beta2 = "beta2" in optimizer ? optimizer.beta2 : 0;
  let steps = 0;
  // In arrays of their own: a variable of the closure would be a new number on the heap at each step.
  const powers = Float64Array.of(1, 1, 1);
  const rates = new Float64Array(1);

  /** NAdam's momentum of step t: beta1 (1 - 0.96^(t decay) / 2)   (Dozat 2016) */
  const momentumOf = (t: number, decay: number) => beta1 * (1 - 0.5 * pow(0.96, t * decay));

  return {
    record: (kernels, w, g, slots, n) => record(kernels, optimizer, w, g, slots, n),
    step(learningRate) {
      rates[0] = learningRate;
      steps++;
      powers[0] *= beta1;
      powers[1] *= beta2;
      if (optimizer.kind === "nadam") powers[2] *= momentumOf(steps, optimizer.momentumDecay);
    },
    fill(numbers, at) {
      const rate = rates[0];
      numbers[at] = rate;
      switch (optimizer.kind) {
        case "sgd":
          if (optimizer.momentum > 0) numbers[at + momentumScalars.share] = steps === 1 ? 1 : 1 - optimizer.dampening;
          return;
        case "adam":
        case "adamw":
          numbers[at] = rate / (1 - powers[0]);
          numbers[at + adamScalars.inverseRoot] = 1 / Math.sqrt(1 - powers[1]);
          numbers[at + adamScalars.keep] = optimizer.kind === "adamw" ? 1 - rate * optimizer.weightDecay : 1;
          return;
        case "nadam": {
          const momentum = momentumOf(steps, optimizer.momentumDecay);
          const next = momentumOf(steps + 1, optimizer.momentumDecay);
          numbers[at] = (rate * (1 - momentum)) / (1 - powers[2]);
          // The momentum counts twice here, as in PyTorch 1.13, which the reference vectors come from.
          numbers[at + nadamScalars.momentRate] = (rate * next) / (1 - powers[2] * momentum * next);
          numbers[at + nadamScalars.inverseRoot] = 1 / Math.sqrt(1 - powers[1]);
          return;
        }
        case "radam": {
          // Length of the simple moving average that v stands for, and its limit (Liu et al. 2020, Alg. 2).
          const limit = 2 / (1 - beta2) - 1;
          const length = limit - (2 * steps * powers[1]) / (1 - powers[1]);
          const isRectified = length > 5;
          const ratio = ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length);
          numbers[at] = rate / (1 - powers[0]);
          numbers[at + radamScalars.rectified] = isRectified ? Math.sqrt(ratio * (1 - powers[1])) : 1;
          numbers[at + radamScalars.isRectified] = isRectified ? 1 : 0;
          return;
        }
        case "adamax":
          numbers[at] = rate / (1 - powers[0]);
          return;
        case "adagrad":
          numbers[at] = rate / (1 + (steps - 1) * optimizer.learningRateDecay);
          return;
        case "gradientDescent":
        case "rmsprop":
        case "adadelta":
      }
    },
    counters: () => ({ steps, beta1Power: powers[0], beta2Power: powers[1], momentumProduct: powers[2] }),
    restore(counters) {
      ({ steps } = counters);
      powers.set([counters.beta1Power, counters.beta2Power, counters.momentumProduct]);
    },
  };
}

/** Places of what changes among the scalars of the kernels, in which the first is a rate. */
const momentumScalars = { share: 2 } as const;
const adamScalars = { inverseRoot: 4, keep: 6 } as const;
const nadamScalars = { momentRate: 1, inverseRoot: 5 } as const;
const radamScalars = { rectified: 4, isRectified: 5 } as const;

function record(
  kernels: CallableKernels,
  optimizer: Optimizer,
  w: Address,
  g: Address,
  slots: readonly Address[],
  n: number,
): void {
  const { weightDecay: decay } = optimizer;
  const [first, second, third] = slots;
  switch (optimizer.kind) {
    case "gradientDescent":
      return kernels.sgdStep(w, g, n, 0, decay);
    case "sgd": {
      const { momentum, nesterov } = optimizer;
      if (momentum === 0) return kernels.sgdStep(w, g, n, 0, decay);
      if (nesterov) return kernels.nesterovStep(w, first, g, n, 0, momentum, 0, decay);
      return kernels.momentumStep(w, first, g, n, 0, momentum, 0, decay);
    }
    case "adam":
    case "adamw": {
      const { beta1, beta2, epsilon, amsgrad } = optimizer;
      const added = optimizer.kind === "adamw" ? 0 : decay;
      if (amsgrad) return kernels.amsgradStep(w, first, second, third, g, n, 0, beta1, beta2, epsilon, 0, added, 0);
      return kernels.adamStep(w, first, second, g, n, 0, beta1, beta2, epsilon, 0, added, 0);
    }
    case "nadam": {
      const { beta1, beta2, epsilon } = optimizer;
      return kernels.nadamStep(w, first, second, g, n, 0, 0, beta1, beta2, epsilon, 0, decay);
    }
    case "radam": {
      const { beta1, beta2, epsilon } = optimizer;
      return kernels.radamStep(w, first, second, g, n, 0, beta1, beta2, epsilon, 0, 0, decay);
    }
    case "adamax": {
      const { beta1, beta2, epsilon } = optimizer;
      return kernels.adamaxStep(w, first, second, g, n, 0, beta1, beta2, epsilon, decay);
    }
    case "rmsprop": {
      const { alpha, epsilon, momentum, centered } = optimizer;
      if (centered)
        return kernels.rmspropCenteredStep(w, first, second, third, g, n, 0, alpha, epsilon, momentum, decay);
      if (momentum > 0) return kernels.rmspropMomentumStep(w, first, second, g, n, 0, alpha, epsilon, momentum, decay);
      return kernels.rmspropStep(w, first, g, n, 0, alpha, epsilon, decay);
    }
    case "adagrad":
      return kernels.adagradStep(w, first, g, n, 0, optimizer.epsilon, decay);
    case "adadelta":
      return kernels.adadeltaStep(w, first, second, g, n, 0, optimizer.rho, optimizer.epsilon, decay);
  }
}
