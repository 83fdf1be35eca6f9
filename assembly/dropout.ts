// Dropout: each element is kept with probability 1 - rate and then scaled by 1 / (1 - rate), or set to 0
// (Srivastava et al. 2014, "inverted" as in PyTorch, so that prediction needs no scaling).
import { loadLanes, storeLanes } from "./lanes";
import { storeFourBlocks } from "./random";

/**
 * mask (n) = scale where word i % 4 of block (counter0 + i / 4, counter1, 0, 0) is at most keepThreshold (unsigned),
 * 0 elsewhere: keepThreshold = round((1 - rate) 2^32) - 1, scale = 1 / (1 - rate). It is bits(4 counter0 + i) of the
 * stream with this key and counter1.
 */
export function dropoutMask(
  mask: usize,
  n: i32,
  key0: i32,
  key1: i32,
  counter0: i32,
  counter1: i32,
  keepThreshold: i32,
  scale: f32,
): void {
  for (let i = 0; i < n; i += 16) {
    const at = mask + ((<usize>i) << 2);
    storeFourBlocks(at, n - i, key0, key1, counter0 + (i >> 2), counter1, 0, 0);
    const end = min(n - i, 16);
    for (let j = 0; j < end; j += 4) {
      const here = at + ((<usize>j) << 2);
      const isKept = i32x4.le_u(loadLanes(here, end - j), i32x4.splat(keepThreshold));
      storeLanes(here, v128.and(isKept, f32x4.splat(scale)), end - j);
    }
  }
}

/** y (n) = x (n) mask (n): forward of x to y, backward of dy to dx. In place where y is x. */
export function dropoutApply(y: usize, x: usize, mask: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    storeLanes(y + at, f32x4.mul(loadLanes(x + at, n - i), loadLanes(mask + at, n - i)), n - i);
  }
}

/**
 * y: (rows, before, size, after) = x * mask, of mask: (rows, size): one factor for all that an image has at an index of one
 * axis. Forward of x to y, backward of dy to dx. In place where y is x.
 */
export function spatialDropoutApply(
  y: usize,
  x: usize,
  mask: usize,
  rows: i32,
  before: i32,
  size: i32,
  after: i32,
): void {
  for (let row = 0; row < rows; row++, mask += (<usize>size) << 2) {
    for (let outer = 0; outer < before; outer++) {
      if (after == 1) {
        dropoutApply(y, x, mask, size);
        y += (<usize>size) << 2;
        x += (<usize>size) << 2;
        continue;
      }
      for (let index = 0; index < size; index++) {
        const factor = v128.load32_splat(mask + ((<usize>index) << 2));
        for (let i = 0; i < after; i += 4) {
          const at = (<usize>i) << 2;
          storeLanes(y + at, f32x4.mul(loadLanes(x + at, after - i), factor), after - i);
        }
        y += (<usize>after) << 2;
        x += (<usize>after) << 2;
      }
    }
  }
}
