// What changes from step to step in an optimizer: counters come in, scalars of its kernel's call go out, all float64.
//
// counters: (5) learning rate, updates so far t, b1^t, b2^t, product of NAdam's momenta. Each of these begins an update:
// it advances the counters first. scalars: those of the call that moves the weights (adam.ts, adaptive.ts, optimizer.ts).

// @ts-ignore: decorator
@inline
function set(scalars: usize, k: i32, value: f64): void {
  store<f64>(scalars + ((<usize>k) << 3), value);
}

/** t <- t + 1, b1^t <- b1^(t - 1) b1, b2^t likewise; returns t. */
function advance(counters: usize, beta1: f64, beta2: f64): f64 {
  const t = load<f64>(counters, 8) + 1;
  store<f64>(counters, t, 8);
  store<f64>(counters, load<f64>(counters, 16) * beta1, 16);
  store<f64>(counters, load<f64>(counters, 24) * beta2, 24);
  return t;
}

/** rate, the first scalar: of gradient descent, RMSprop, Adadelta. */
export function advanceRate(scalars: usize, counters: usize): void {
  advance(counters, 0, 0);
  set(scalars, 0, load<f64>(counters));
}

/** rate and share = 1 at the first step, 1 - dampening from then on: of momentum and Nesterov's. */
export function advanceMomentum(scalars: usize, counters: usize, share: f64): void {
  const t = advance(counters, 0, 0);
  set(scalars, 0, load<f64>(counters));
  set(scalars, 2, t == 1 ? 1 : share);
}

/** rate / (1 - b1^t), 1 / sqrt(1 - b2^t), 1 - rate decay: of Adam (decay 0), AdamW and AMSGrad. */
export function advanceAdam(scalars: usize, counters: usize, beta1: f64, beta2: f64, decay: f64): void {
  advance(counters, beta1, beta2);
  const rate = load<f64>(counters);
  set(scalars, 0, rate / (1 - load<f64>(counters, 16)));
  set(scalars, 4, 1 / sqrt<f64>(1 - load<f64>(counters, 24)));
  set(scalars, 6, 1 - rate * decay);
}

/**
 * Rates of gradient and moment, 1 / sqrt(1 - b2^t), given NAdam's momenta of this step and the next (Dozat 2016).
 * The momentum counts twice in the moment's rate, as in PyTorch 1.13, which the reference vectors come from.
 */
export function advanceNadam(scalars: usize, counters: usize, beta1: f64, beta2: f64, momentum: f64, next: f64): void {
  advance(counters, beta1, beta2);
  const rate = load<f64>(counters);
  const product = load<f64>(counters, 32) * momentum;
  store<f64>(counters, product, 32);
  set(scalars, 0, (rate * (1 - momentum)) / (1 - product));
  set(scalars, 1, (rate * next) / (1 - product * momentum * next));
  set(scalars, 5, 1 / sqrt<f64>(1 - load<f64>(counters, 24)));
}

/** rate / (1 - b1^t), rectification, whether it is tractable (Liu et al. 2020, Alg. 2). */
export function advanceRadam(scalars: usize, counters: usize, beta1: f64, beta2: f64): void {
  const t = advance(counters, beta1, beta2);
  const power = load<f64>(counters, 24);
  // Length of the simple moving average that v stands for, and its limit.
  const limit = 2 / (1 - beta2) - 1;
  const length = limit - (2 * t * power) / (1 - power);
  const isRectified = length > 5;
  const ratio = ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length);
  set(scalars, 0, load<f64>(counters) / (1 - load<f64>(counters, 16)));
  set(scalars, 4, isRectified ? sqrt<f64>(ratio * (1 - power)) : 1);
  set(scalars, 5, isRectified ? 1 : 0);
}

/** rate / (1 - b1^t): of Adamax. */
export function advanceAdamax(scalars: usize, counters: usize, beta1: f64): void {
  advance(counters, beta1, 0);
  set(scalars, 0, load<f64>(counters) / (1 - load<f64>(counters, 16)));
}

/** rate / (1 + (t - 1) decay): of Adagrad. */
export function advanceAdagrad(scalars: usize, counters: usize, decay: f64): void {
  const t = advance(counters, 0, 0);
  set(scalars, 0, load<f64>(counters) / (1 + (t - 1) * decay));
}
