// Distance from the true value in units in the last place (ulp).

const double = new DataView(new ArrayBuffer(8));

/** floor(log2 |x|) of a finite normal float64. */
function exponentOf(x: number): number {
  double.setFloat64(0, x);
  return ((double.getUint16(0) >> 4) & 0x7ff) - 1023;
}

/**
 * |got - want| in ulp of a float32, `want` being a float64 close to the truth. Subnormal results count in units of
 * 2^-149. Infinite where one is NaN and the other not, or where an infinity is missing.
 */
export function ulpError32(got: number, want: number): number {
  if (Number.isNaN(want)) return Number.isNaN(got) ? 0 : Infinity;
  if (!Number.isFinite(Math.fround(want))) return got === Math.fround(want) ? 0 : Infinity;
  const value = Number.isFinite(got) ? got : Math.sign(got) * 2 ** 128;
  return Math.abs(value - want) / 2 ** (Math.max(exponentOf(want), -126) - 23);
}

/** |got - want| in ulp of a float64. */
export function ulpError64(got: number, want: number): number {
  if (Object.is(got, want)) return 0;
  if (!Number.isFinite(want) || !Number.isFinite(got)) return Infinity;
  return Math.abs(got - want) / 2 ** (Math.max(exponentOf(want), -1022) - 52);
}
