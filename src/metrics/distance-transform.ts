// The exact Euclidean distance transform, with a spacing for each axis.

/**
 * The squared distance of every voxel to the nearest voxel that is marked, in O(voxels): the squares of one axis after the
 * other are joined by the lower envelope of their parabolas,
 * `D(p) = min over q of ((p - q) spacing)^2 + f(q)` (Felzenszwalb & Huttenlocher 2012).
 *
 * @param marked of each voxel, row-major, anything but 0 being marked; at least one is
 * @param shape slowest axis first
 * @param spacing distance of neighbours along each axis, above 0
 * @returns Infinity everywhere when nothing is marked
 */
export function squaredDistances(
  marked: ArrayLike<number>,
  shape: readonly number[],
  spacing: readonly number[],
): Float64Array {
  const squares = new Float64Array(marked.length);
  for (let i = 0; i < marked.length; i++) squares[i] = marked[i] ? 0 : Infinity;
  const longest = Math.max(...shape);
  const line = new Float64Array(longest);
  const apex = new Int32Array(longest);
  const from = new Float64Array(longest + 1);
  // The fastest axis first: its lines lie together, and later ones have fewer infinities.
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis--]) {
    const length = shape[axis];
    if (length === 1) continue;
    const block = stride * length;
    for (let start = 0; start < squares.length; start += block) {
      for (let offset = start; offset < start + stride; offset++) {
        for (let i = 0; i < length; i++) line[i] = squares[offset + i * stride];
        envelope(line, length, spacing[axis] * spacing[axis], apex, from);
        for (let i = 0, k = 0; i < length; i++) {
          if (apex[0] < 0) break;
          while (from[k + 1] < i) k++;
          const steps = i - apex[k];
          squares[offset + i * stride] = steps * steps * spacing[axis] * spacing[axis] + line[apex[k]];
        }
      }
    }
  }
  return squares;
}

/** The parabolas of the lower envelope: `apex[k]` is lowest between from[k] and from[k + 1]; apex[0] is -1 without any. */
function envelope(line: Float64Array, length: number, square: number, apex: Int32Array, from: Float64Array): void {
  let last = -1;
  for (let q = 0; q < length; q++) {
    if (line[q] === Infinity) continue;
    let crossing = -Infinity;
    while (last >= 0) {
      const p = apex[last];
      // Where both parabolas are equally high.
      crossing = (line[q] - line[p] + square * (q * q - p * p)) / (2 * square * (q - p));
      if (crossing > from[last]) break;
      last--;
      crossing = -Infinity;
    }
    last++;
    apex[last] = q;
    from[last] = crossing;
    from[last + 1] = Infinity;
  }
  if (last < 0) apex[0] = -1;
}
