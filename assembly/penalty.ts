// The gradient of penalties on the size of weights: l1 sum |w| + l2 sum w^2.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

/** g (n) += 2 l2 w (n) + l1 sign(w (n)), the sign of 0 being 0   (ridge: Hoerl & Kennard 1970; lasso: Tibshirani 1996) */
export function addPenaltyGradient(g: usize, w: usize, n: i32, l1: f32, l2: f32): void {
  const slope = f32x4.splat(2 * l2);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const weight = loadLanes(w + at, n - i);
    const above = v128.and(f32x4.gt(weight, f32x4.splat(0)), f32x4.splat(l1));
    const below = v128.and(f32x4.lt(weight, f32x4.splat(0)), f32x4.splat(l1));
    const gradient = multiplyAdd(slope, weight, loadLanes(g + at, n - i));
    storeLanes(g + at, f32x4.add(gradient, f32x4.sub(above, below)), n - i);
  }
}
