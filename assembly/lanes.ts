// Vectors of a row whose length need not be a multiple of four: whole vectors, and the part at the end.
import { loadPartial, storePartial } from "./simd";

/** Four floats, or as many as are `left` (at least one) with zeros behind; reads nothing beyond them. */
// @ts-ignore: decorator
@inline
export function loadLanes(address: usize, left: i32): v128 {
  return left >= 4 ? v128.load(address) : loadPartial(address, left);
}

/** Stores four lanes, or as many as are `left` (at least one). */
// @ts-ignore: decorator
@inline
export function storeLanes(address: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(address, x);
  else storePartial(address, x, left);
}

/** The first `left` lanes (four when there are more), zeros in the others. */
// @ts-ignore: decorator
@inline
export function keepLanes(x: v128, left: i32): v128 {
  return v128.and(x, i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3)));
}
