// What the machine can do at most: multiply-adds that touch registers alone, and a stream through memory. For measuring.
import { multiplyAdd } from "./simd";

/**
 * `turns` times thirteen independent multiply-adds of four lanes: 104 flop a turn. Each multiplies the accumulator behind it,
 * so that no engine can take a product out of the loop; returns their sum, so that none can leave it out.
 */
export function multiplyAddLimit(turns: i32, factor: f32): f32 {
  const f = f32x4.splat(factor);
  let c0 = f,
    c1 = f32x4.splat(1),
    c2 = f32x4.splat(2),
    c3 = f32x4.splat(3),
    c4 = f32x4.splat(4),
    c5 = f32x4.splat(5);
  let c6 = f32x4.splat(6),
    c7 = f32x4.splat(7),
    c8 = f32x4.splat(8),
    c9 = f32x4.splat(9),
    c10 = f32x4.splat(10),
    c11 = f32x4.splat(11),
    c12 = f32x4.splat(12);
  for (let turn = 0; turn < turns; turn++) {
    c0 = multiplyAdd(c1, f, c0);
    c1 = multiplyAdd(c2, f, c1);
    c2 = multiplyAdd(c3, f, c2);
    c3 = multiplyAdd(c4, f, c3);
    c4 = multiplyAdd(c5, f, c4);
    c5 = multiplyAdd(c6, f, c5);
    c6 = multiplyAdd(c7, f, c6);
    c7 = multiplyAdd(c8, f, c7);
    c8 = multiplyAdd(c9, f, c8);
    c9 = multiplyAdd(c10, f, c9);
    c10 = multiplyAdd(c11, f, c10);
    c11 = multiplyAdd(c12, f, c11);
    c12 = multiplyAdd(c0, f, c12);
  }
  const low = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, f32x4.add(c3, f32x4.add(c4, c5))));
  const high = f32x4.add(f32x4.add(c6, c7), f32x4.add(c8, f32x4.add(c9, f32x4.add(c10, f32x4.add(c11, c12)))));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/**
 * `turns` times thirteen multiply-adds as above, but c = c factor + 1. Engines differ in which of the two they keep
 * in registers, so the faster one is the limit.
 */
export function multiplyAddOwnLimit(turns: i32, factor: f32): f32 {
  const f = f32x4.splat(factor);
  const one = f32x4.splat(1);
  let c0 = f,
    c1 = f32x4.splat(1),
    c2 = f32x4.splat(2),
    c3 = f32x4.splat(3),
    c4 = f32x4.splat(4),
    c5 = f32x4.splat(5);
  let c6 = f32x4.splat(6),
    c7 = f32x4.splat(7),
    c8 = f32x4.splat(8),
    c9 = f32x4.splat(9),
    c10 = f32x4.splat(10),
    c11 = f32x4.splat(11),
    c12 = f32x4.splat(12);
  for (let turn = 0; turn < turns; turn++) {
    c0 = multiplyAdd(c0, f, one);
    c1 = multiplyAdd(c1, f, one);
    c2 = multiplyAdd(c2, f, one);
    c3 = multiplyAdd(c3, f, one);
    c4 = multiplyAdd(c4, f, one);
    c5 = multiplyAdd(c5, f, one);
    c6 = multiplyAdd(c6, f, one);
    c7 = multiplyAdd(c7, f, one);
    c8 = multiplyAdd(c8, f, one);
    c9 = multiplyAdd(c9, f, one);
    c10 = multiplyAdd(c10, f, one);
    c11 = multiplyAdd(c11, f, one);
    c12 = multiplyAdd(c12, f, one);
  }
  const low = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, f32x4.add(c3, f32x4.add(c4, c5))));
  const high = f32x4.add(f32x4.add(c6, c7), f32x4.add(c8, f32x4.add(c9, f32x4.add(c10, f32x4.add(c11, c12)))));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/** y (n) = factor x + y, n a multiple of four: 12 bytes a float (two read, one written). */
export function streamLimit(y: usize, x: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const end = y + ((<usize>n) << 2);
  for (; y < end; y += 16) {
    v128.store(y, multiplyAdd(f, v128.load(x), v128.load(y)));
    x += 16;
  }
}

/** 1 where multiply-add is rounded once: (1 + small)^2 - (1 + 2 small) is small^2 then, and 0 for small = 2^-12 otherwise. */
export function isFused(small: f32): i32 {
  const factor = f32x4.splat(1 + small);
  const rest = multiplyAdd(factor, factor, f32x4.splat(-1 - 2 * small));
  return f32x4.extract_lane(rest, 0) != 0 ? 1 : 0;
}
