// Gradient descent, with and without momentum: w (n) and the arrays of its state, all (n), are updated from g (n).
// Equations, and weight decay as part of the gradient, as in PyTorch 2; what changes from step to step is a scalar.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

/** w <- w - rate (g + decay w) */
export function sgdStep(w: usize, g: usize, n: i32, learningRate: f32, weightDecay: f32): void {
  const rate = f32x4.splat(-learningRate);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    storeLanes(w + at, multiplyAdd(rate, gradient, weight), n - i);
  }
}

/**
 * u <- momentum u + share (g + decay w);  w <- w - rate u   (Polyak 1964)
 * share = 1 - dampening, and 1 in the first step, where u is 0.
 */
export function momentumStep(
  w: usize,
  velocity: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  momentum: f32,
  share: f32,
  weightDecay: f32,
): void {
  const rate = f32x4.splat(-learningRate);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const kept = f32x4.mul(f32x4.splat(momentum), loadLanes(velocity + at, n - i));
    const u = multiplyAdd(f32x4.splat(share), gradient, kept);
    storeLanes(velocity + at, u, n - i);
    storeLanes(w + at, multiplyAdd(rate, u, weight), n - i);
  }
}

/** d = g + decay w;  u <- momentum u + share d;  w <- w - rate (d + momentum u)   (Nesterov 1983; Sutskever et al. 2013) */
export function nesterovStep(
  w: usize,
  velocity: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  momentum: f32,
  share: f32,
  weightDecay: f32,
): void {
  const rate = f32x4.splat(-learningRate);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const kept = f32x4.mul(f32x4.splat(momentum), loadLanes(velocity + at, n - i));
    const u = multiplyAdd(f32x4.splat(share), gradient, kept);
    storeLanes(velocity + at, u, n - i);
    const ahead = multiplyAdd(f32x4.splat(momentum), u, gradient);
    storeLanes(w + at, multiplyAdd(rate, ahead, weight), n - i);
  }
}
