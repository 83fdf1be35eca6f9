// A running average of weights.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

/**
 * a (n) += share (w (n) - a (n)): an exponential moving average with share = 1 - decay (Polyak & Juditsky 1992; Tarvainen &
 * Valpola 2017), the mean of k with share = 1 / k.
 */
export function averageStep(a: usize, w: usize, n: i32, share: f32): void {
  const shares = f32x4.splat(share);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const average = loadLanes(a + at, n - i);
    storeLanes(a + at, multiplyAdd(shares, f32x4.sub(loadLanes(w + at, n - i), average), average), n - i);
  }
}
