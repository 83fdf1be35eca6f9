// How an optimizer moves weights, as calls in a list; what changes from step to step is counted in memory, in float64.
import { pow } from "../elementary.ts";
import type { CallableKernels, CallList, Counting } from "../wasm/calls.ts";
import type { Address } from "../wasm/kernels.ts";
import type { Nadam, Optimizer } from "./optimizer.ts";

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
  /** Sets the learning rate of the updates to come. */
  setRate(learningRate: number): void;
  /** Writes into the list what it cannot count itself; before each time that it is carried out. */
  prepare(): void;
  counters(): Counters;
  restore(counters: Counters): void;
}

/**
 * Where an updater counts: (5) learning rate, updates, beta1^updates, beta2^updates, product of NAdam's momenta; each thread
 * for itself, and all the same.
 */
export interface CounterMemory {
  readonly counting: Counting;
  readonly numbers: readonly Float64Array[];
}

/**
 * Adds to a list the calls that move `n` weights at `w` by their gradients at `g`: first what advances the counters, then
 * the optimizer's own. `slots` are the addresses of optimizerSlots, in order.
 */
export function addUpdate(
  list: CallList,
  optimizer: Optimizer,
  { counting, numbers }: CounterMemory,
  w: Address,
  g: Address,
  slots: readonly Address[],
  n: number,
): Updater {
  for (const counters of numbers) counters.set([optimizer.learningRate, 0, 1, 1, 1]);
  const [counters] = numbers;
  const advanceCall = list.length;
  list.advance((kernels, scalars, at) => advance(kernels, optimizer, scalars, at), counting);
  record(list.recorder, optimizer, w, g, slots, n);
  let rate = optimizer.learningRate;
  return {
    setRate(learningRate) {
      if (learningRate === rate) return;
      rate = learningRate;
      for (let i = 0; i < numbers.length; i++) numbers[i][0] = learningRate;
    },
    prepare() {
      if (optimizer.kind !== "nadam") return;
      const t = counters[1] + 1;
      list.setScalar(advanceCall, 2, nadamMomentum(optimizer, t));
      list.setScalar(advanceCall, 3, nadamMomentum(optimizer, t + 1));
    },
    counters: () => ({
      steps: counters[1],
      beta1Power: counters[2],
      beta2Power: counters[3],
      momentumProduct: counters[4],
    }),
    restore({ steps, beta1Power, beta2Power, momentumProduct }) {
      for (const own of numbers) own.set([steps, beta1Power, beta2Power, momentumProduct], 1);
    },
  };
}

/** NAdam's momentum of step t: beta1 (1 - 0.96^(t decay) / 2)   (Dozat 2016) */
function nadamMomentum({ beta1, momentumDecay }: Nadam, t: number): number {
  return beta1 * (1 - 0.5 * pow(0.96, t * momentumDecay));
}

function advance(kernels: CallableKernels, optimizer: Optimizer, scalars: Address, counters: Address): void {
  switch (optimizer.kind) {
    case "sgd":
      if (optimizer.momentum > 0) return kernels.advanceMomentum(scalars, counters, 1 - optimizer.dampening);
      return kernels.advanceRate(scalars, counters);
    case "gradientDescent":
    case "rmsprop":
    case "adadelta":
      return kernels.advanceRate(scalars, counters);
    case "adam":
      return kernels.advanceAdam(scalars, counters, optimizer.beta1, optimizer.beta2, 0);
    case "adamw":
      return kernels.advanceAdam(scalars, counters, optimizer.beta1, optimizer.beta2, optimizer.weightDecay);
    case "nadam":
      return kernels.advanceNadam(scalars, counters, optimizer.beta1, optimizer.beta2, 0, 0);
    case "radam":
      return kernels.advanceRadam(scalars, counters, optimizer.beta1, optimizer.beta2);
    case "adamax":
      return kernels.advanceAdamax(scalars, counters, optimizer.beta1);
    case "adagrad":
      return kernels.advanceAdagrad(scalars, counters, optimizer.learningRateDecay);
  }
}

/** The optimizer's own call; what changes from step to step is 0 here. */
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
