// Optimizers that divide by a running root mean square of the gradient: RMSprop, Adagrad, Adadelta.
// w (n) and the arrays of its state, all (n), are updated from g (n), to which decay w is added first. As PyTorch 2.
// alpha and rho are float64, since 1 minus a rounded one loses digits.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

/** x <- share x + (1 - share) y: a running mean; returns it. */
// @ts-ignore: decorator
@inline
function runningMean(x: usize, y: v128, left: i32, share: f64): v128 {
  const mean = multiplyAdd(f32x4.splat(<f32>(1 - share)), y, f32x4.mul(f32x4.splat(<f32>share), loadLanes(x, left)));
  storeLanes(x, mean, left);
  return mean;
}

/** v <- alpha v + (1 - alpha) g^2;  w <- w - rate g / (sqrt(v) + epsilon)   (Tieleman & Hinton 2012) */
export function rmspropStep(
  w: usize,
  v: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  alpha: f64,
  epsilon: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const square = runningMean(v + at, f32x4.mul(gradient, gradient), n - i, alpha);
    const root = f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon));
    storeLanes(w + at, multiplyAdd(f32x4.splat(-learningRate), f32x4.div(gradient, root), weight), n - i);
  }
}

/** As rmspropStep with u <- momentum u + g / (sqrt(v) + epsilon);  w <- w - rate u */
export function rmspropMomentumStep(
  w: usize,
  v: usize,
  velocity: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  alpha: f64,
  epsilon: f32,
  momentum: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const square = runningMean(v + at, f32x4.mul(gradient, gradient), n - i, alpha);
    const root = f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon));
    const u = multiplyAdd(f32x4.splat(momentum), loadLanes(velocity + at, n - i), f32x4.div(gradient, root));
    storeLanes(velocity + at, u, n - i);
    storeLanes(w + at, multiplyAdd(f32x4.splat(-learningRate), u, weight), n - i);
  }
}

/**
 * As rmspropMomentumStep with the variance v - a^2, a <- alpha a + (1 - alpha) g, in v's place   (Graves 2013).
 * Rounding may leave it below 0; it is then taken as 0.
 */
export function rmspropCenteredStep(
  w: usize,
  v: usize,
  average: usize,
  velocity: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  alpha: f64,
  epsilon: f32,
  momentum: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const square = runningMean(v + at, f32x4.mul(gradient, gradient), n - i, alpha);
    const mean = runningMean(average + at, gradient, n - i, alpha);
    const variance = f32x4.max(f32x4.sub(square, f32x4.mul(mean, mean)), f32x4.splat(0));
    const root = f32x4.add(f32x4.sqrt(variance), f32x4.splat(epsilon));
    const u = multiplyAdd(f32x4.splat(momentum), loadLanes(velocity + at, n - i), f32x4.div(gradient, root));
    storeLanes(velocity + at, u, n - i);
    storeLanes(w + at, multiplyAdd(f32x4.splat(-learningRate), u, weight), n - i);
  }
}

/** s <- s + g^2;  w <- w - rate g / (sqrt(s) + epsilon)   (Duchi et al. 2011) */
export function adagradStep(
  w: usize,
  squares: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  epsilon: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const sum = multiplyAdd(gradient, gradient, loadLanes(squares + at, n - i));
    storeLanes(squares + at, sum, n - i);
    const root = f32x4.add(f32x4.sqrt(sum), f32x4.splat(epsilon));
    storeLanes(w + at, multiplyAdd(f32x4.splat(-learningRate), f32x4.div(gradient, root), weight), n - i);
  }
}

/**
 * v <- rho v + (1 - rho) g^2;  d = sqrt(a + epsilon) / sqrt(v + epsilon) g;  a <- rho a + (1 - rho) d^2;  w <- w - rate d
 * (Zeiler 2012, Alg. 1; epsilon inside the roots)
 */
export function adadeltaStep(
  w: usize,
  v: usize,
  accumulated: usize,
  g: usize,
  n: i32,
  learningRate: f32,
  rho: f64,
  epsilon: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const square = runningMean(v + at, f32x4.mul(gradient, gradient), n - i, rho);
    const above = f32x4.sqrt(f32x4.add(loadLanes(accumulated + at, n - i), f32x4.splat(epsilon)));
    const under = f32x4.sqrt(f32x4.add(square, f32x4.splat(epsilon)));
    const change = f32x4.mul(f32x4.div(above, under), gradient);
    runningMean(accumulated + at, f32x4.mul(change, change), n - i, rho);
    storeLanes(w + at, multiplyAdd(f32x4.splat(-learningRate), change, weight), n - i);
  }
}
