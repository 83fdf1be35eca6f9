// A single row of C: 32 columns at a time, since a tile of one row and 8 columns would wait for its two chains of sums.
import { multiplyAdd } from "./simd";

/**
 * c: (1, columns) (+)= a: (1, depth) * b, columns a multiple of 32: groups of four panels of 8 columns that begin `panelStep`
 * bytes apart, `bStep` bytes from one step of the inner dimension to the next; `aStep` in a.
 */
export function thinTiles(
  columns: i32,
  c: usize,
  a: usize,
  b: usize,
  panelStep: usize,
  aStep: usize,
  bStep: usize,
  depth: i32,
  add: bool,
): void {
  for (let left = columns; left > 0; left -= 32) {
    let c0 = f32x4.splat(0),
      c1 = c0,
      c2 = c0,
      c3 = c0,
      c4 = c0,
      c5 = c0,
      c6 = c0,
      c7 = c0;
    if (add) {
      c0 = v128.load(c);
      c1 = v128.load(c, 16);
      c2 = v128.load(c, 32);
      c3 = v128.load(c, 48);
      c4 = v128.load(c, 64);
      c5 = v128.load(c, 80);
      c6 = v128.load(c, 96);
      c7 = v128.load(c, 112);
    }
    let b0 = b;
    let b1 = b0 + panelStep;
    let b2 = b1 + panelStep;
    let b3 = b2 + panelStep;
    b = b3 + panelStep;
    let at = a;
    const end = a + <usize>depth * aStep;
    do {
      const x = v128.load32_splat(at);
      c0 = multiplyAdd(x, v128.load(b0), c0);
      c1 = multiplyAdd(x, v128.load(b0, 16), c1);
      c2 = multiplyAdd(x, v128.load(b1), c2);
      c3 = multiplyAdd(x, v128.load(b1, 16), c3);
      c4 = multiplyAdd(x, v128.load(b2), c4);
      c5 = multiplyAdd(x, v128.load(b2, 16), c5);
      c6 = multiplyAdd(x, v128.load(b3), c6);
      c7 = multiplyAdd(x, v128.load(b3, 16), c7);
      at += aStep;
      b0 += bStep;
      b1 += bStep;
      b2 += bStep;
      b3 += bStep;
    } while (at != end);
    v128.store(c, c0);
    v128.store(c, c1, 16);
    v128.store(c, c2, 32);
    v128.store(c, c3, 48);
    v128.store(c, c4, 64);
    v128.store(c, c5, 80);
    v128.store(c, c6, 96);
    v128.store(c, c7, 112);
    c += 128;
  }
}
