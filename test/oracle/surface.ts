// Naive twins of the surface distances: every voxel of one surface against every voxel of the other.

/** Places of the voxels of the class that have a face on something else or on the edge, in spacing units. */
export function surfacePoints(
  mask: readonly number[],
  shape: readonly number[],
  spacing: readonly number[],
  value = 1,
): number[][] {
  const place = (index: number) =>
    shape.map((size, axis) => Math.floor(index / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % size);
  const at = (indices: readonly number[]) =>
    indices.every((i, axis) => i >= 0 && i < shape[axis])
      ? mask[indices.reduce((sum, i, axis) => sum * shape[axis] + i, 0)]
      : -1;
  return mask.flatMap((label, index) => {
    if (label !== value) return [];
    const own = place(index);
    const isInside = shape.every((_, axis) =>
      [-1, 1].every((step) => at(own.map((i, a) => (a === axis ? i + step : i))) === value),
    );
    return isInside ? [] : [own.map((i, axis) => i * spacing[axis])];
  });
}

/** The distance of each point to the nearest of the others. */
export function nearest(points: readonly number[][], others: readonly number[][]): number[] {
  return points.map((point) => Math.min(...others.map((other) => Math.hypot(...point.map((x, a) => x - other[a])))));
}
