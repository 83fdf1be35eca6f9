// Optimizers as plain frozen values: which rule moves the weights, and its constants. Defaults are PyTorch 2's.
import { checkOptions } from "../known-options.ts";

interface WithRate {
  readonly learningRate: number;
  /**
   * Added to the gradient as weightDecay * w (but see adamw), of weights alone; of biases and normalisation layers too, as
   * PyTorch has it, with `regularization({ biases: true })`.
   */
  readonly weightDecay: number;
}

interface WithMoments extends WithRate {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface Sgd extends WithRate {
  readonly kind: "sgd";
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
}

/** One update an epoch, from the gradient over the whole training set. */
export interface GradientDescent extends WithRate {
  readonly kind: "gradientDescent";
}

export interface Adam extends WithMoments {
  /** adamw: the decay is not part of the gradient but shrinks the weights by learningRate * weightDecay. */
  readonly kind: "adam" | "adamw";
  readonly amsgrad: boolean;
}

export interface Nadam extends WithMoments {
  readonly kind: "nadam";
  readonly momentumDecay: number;
}

export interface Radam extends WithMoments {
  readonly kind: "radam";
}

export interface Adamax extends WithMoments {
  readonly kind: "adamax";
}

export interface Rmsprop extends WithRate {
  readonly kind: "rmsprop";
  readonly alpha: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly centered: boolean;
}

export interface Adagrad extends WithRate {
  readonly kind: "adagrad";
  readonly learningRateDecay: number;
  readonly epsilon: number;
}

export interface Adadelta extends WithRate {
  readonly kind: "adadelta";
  readonly rho: number;
  readonly epsilon: number;
}

export type Optimizer = Sgd | GradientDescent | Adam | Nadam | Radam | Adamax | Rmsprop | Adagrad | Adadelta;

/** What an optimizer is made of: everything has a default. */
export type OptimizerOptions<T> = Partial<Omit<T, "kind">>;

/** Gradient descent on batches, with momentum (Polyak 1964) or Nesterov's, as PyTorch's `SGD`. */
export function sgd(options: OptimizerOptions<Sgd> = {}): Sgd {
  const value = made<Sgd>(
    { kind: "sgd", learningRate: 1e-3, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
    options,
  );
  if (value.nesterov && (value.momentum <= 0 || value.dampening !== 0)) {
    throw new RangeError(
      `sgd: Nesterov's momentum expects a momentum above 0 and no dampening, got momentum ${value.momentum} and dampening ${value.dampening}`,
    );
  }
  return value;
}

/**
 * Full-batch gradient descent: the gradient over the whole training set, one update an epoch. What the article
 * describes; slower than its descendants.
 */
export function gradientDescent(options: OptimizerOptions<GradientDescent> = {}): GradientDescent {
  return made({ kind: "gradientDescent", learningRate: 1e-2, weightDecay: 0 }, options);
}

/**
 * Adam (Kingma & Ba 2015), with AMSGrad (Reddi et al. 2018) on request; as PyTorch's `Adam`.
 *
 * @throws RangeError when a rate is negative, a beta outside [0, 1) or an epsilon not above 0.
 * @example
 * ```ts
 * import { adam } from "voxgrad";
 *
 * console.log(adam({ learningRate: 3e-4 }).beta2); // 0.999
 * ```
 */
export function adam(options: OptimizerOptions<Adam> = {}): Adam {
  return made({ kind: "adam", learningRate: 1e-3, ...moments, weightDecay: 0, amsgrad: false }, options);
}

/** Adam with decoupled weight decay (Loshchilov & Hutter 2019), as PyTorch's `AdamW`. */
export function adamw(options: OptimizerOptions<Adam> = {}): Adam {
  return made({ kind: "adamw", learningRate: 1e-3, ...moments, weightDecay: 1e-2, amsgrad: false }, options);
}

/** Adam with Nesterov's momentum (Dozat 2016), as PyTorch's `NAdam`. */
export function nadam(options: OptimizerOptions<Nadam> = {}): Nadam {
  return made({ kind: "nadam", learningRate: 2e-3, ...moments, weightDecay: 0, momentumDecay: 4e-3 }, options);
}

/** Adam with a rectified adaptive rate (Liu et al. 2020), as PyTorch's `RAdam`. */
export function radam(options: OptimizerOptions<Radam> = {}): Radam {
  return made({ kind: "radam", learningRate: 1e-3, ...moments, weightDecay: 0 }, options);
}

/** Adam with the maximum norm (Kingma & Ba 2015, Alg. 2), as PyTorch's `Adamax`. */
export function adamax(options: OptimizerOptions<Adamax> = {}): Adamax {
  return made({ kind: "adamax", learningRate: 2e-3, ...moments, weightDecay: 0 }, options);
}

/** RMSprop (Tieleman & Hinton 2012), centered (Graves 2013) on request; as PyTorch's `RMSprop`. */
export function rmsprop(options: OptimizerOptions<Rmsprop> = {}): Rmsprop {
  return made(
    {
      kind: "rmsprop",
      learningRate: 1e-2,
      alpha: 0.99,
      epsilon: 1e-8,
      momentum: 0,
      centered: false,
      weightDecay: 0,
    },
    options,
  );
}

/** Adagrad (Duchi et al. 2011), as PyTorch's `Adagrad`. */
export function adagrad(options: OptimizerOptions<Adagrad> = {}): Adagrad {
  return made(
    {
      kind: "adagrad",
      learningRate: 1e-2,
      learningRateDecay: 0,
      epsilon: 1e-10,
      weightDecay: 0,
    },
    options,
  );
}

/** Adadelta (Zeiler 2012), as PyTorch's `Adadelta`. */
export function adadelta(options: OptimizerOptions<Adadelta> = {}): Adadelta {
  return made({ kind: "adadelta", learningRate: 1, rho: 0.9, epsilon: 1e-6, weightDecay: 0 }, options);
}

const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Which numbers must be where; every other number must be at least 0. */
const below1 = new Set(["beta1", "beta2", "alpha", "rho"]);

/** @throws TypeError for an option that the optimizer has not, RangeError for a number that cannot be. */
function made<T extends Optimizer>(defaults: T, options: OptimizerOptions<T>): T {
  checkOptions(defaults.kind, options, [...Object.keys(defaults).slice(1), "kind"]);
  const optimizer: T = { ...defaults, ...options };
  for (const [name, value] of Object.entries(optimizer) as [string, unknown][]) {
    if (name === "kind" || typeof value === "boolean") continue;
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
      throw new RangeError(`${optimizer.kind}: expected ${name} of at least 0, got ${String(value)}`);
    }
    if (below1.has(name) && value >= 1)
      throw new RangeError(`${optimizer.kind}: expected ${name} in [0, 1), got ${value}`);
    if (name === "epsilon" && value === 0) throw new RangeError(`${optimizer.kind}: expected epsilon above 0, got 0`);
  }
  return Object.freeze(optimizer);
}
