// What each image of a batch counts: its weight, in its loss and in its row of the gradient.
import { loadLanes, storeLanes } from "./lanes";

/** The weight of an image, of (rows) float32; 1 where there are none (address 0). */
// @ts-ignore: decorator
@inline
export function weightOfRow(weights: usize, row: i32): f64 {
  return weights != 0 ? <f64>load<f32>(weights + ((<usize>row) << 2)) : 1;
}

/** y (rows, columns) = x (rows, columns) times the row's factor (rows). In place where y is x. */
export function scaleRows(y: usize, x: usize, factors: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const factor = f32x4.splat(load<f32>(factors + ((<usize>row) << 2)));
    for (let j = 0; j < columns; j += 4) {
      const at = (<usize>j) << 2;
      storeLanes(y + at, f32x4.mul(loadLanes(x + at, columns - j), factor), columns - j);
    }
    x += (<usize>columns) << 2;
    y += (<usize>columns) << 2;
  }
}
