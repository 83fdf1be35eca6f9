// Two-byte floats as the bits of the float32 of the same value: exact, because float32 holds every one of them.

/** The float32 bits of an IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
export function float32BitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // Subnormal, fraction * 2^-24: the leading bit moves to bit 10, where float32 does not store it.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13)) >>> 0;
}

/** The float32 bits of a bfloat16, which is the upper half of a float32. */
export function float32BitsOfBfloat(bfloat: number): number {
  return (bfloat << 16) >>> 0;
}
