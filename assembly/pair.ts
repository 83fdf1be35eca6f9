// A tile over two neighbouring panels of 8 columns, for the wide builds alone: the engine joins the two vectors of each panel
// into one of 256 bits, so that ten chains of sums are ten registers. As twenty of 128 bits they would not fit.
//
// pairTile: (rows, 8 | 8) (+)= A: (rows, depth) * B: (depth, 8 | 8), rows in 1..5. Every lane is one chain of sums in the
// order of the inner index, as in tile.ts.
import { multiplyAdd } from "./simd";
import { heightOf, tileRows } from "./tiles";

/**
 * c: rows `cStep` bytes apart; its last 8 columns `cNext` bytes behind the first 8. b: `bStep` bytes from one step of the
 * inner dimension to the next, the second panel `bNext` bytes behind the first. a: a panel of `rows` rows.
 */
// prettier-ignore
// @ts-ignore: decorator
@inline
function pairTile(rows: i32, c: usize, a: usize, b: usize, cStep: usize, cNext: usize, bStep: usize, bNext: usize, depth: i32, add: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c22 = f32x4.splat(0), c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0), c32 = f32x4.splat(0), c33 = f32x4.splat(0);
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c42 = f32x4.splat(0), c43 = f32x4.splat(0);
  const d0 = c + cNext;
  const c1 = c + cStep;
  const d1 = c1 + cNext;
  const c2 = c1 + cStep;
  const d2 = c2 + cNext;
  const c3 = c2 + cStep;
  const d3 = c3 + cNext;
  const c4 = c3 + cStep;
  const d4 = c4 + cNext;
  if (add) {
    c00 = v128.load(c); c01 = v128.load(c, 16); c02 = v128.load(d0); c03 = v128.load(d0, 16);
    if (rows > 1) { c10 = v128.load(c1); c11 = v128.load(c1, 16); c12 = v128.load(d1); c13 = v128.load(d1, 16); }
    if (rows > 2) { c20 = v128.load(c2); c21 = v128.load(c2, 16); c22 = v128.load(d2); c23 = v128.load(d2, 16); }
    if (rows > 3) { c30 = v128.load(c3); c31 = v128.load(c3, 16); c32 = v128.load(d3); c33 = v128.load(d3, 16); }
    if (rows > 4) { c40 = v128.load(c4); c41 = v128.load(c4, 16); c42 = v128.load(d4); c43 = v128.load(d4, 16); }
  }
  let next = b + bNext;
  const end = b + <usize>depth * bStep;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(next);
    const b3 = v128.load(next, 16);
    const x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    c02 = multiplyAdd(x, b2, c02);
    c03 = multiplyAdd(x, b3, c03);
    if (rows > 1) {
      const x = v128.load32_splat(a, 4);
      c10 = multiplyAdd(x, b0, c10);
      c11 = multiplyAdd(x, b1, c11);
      c12 = multiplyAdd(x, b2, c12);
      c13 = multiplyAdd(x, b3, c13);
    }
    if (rows > 2) {
      const x = v128.load32_splat(a, 8);
      c20 = multiplyAdd(x, b0, c20);
      c21 = multiplyAdd(x, b1, c21);
      c22 = multiplyAdd(x, b2, c22);
      c23 = multiplyAdd(x, b3, c23);
    }
    if (rows > 3) {
      const x = v128.load32_splat(a, 12);
      c30 = multiplyAdd(x, b0, c30);
      c31 = multiplyAdd(x, b1, c31);
      c32 = multiplyAdd(x, b2, c32);
      c33 = multiplyAdd(x, b3, c33);
    }
    if (rows > 4) {
      const x = v128.load32_splat(a, 16);
      c40 = multiplyAdd(x, b0, c40);
      c41 = multiplyAdd(x, b1, c41);
      c42 = multiplyAdd(x, b2, c42);
      c43 = multiplyAdd(x, b3, c43);
    }
    a += (<usize>rows) << 2;
    b += bStep;
    next += bStep;
  } while (b != end);
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(d0, c02); v128.store(d0, c03, 16);
  if (rows > 1) { v128.store(c1, c10); v128.store(c1, c11, 16); v128.store(d1, c12); v128.store(d1, c13, 16); }
  if (rows > 2) { v128.store(c2, c20); v128.store(c2, c21, 16); v128.store(d2, c22); v128.store(d2, c23, 16); }
  if (rows > 3) { v128.store(c3, c30); v128.store(c3, c31, 16); v128.store(d3, c32); v128.store(d3, c33, 16); }
  if (rows > 4) { v128.store(c4, c40); v128.store(c4, c41, 16); v128.store(d4, c42); v128.store(d4, c43, 16); }
}

/** c: (rows, 8 | 8) (+)= packed panels of A, each as tall as its tile, * two panels of b, tile after tile. */
// prettier-ignore
export function pairTiles(rows: i32, c: usize, a: usize, b: usize, cStep: usize, cNext: usize, bStep: usize, bNext: usize, depth: i32, add: bool): void {
  for (let left = rows; left > 0; ) {
    const height = heightOf(left, tileRows);
    if (tileRows >= 5 && height == 5) pairTile(5, c, a, b, cStep, cNext, bStep, bNext, depth, add);
    else if (tileRows >= 4 && height == 4) pairTile(4, c, a, b, cStep, cNext, bStep, bNext, depth, add);
    else if (tileRows >= 3 && height == 3) pairTile(3, c, a, b, cStep, cNext, bStep, bNext, depth, add);
    else if (tileRows >= 2 && height == 2) pairTile(2, c, a, b, cStep, cNext, bStep, bNext, depth, add);
    else pairTile(1, c, a, b, cStep, cNext, bStep, bNext, depth, add);
    c += <usize>height * cStep;
    a += (<usize>height * <usize>depth) << 2;
    left -= height;
  }
}
