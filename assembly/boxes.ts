// Flips of an image, boxes within it that are filled or taken from another, and blends of two.
import { loadLanes, storeLanes } from "./lanes";
import { multiplyAdd } from "./simd";

/**
 * y (depth, height, width, colours) = x mirrored along the axes whose number is 1 rather than 0; y is not x. Colours stay
 * in their order.
 */
export function flip(
  y: usize,
  x: usize,
  depth: i32,
  height: i32,
  width: i32,
  colours: i32,
  alongZ: i32,
  alongY: i32,
  alongX: i32,
): void {
  const row = width * colours;
  for (let z = 0; z < depth; z++) {
    for (let line = 0; line < height; line++) {
      const from = (alongZ ? depth - 1 - z : z) * height + (alongY ? height - 1 - line : line);
      const source = x + ((<usize>(from * row)) << 2);
      if (!alongX) {
        for (let i = 0; i < row; i += 4) {
          storeLanes(y + ((<usize>i) << 2), loadLanes(source + ((<usize>i) << 2), row - i), row - i);
        }
      } else if (colours == 1) {
        let i = 0;
        for (; i + 4 <= width; i += 4) {
          const value = v128.load(source + ((<usize>(width - 4 - i)) << 2));
          v128.store(y + ((<usize>i) << 2), v128.shuffle<f32>(value, value, 3, 2, 1, 0));
        }
        for (; i < width; i++) store<f32>(y + ((<usize>i) << 2), load<f32>(source + ((<usize>(width - 1 - i)) << 2)));
      } else {
        for (let i = 0; i < row; i++) {
          const pixel = i / colours;
          const other = (width - 1 - pixel) * colours + i - pixel * colours;
          store<f32>(y + ((<usize>i) << 2), load<f32>(source + ((<usize>other) << 2)));
        }
      }
      y += (<usize>row) << 2;
    }
  }
}

/** As flip, of class numbers (depth, height, width; bytes). */
export function flipLabels(
  y: usize,
  x: usize,
  depth: i32,
  height: i32,
  width: i32,
  alongZ: i32,
  alongY: i32,
  alongX: i32,
): void {
  for (let z = 0; z < depth; z++) {
    for (let line = 0; line < height; line++) {
      const from = (alongZ ? depth - 1 - z : z) * height + (alongY ? height - 1 - line : line);
      const source = x + <usize>(from * width);
      for (let i = 0; i < width; i++) store<u8>(y + <usize>i, load<u8>(source + <usize>(alongX ? width - 1 - i : i)));
      y += <usize>width;
    }
  }
}

/** Sets the box [z0, z1) x [y0, y1) x [x0, x1) of an image (.., height, width, colours) to one value; keeps the rest. */
export function fillBox(
  image: usize,
  height: i32,
  width: i32,
  colours: i32,
  z0: i32,
  z1: i32,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
  value: f32,
): void {
  const n = (x1 - x0) * colours;
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      const row = image + ((<usize>(((z * height + y) * width + x0) * colours)) << 2);
      for (let i = 0; i < n; i += 4) storeLanes(row + ((<usize>i) << 2), f32x4.splat(value), n - i);
    }
  }
}

/** Sets the box of an image (.., height, width, colours) to what stands there in another; keeps the rest. */
export function copyBox(
  image: usize,
  other: usize,
  height: i32,
  width: i32,
  colours: i32,
  z0: i32,
  z1: i32,
  y0: i32,
  y1: i32,
  x0: i32,
  x1: i32,
): void {
  const n = (x1 - x0) * colours;
  for (let z = z0; z < z1; z++) {
    for (let y = y0; y < y1; y++) {
      const at = (<usize>(((z * height + y) * width + x0) * colours)) << 2;
      for (let i = 0; i < n; i += 4) {
        const here = at + ((<usize>i) << 2);
        storeLanes(image + here, loadLanes(other + here, n - i), n - i);
      }
    }
  }
}

/** y = a + part (b - a). In place where y is a or b. */
export function blend(y: usize, a: usize, b: usize, n: i32, part: f32): void {
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const first = loadLanes(a + at, n - i);
    const second = loadLanes(b + at, n - i);
    storeLanes(y + at, multiplyAdd(f32x4.splat(part), f32x4.sub(second, first), first), n - i);
  }
}
