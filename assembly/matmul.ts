// The three matrix products that a dense layer needs, packed and cache-blocked.
//
// Every element of C is one chain of float32 sums in the order of the inner index,
//   c = ((0 + a_0 b_0) + a_1 b_1) + ... + a_{k-1} b_{k-1}      (Add: the chain starts at the old c)
// each product and each sum rounded (in the fast build: each step a fused multiply-add). A later block of the inner
// dimension loads c and goes on with the chain, so the bits do not depend on the blocks, nor on the tile of an element.
import { product } from "./blocks";
import { Order } from "./panels";

/** c: (m, n) = a: (m, k) * b: (n, k) transposed. scratch: matmulScratchBytes(m, n, k). Strides in floats from row to row. */
export function matmulABt(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  cStride: i32,
  aStride: i32,
  bStride: i32,
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, Order.Rows, Order.Rows, false, false);
}

/** c: (m, n) = a: (m, k) * b: (k, n). */
export function matmulAB(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  cStride: i32,
  aStride: i32,
  bStride: i32,
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, Order.Rows, Order.Columns, false, false);
}

/** c: (m, n) = a: (k, m) transposed * b: (k, n). */
export function matmulAtB(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  cStride: i32,
  aStride: i32,
  bStride: i32,
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, Order.Columns, Order.Columns, false, false);
}

/** c: (m, n) += a: (k, m) transposed * b: (k, n). */
export function matmulAtBAdd(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  cStride: i32,
  aStride: i32,
  bStride: i32,
): void {
  product(c, a, b, scratch, m, n, k, cStride, aStride, bStride, Order.Columns, Order.Columns, false, true);
}
