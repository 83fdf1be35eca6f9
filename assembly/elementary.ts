// Elementary functions over arrays: y[i] = f(x[i]). In place where y is x. math.ts states each one's error bound.
import { loadLanes, storeLanes } from "./lanes";
import { erf4, exp4, log1p4, log4 } from "./math";

/** y (n) = e^x (n) */
export function expForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, exp4(loadLanes(x + at, n - i)), n - i);
  }
}

/** y (n) = ln x (n) */
export function logForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, log4(loadLanes(x + at, n - i)), n - i);
  }
}

/** y (n) = ln(1 + x (n)), 0 <= x <= 1 */
export function log1pForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, log1p4(loadLanes(x + at, n - i)), n - i);
  }
}

/** y (n) = erf x (n) */
export function erfForward(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, erf4(loadLanes(x + at, n - i)), n - i);
  }
}
