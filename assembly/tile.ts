// One tile of C, kept in registers over the whole inner dimension.
//
// tile: (rows, 4 * vectors) (+)= A: (rows, depth) * B: (depth, 4 * vectors), rows in 1..6, vectors in 1..3. Every lane is one
// chain of sums in the order of the inner index, whatever the tile.
//
// rows and vectors are constants where the template is inlined, so each tile has its own code and no unused register.
import { multiplyAdd } from "./simd";

/**
 * c: rows `cStep` bytes apart. b: `bStep` bytes from one step of the inner dimension to the next.
 * a: in panels, element (i, k) is at a + 4 i + aStep k; by rows, at a + aStep i + 4 k. add: the chain goes on from c.
 */
// @ts-ignore: decorator
@inline
export function tile(
  rows: i32,
  vectors: i32,
  byRows: bool,
  c: usize,
  a: usize,
  b: usize,
  cStep: usize,
  aStep: usize,
  bStep: usize,
  depth: i32,
  add: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c02 = c00;
  let c10 = c00,
    c11 = c00,
    c12 = c00;
  let c20 = c00,
    c21 = c00,
    c22 = c00;
  let c30 = c00,
    c31 = c00,
    c32 = c00;
  let c40 = c00,
    c41 = c00,
    c42 = c00;
  let c50 = c00,
    c51 = c00,
    c52 = c00;
  const row1 = c + cStep;
  const row2 = row1 + cStep;
  const row3 = row2 + cStep;
  const row4 = row3 + cStep;
  const row5 = row4 + cStep;
  if (add) {
    c00 = v128.load(c);
    if (vectors > 1) c01 = v128.load(c, 16);
    if (vectors > 2) c02 = v128.load(c, 32);
    if (rows > 1) {
      c10 = v128.load(row1);
      if (vectors > 1) c11 = v128.load(row1, 16);
      if (vectors > 2) c12 = v128.load(row1, 32);
    }
    if (rows > 2) {
      c20 = v128.load(row2);
      if (vectors > 1) c21 = v128.load(row2, 16);
      if (vectors > 2) c22 = v128.load(row2, 32);
    }
    if (rows > 3) {
      c30 = v128.load(row3);
      if (vectors > 1) c31 = v128.load(row3, 16);
      if (vectors > 2) c32 = v128.load(row3, 32);
    }
    if (rows > 4) {
      c40 = v128.load(row4);
      if (vectors > 1) c41 = v128.load(row4, 16);
      if (vectors > 2) c42 = v128.load(row4, 32);
    }
    if (rows > 5) {
      c50 = v128.load(row5);
      if (vectors > 1) c51 = v128.load(row5, 16);
      if (vectors > 2) c52 = v128.load(row5, 32);
    }
  }
  const end = b + <usize>depth * bStep;
  const aRow2 = aStep << 1;
  const aRow3 = aRow2 + aStep;
  const aRow4 = aStep << 2;
  const aRow5 = aRow4 + aStep;
  do {
    const b0 = v128.load(b);
    const b1 = vectors > 1 ? v128.load(b, 16) : b0;
    const b2 = vectors > 2 ? v128.load(b, 32) : b0;
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    if (vectors > 1) c01 = multiplyAdd(x, b1, c01);
    if (vectors > 2) c02 = multiplyAdd(x, b2, c02);
    if (rows > 1) {
      x = byRows ? v128.load32_splat(a + aStep) : v128.load32_splat(a, 4);
      c10 = multiplyAdd(x, b0, c10);
      if (vectors > 1) c11 = multiplyAdd(x, b1, c11);
      if (vectors > 2) c12 = multiplyAdd(x, b2, c12);
    }
    if (rows > 2) {
      x = byRows ? v128.load32_splat(a + aRow2) : v128.load32_splat(a, 8);
      c20 = multiplyAdd(x, b0, c20);
      if (vectors > 1) c21 = multiplyAdd(x, b1, c21);
      if (vectors > 2) c22 = multiplyAdd(x, b2, c22);
    }
    if (rows > 3) {
      x = byRows ? v128.load32_splat(a + aRow3) : v128.load32_splat(a, 12);
      c30 = multiplyAdd(x, b0, c30);
      if (vectors > 1) c31 = multiplyAdd(x, b1, c31);
      if (vectors > 2) c32 = multiplyAdd(x, b2, c32);
    }
    if (rows > 4) {
      x = byRows ? v128.load32_splat(a + aRow4) : v128.load32_splat(a, 16);
      c40 = multiplyAdd(x, b0, c40);
      if (vectors > 1) c41 = multiplyAdd(x, b1, c41);
      if (vectors > 2) c42 = multiplyAdd(x, b2, c42);
    }
    if (rows > 5) {
      x = byRows ? v128.load32_splat(a + aRow5) : v128.load32_splat(a, 20);
      c50 = multiplyAdd(x, b0, c50);
      if (vectors > 1) c51 = multiplyAdd(x, b1, c51);
      if (vectors > 2) c52 = multiplyAdd(x, b2, c52);
    }
    a += byRows ? 4 : aStep;
    b += bStep;
  } while (b != end);
  v128.store(c, c00);
  if (vectors > 1) v128.store(c, c01, 16);
  if (vectors > 2) v128.store(c, c02, 32);
  if (rows > 1) {
    v128.store(row1, c10);
    if (vectors > 1) v128.store(row1, c11, 16);
    if (vectors > 2) v128.store(row1, c12, 32);
  }
  if (rows > 2) {
    v128.store(row2, c20);
    if (vectors > 1) v128.store(row2, c21, 16);
    if (vectors > 2) v128.store(row2, c22, 32);
  }
  if (rows > 3) {
    v128.store(row3, c30);
    if (vectors > 1) v128.store(row3, c31, 16);
    if (vectors > 2) v128.store(row3, c32, 32);
  }
  if (rows > 4) {
    v128.store(row4, c40);
    if (vectors > 1) v128.store(row4, c41, 16);
    if (vectors > 2) v128.store(row4, c42, 32);
  }
  if (rows > 5) {
    v128.store(row5, c50);
    if (vectors > 1) v128.store(row5, c51, 16);
    if (vectors > 2) v128.store(row5, c52, 32);
  }
}
