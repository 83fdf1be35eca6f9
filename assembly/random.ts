// Philox4x32-10, four blocks at a time (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011): 128 random bits as a pure function of a 64-bit key and a 128-bit counter. src/philox.ts gives the same bits.
import { storeLanes } from "./lanes";

/** The low halves of two pairs of 64-bit products. */
// @ts-ignore: decorator
@inline
function lowWords(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

/** The high halves of two pairs of 64-bit products. */
// @ts-ignore: decorator
@inline
function highWords(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7);
}

/**
 * Stores the first `left` (at least one, at most 16) words of blocks counter0 to counter0 + 3, block after block.
 * ten times: c <- (high(M1 c2) ^ c1 ^ k0, low(M1 c2), high(M0 c0) ^ c3 ^ k1, low(M0 c0)),  k <- k + (W0, W1)
 */
// @ts-ignore: decorator
@inline
export function storeFourBlocks(
  out: usize,
  left: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
): void {
  const m0 = i32x4.splat(0xd2511f53);
  const m1 = i32x4.splat(0xcd9e8d57);
  let c0 = i32x4.add(i32x4.splat(counter0), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(counter1);
  let c2 = i32x4.splat(counter2);
  let c3 = i32x4.splat(counter3);
  for (let round = 0; round < 10; round++) {
    const low0 = i64x2.extmul_low_i32x4_u(c0, m0);
    const high0 = i64x2.extmul_high_i32x4_u(c0, m0);
    const low1 = i64x2.extmul_low_i32x4_u(c2, m1);
    const high1 = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(highWords(low1, high1), c1), i32x4.splat(key0));
    c1 = lowWords(low1, high1);
    c2 = v128.xor(v128.xor(highWords(low0, high0), c3), i32x4.splat(key1));
    c3 = lowWords(low0, high0);
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }

  // Lanes are blocks; the words of one block belong side by side.
  const words01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
  const words23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const later01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const later23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  storeLanes(out, v128.shuffle<i64>(words01, words23, 0, 2), left);
  if (left > 4) storeLanes(out + 16, v128.shuffle<i64>(words01, words23, 1, 3), left - 4);
  if (left > 8) storeLanes(out + 32, v128.shuffle<i64>(later01, later23, 0, 2), left - 8);
  if (left > 12) storeLanes(out + 48, v128.shuffle<i64>(later01, later23, 1, 3), left - 12);
}

/** out (n words): word i % 4 of block (counter0 + i / 4, counter1, counter2, counter3) under the key. */
export function philoxFill(
  out: usize,
  n: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  counter2: i32,
  counter3: i32,
): void {
  for (let i = 0; i < n; i += 16) {
    const block = counter0 + (i >> 2);
    storeFourBlocks(out + ((<usize>i) << 2), n - i, key0, key1, block, counter1, counter2, counter3);
  }
}
