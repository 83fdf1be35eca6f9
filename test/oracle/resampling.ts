// A volume read at a place between its voxels or beside them, in float64, from the definitions.
export interface Volume {
  /** [depth, height, width] */
  readonly sizes: readonly [number, number, number];
  readonly data: ArrayLike<number>;
}

/** The voxel's value, or what stands beside the image. */
export function voxelAt({ sizes, data }: Volume, place: readonly number[], padding: string, fill: number): number {
  const inside = place.map((i, axis) => {
    const n = sizes[axis];
    if (padding === "nearest") return Math.max(0, Math.min(n - 1, i));
    if (padding !== "mirror" || n === 1) return padding === "mirror" ? 0 : i;
    const period = 2 * (n - 1);
    const rest = ((i % period) + period) % period;
    return Math.min(rest, period - rest);
  });
  if (inside.some((i, axis) => i < 0 || i >= sizes[axis])) return fill;
  return data[(inside[0] * sizes[1] + inside[1]) * sizes[2] + inside[2]];
}

/** Linear interpolation at (z, y, x): the weights of the eight voxels about it, and their values. */
export function cornersAt(volume: Volume, place: readonly number[], padding: string, fill: number) {
  const base = place.map(Math.floor);
  return Array.from({ length: 8 }, (_, k) => {
    const step = [k >> 2, (k >> 1) & 1, k & 1];
    const weight = step.reduce((product, s, axis) => {
      const fraction = place[axis] - base[axis];
      return product * (s ? fraction : 1 - fraction);
    }, 1);
    const corner = base.map((i, axis) => i + step[axis]);
    return { weight, value: weight === 0 ? 0 : voxelAt(volume, corner, padding, fill) };
  });
}

export function linearAt(volume: Volume, place: readonly number[], padding: string, fill: number): number {
  return cornersAt(volume, place, padding, fill).reduce((sum, { weight, value }) => sum + weight * value, 0);
}
