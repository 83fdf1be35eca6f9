// The borders of a mask, to be laid over its image.

/**
 * The borders of a mask along the edges of its pixels, as the path of an SVG whose box is `0 0 width height`; empty where
 * nothing is inside.
 *
 * @param isInside of the pixel in column x and row y, from the left and from the top.
 * @example
 * ```ts
 * import { maskOutline } from "voxgrad/report";
 *
 * console.log(maskOutline(3, 3, (x, y) => x === 1 && y === 1)); // M1 1h1M1 2h1M1 1v1M2 1v1
 * ```
 */
export function maskOutline(width: number, height: number, isInside: (x: number, y: number) => boolean): string {
  const isIn = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && isInside(x, y);
  let path = "";
  /** Joins the edges of a line that follow one another. */
  const follow = (length: number, isEdge: (at: number) => boolean, draw: (from: number, count: number) => string) => {
    for (let at = 0, from = 0; at <= length; at++) {
      if (at < length && isEdge(at)) continue;
      if (at > from) path += draw(from, at - from);
      from = at + 1;
    }
  };
  for (let y = 0; y <= height; y++)
    follow(width, (x) => isIn(x, y) !== isIn(x, y - 1), (x, count) => `M${x} ${y}h${count}`); // prettier-ignore
  for (let x = 0; x <= width; x++)
    follow(height, (y) => isIn(x, y) !== isIn(x - 1, y), (y, count) => `M${x} ${y}v${count}`); // prettier-ignore
  return path;
}
