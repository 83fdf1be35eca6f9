// The inverse discrete cosine transform of 8x8 (ITU-T T.81 A.3.3) in float64.

/** cos(k pi / 16) for k from 0 to 7, and half of it: what each frequency weighs. */
const cosines = [
  1, 0.9807852804032304, 0.9238795325112867, 0.8314696123025452, 0.7071067811865476, 0.5555702330196022,
  0.3826834323650898, 0.19509032201612825,
]; // prettier-ignore

/** basis[8 u + x] = c(u) / 2 cos((2 x + 1) u pi / 16), c(0) = 1 / sqrt(2), else 1 */
const basis = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  // The angle in sixteenths of pi, folded into the first quarter of the circle.
  const angle = ((2 * x + 1) * u) % 32;
  const half = angle > 16 ? 32 - angle : angle;
  const cosine = half > 8 ? -(cosines[16 - half] ?? 0) : (cosines[half] ?? 0);
  return (u === 0 ? cosines[4] : cosine) / 2;
});

/** s[y x] = sum over v, u of basis[v y] basis[u x] S[v u]; overwrites `block`, rows of v with u fastest. */
export function inverseDct(block: Float64Array, rows: Float64Array): void {
  for (let v = 0; v < 8; v++)
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += basis[8 * u + x] * block[8 * v + u];
      rows[8 * v + x] = sum;
    }
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let v = 0; v < 8; v++) sum += basis[8 * v + y] * rows[8 * v + x];
      block[8 * y + x] = sum;
    }
}
