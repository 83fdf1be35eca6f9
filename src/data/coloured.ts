// Whether images have colours, as far as their shape tells.

/** A last axis of at most so many values, and of fewer than the two before it, holds colours. */
const mostColours = 4;

/** Whether the last axis of images of a shape is taken to hold colours. */
export function isColoured(shape: readonly number[]): boolean {
  const [rows, columns, last] = shape;
  return shape.length > 3 || (last <= mostColours && last < Math.min(rows, columns));
}
