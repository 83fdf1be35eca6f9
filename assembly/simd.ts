// Lane helpers: the only file with partial vectors, shuffles and multiply-add.

/** a * b + c in each lane, rounded after the product and after the sum. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
