// Adam and its descendants: w (n), first moments m (n) and second moments v (n) are updated from g (n).
//   g <- g + decay w;  m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2      (Kingma & Ba 2015, Alg. 1)
// beta1 and beta2 are float64, since 1 - b2 of a rounded b2 is wrong in the fifth digit. Epsilon stands outside the root, as in PyTorch 2. Bias corrections are scalars that the caller computes in float64.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

// @ts-ignore: decorator
@inline
function firstMoment(m: usize, gradient: v128, left: i32, beta1: f64): v128 {
  const moment = multiplyAdd(
    f32x4.splat(<f32>(1 - beta1)),
    gradient,
    f32x4.mul(f32x4.splat(<f32>beta1), loadLanes(m, left)),
  );
  storeLanes(m, moment, left);
  return moment;
}

// @ts-ignore: decorator
@inline
function secondMoment(v: usize, gradient: v128, left: i32, beta2: f64): v128 {
  const square = f32x4.mul(gradient, gradient);
  const moment = multiplyAdd(
    f32x4.splat(<f32>(1 - beta2)),
    square,
    f32x4.mul(f32x4.splat(<f32>beta2), loadLanes(v, left)),
  );
  storeLanes(v, moment, left);
  return moment;
}

/** sqrt(v) / root + epsilon, root being the square root of v's bias correction */
// @ts-ignore: decorator
@inline
function denominator(v: v128, inverseRoot: f32, epsilon: f32): v128 {
  return multiplyAdd(f32x4.sqrt(v), f32x4.splat(inverseRoot), f32x4.splat(epsilon));
}

/** adamStep of the vector at these addresses, of which `left` lanes are there. */
// @ts-ignore: decorator
@inline
function adamVector(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  left: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  inverseRoot: f32,
  weightDecay: f32,
  keep: f32,
): void {
  const weight = loadLanes(w, left);
  const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g, left));
  const first = firstMoment(m, gradient, left, beta1);
  const second = secondMoment(v, gradient, left, beta2);
  const change = f32x4.div(f32x4.mul(f32x4.splat(rate), first), denominator(second, inverseRoot, epsilon));
  storeLanes(w, f32x4.sub(f32x4.mul(f32x4.splat(keep), weight), change), left);
}

/**
 * w <- keep w - rate m / (sqrt(v) inverseRoot + epsilon)
 * rate = learning rate / (1 - b1^t), inverseRoot = 1 / sqrt(1 - b2^t). Adam has keep = 1; AdamW (Loshchilov & Hutter
 * 2019) has weightDecay = 0 and keep = 1 - learning rate * decay.
 */
export function adamStep(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  inverseRoot: f32,
  weightDecay: f32,
  keep: f32,
): void {
  const rates = f32x4.splat(rate);
  const b1 = f32x4.splat(<f32>beta1);
  const b2 = f32x4.splat(<f32>beta2);
  const share1 = f32x4.splat(<f32>(1 - beta1));
  const share2 = f32x4.splat(<f32>(1 - beta2));
  const epsilons = f32x4.splat(epsilon);
  const inverseRoots = f32x4.splat(inverseRoot);
  const decays = f32x4.splat(weightDecay);
  const keeps = f32x4.splat(keep);
  let i = 0;
  // Two vectors at a time, loaded before anything is stored, so that an engine may join the two.
  for (; i + 8 <= n; i += 8) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const g0 = multiplyAdd(decays, w0, v128.load(g));
    const g1 = multiplyAdd(decays, w1, v128.load(g, 16));
    const m0 = multiplyAdd(share1, g0, f32x4.mul(b1, v128.load(m)));
    const m1 = multiplyAdd(share1, g1, f32x4.mul(b1, v128.load(m, 16)));
    const v0 = multiplyAdd(share2, f32x4.mul(g0, g0), f32x4.mul(b2, v128.load(v)));
    const v1 = multiplyAdd(share2, f32x4.mul(g1, g1), f32x4.mul(b2, v128.load(v, 16)));
    const change0 = f32x4.div(f32x4.mul(rates, m0), multiplyAdd(f32x4.sqrt(v0), inverseRoots, epsilons));
    const change1 = f32x4.div(f32x4.mul(rates, m1), multiplyAdd(f32x4.sqrt(v1), inverseRoots, epsilons));
    v128.store(m, m0);
    v128.store(m, m1, 16);
    v128.store(v, v0);
    v128.store(v, v1, 16);
    v128.store(w, f32x4.sub(f32x4.mul(keeps, w0), change0));
    v128.store(w, f32x4.sub(f32x4.mul(keeps, w1), change1), 16);
    w += 32;
    m += 32;
    v += 32;
    g += 32;
  }
  for (; i < n; i += 4) {
    adamVector(w, m, v, g, n - i, rate, beta1, beta2, epsilon, inverseRoot, weightDecay, keep);
    w += 16;
    m += 16;
    v += 16;
    g += 16;
  }
}

/** As adamStep with the largest v so far, largest <- max(largest, v), in v's place   (Reddi et al. 2018) */
export function amsgradStep(
  w: usize,
  m: usize,
  v: usize,
  largest: usize,
  g: usize,
  n: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  inverseRoot: f32,
  weightDecay: f32,
  keep: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const first = firstMoment(m + at, gradient, n - i, beta1);
    const second = f32x4.max(loadLanes(largest + at, n - i), secondMoment(v + at, gradient, n - i, beta2));
    storeLanes(largest + at, second, n - i);
    const change = f32x4.div(f32x4.mul(f32x4.splat(rate), first), denominator(second, inverseRoot, epsilon));
    storeLanes(w + at, f32x4.sub(f32x4.mul(f32x4.splat(keep), weight), change), n - i);
  }
}

/** w <- w - (gradientRate g + momentRate m) / (sqrt(v) inverseRoot + epsilon)   (Dozat 2016) */
export function nadamStep(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  gradientRate: f32,
  momentRate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  inverseRoot: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const first = firstMoment(m + at, gradient, n - i, beta1);
    const second = secondMoment(v + at, gradient, n - i, beta2);
    const direction = multiplyAdd(f32x4.splat(momentRate), first, f32x4.mul(f32x4.splat(gradientRate), gradient));
    const change = f32x4.div(direction, denominator(second, inverseRoot, epsilon));
    storeLanes(w + at, f32x4.sub(weight, change), n - i);
  }
}

/**
 * w <- w - rate m rectified / (sqrt(v) + epsilon) once the variance of v is tractable (isRectified = 1), before that
 * w <- w - rate m   (Liu et al. 2020). rectified holds the rectification and sqrt(1 - b2^t).
 */
export function radamStep(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  rectified: f32,
  isRectified: i32,
  weightDecay: f32,
): void {
  const useSecond = i32x4.splat(-isRectified);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const plain = f32x4.mul(f32x4.splat(rate), firstMoment(m + at, gradient, n - i, beta1));
    const second = f32x4.add(f32x4.sqrt(secondMoment(v + at, gradient, n - i, beta2)), f32x4.splat(epsilon));
    const adapted = f32x4.mul(plain, f32x4.div(f32x4.splat(rectified), second));
    storeLanes(w + at, f32x4.sub(weight, v128.bitselect(adapted, plain, useSecond)), n - i);
  }
}

/** u <- max(b2 u, |g| + epsilon);  w <- w - rate m / u   (Kingma & Ba 2015, Alg. 2) */
export function adamaxStep(
  w: usize,
  m: usize,
  u: usize,
  g: usize,
  n: i32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
  weightDecay: f32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const gradient = multiplyAdd(f32x4.splat(weightDecay), weight, loadLanes(g + at, n - i));
    const first = firstMoment(m + at, gradient, n - i, beta1);
    const decayed = f32x4.mul(f32x4.splat(<f32>beta2), loadLanes(u + at, n - i));
    const norm = f32x4.max(decayed, f32x4.add(f32x4.abs(gradient), f32x4.splat(epsilon)));
    storeLanes(u + at, norm, n - i);
    storeLanes(w + at, f32x4.sub(weight, f32x4.div(f32x4.mul(f32x4.splat(rate), first), norm)), n - i);
  }
}
