// exp, log, sin, cos, tanh and pow in float64, from + - * / sqrt and exact rounding alone: Math.* gives other last bits
// on other engines, these the same everywhere. The algorithms are those of fdlibm 5.3 (Sun Microsystems, 1993, freely
// usable), with Math.fround where it clears a low word and multiplication where it edits an exponent. No allocation, but that an
// engine keeps on the heap a float64 that is returned: expAt and sinAt leave theirs in an array, for what runs image by image.

/** ln 2 = high + low; n * high is exact for every exponent n. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** What functions of numbers hand to those of arrays: the first two for arguments, the last for powers of two. */
const own = new Float64Array(3);

/** values[at] times 2^n, -1022 <= n <= 1023. */
function timesPowerOfTwo(values: Float64Array, at: number, n: number): void {
  let power = 1;
  let square = 2;
  for (let left = Math.abs(n); left > 0; left >>= 1) {
    if (left & 1) power *= square;
    square *= square;
  }
  values[at] *= n < 0 ? 1 / power : power;
}

/** 2^n of an integer -1022 <= n <= 1023. */
function powerOfTwo(n: number): number {
  own[2] = 1;
  timesPowerOfTwo(own, 2, n);
  return own[2];
}

/** x 2^n of 1/2 < x < 4, -1100 < n < 1100, rounded once where the result is subnormal. */
function scale(x: number, n: number): number {
  const half = n >> 1;
  return x * powerOfTwo(half) * powerOfTwo(n - half);
}

/** The integer n with 2^n sqrt(1/2) <= x < 2^n sqrt(2), of a positive finite x. */
function exponentOf(x: number): number {
  let mantissa = x < 2.2250738585072014e-308 ? x * 18014398509481984 : x;
  let n = x < 2.2250738585072014e-308 ? -54 : 0;
  for (let step = 512, power = powerOfTwo(512); step >= 1; step /= 2, power = Math.sqrt(power)) {
    if (mantissa >= power) {
      mantissa /= power;
      n += step;
    } else if (mantissa * power < 1) {
      mantissa *= power;
      n -= step;
    }
  }
  if (mantissa >= Math.SQRT2) return n + 1;
  return mantissa < Math.SQRT1_2 ? n - 1 : n;
}

/** values[at] = exp(values[at]). Allocates nothing. */
export function expAt(values: Float64Array, at: number): void {
  const x = values[at];
  if (x > 709.782712893384 || x < -745.1332191019411) {
    values[at] = x > 0 ? Infinity : 0;
    return;
  }
  const n = Math.round(x * 1.4426950408889634);
  const high = x - n * ln2High;
  const low = n * ln2Low;
  const r = high - low;
  const z = r * r;
  const p =
    z *
    (0.16666666666666602 +
      z *
        (-0.0027777777777015593 +
          z * (6.613756321437934e-5 + z * (-1.6533902205465252e-6 + z * 4.1381367970572385e-8))));
  const c = r - p;
  values[at] = 1 - (low - (r * c) / (2 - c) - high);
  // In two halves, so that a subnormal result is rounded once.
  const half = n >> 1;
  timesPowerOfTwo(values, at, half);
  timesPowerOfTwo(values, at, (n - half) | 0);
}

/**
 * e^x, within 1 ulp; 0 below -745.13, Infinity above 709.78.   (fdlibm e_exp.c)
 * x = n ln 2 + r, exp(r) = 1 + r + r c / (2 - c), c = r - r^2 P(r^2)
 */
export function exp(x: number): number {
  own[0] = x;
  expAt(own, 0);
  return own[0];
}

/**
 * ln x, within 1 ulp; -Infinity at 0, NaN below.   (fdlibm e_log.c)
 * x = 2^n (1 + f), s = f / (2 + f), ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2))
 */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  const n = exponentOf(x);
  const f = scale(x, -n) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const halfSquare = 0.5 * f * f;
  return n * ln2High - (halfSquare - (s * (halfSquare + even + odd) + n * ln2Low) - f);
}

/** values[at] = sin(values[at] + values[at + 1]) for |values[at]| <= pi / 4   (fdlibm k_sin.c) */
function sinReduced(values: Float64Array, at: number): void {
  const x = values[at];
  const z = x * x;
  const cube = z * x;
  const r =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 + z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  const low = values[at + 1];
  values[at] = x - (z * (0.5 * low - cube * r) - low + cube * 0.16666666666666632);
}

/** values[at] = cos(values[at] + values[at + 1]) for |values[at]| <= pi / 4   (fdlibm k_cos.c, as FreeBSD has it) */
function cosReduced(values: Float64Array, at: number): void {
  const x = values[at];
  const z = x * x;
  const r =
    z *
    (0.0416666666666666 +
      z *
        (-0.001388888888887411 +
          z *
            (2.480158728947673e-5 +
              z * (-2.7557314351390663e-7 + z * (2.087572321238175e-9 + z * -1.1359647557788195e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  values[at] = w + (1 - w - half + (z * r - x * values[at + 1]));
}

/**
 * values[at] = sin(values[at] + turns pi / 2): the sine with 0, the cosine with 1. values[at + 1] is written over. Allocates
 * nothing.   (fdlibm e_rem_pio2.c, its medium range: pi / 2 in pieces of 33 bits)
 * @throws RangeError for |values[at]| > 1,647,099.
 */
export function sinAt(values: Float64Array, at: number, turns: 0 | 1): void {
  const x = values[at];
  if (Math.abs(x) > 1647099)
    throw new RangeError(`sin and cos: expected an angle of at most 1647099 radians, got ${x}. Reduce it first.`);
  values[at + 1] = 0;
  let n = 0;
  if (Math.abs(x) > 0.7853981633974483) {
    n = Math.round(x * 0.6366197723675814);
    let r = x - n * 1.5707963267341256;
    let w = n * 6.077100506506192e-11;
    if (Math.abs(r - w) < Math.abs(x) * 1.52587890625e-5) {
      const before = r;
      w = n * 6.077100506303966e-11;
      r = before - w;
      w = n * 2.0222662487959506e-21 - (before - r - w);
      if (Math.abs(r - w) < Math.abs(x) * 1.7763568394002505e-15) {
        const beforeThis = r;
        w = n * 2.0222662487111665e-21;
        r = beforeThis - w;
        w = n * 8.4784276603689e-32 - (beforeThis - r - w);
      }
    }
    const angle = r - w;
    values[at] = angle;
    values[at + 1] = r - angle - w;
  }
  const quadrant = (n + turns) & 3;
  if (quadrant & 1) cosReduced(values, at);
  else sinReduced(values, at);
  if (quadrant & 2) values[at] = -values[at];
}

/** The sine of x radians, within 1 ulp.   @throws RangeError for |x| > 1,647,099 (2^20 pi / 2). */
export function sin(x: number): number {
  own[0] = x;
  sinAt(own, 0, 0);
  return own[0];
}

/** The cosine of x radians, within 1 ulp.   @throws RangeError for |x| > 1,647,099 (2^20 pi / 2). */
export function cos(x: number): number {
  own[0] = x;
  sinAt(own, 0, 1);
  return own[0];
}

/** tanh x, within 2 ulp: a rational function below 0.625 (Cephes tanh.c), 1 - 2 / (exp(2 |x|) + 1) beyond. */
export function tanh(x: number): number {
  if (x === 0) return x;
  const magnitude = Math.abs(x);
  if (magnitude >= 0.625) return Math.sign(x) * (1 - 2 / (exp(2 * magnitude) + 1));
  const z = x * x;
  const p = (-0.9643991794250523 * z - 99.28772310019185) * z - 1614.6876844170845;
  const q = ((z + 112.81167849163293) * z + 2235.4883906010045) * z + 4844.063053251255;
  return x + x * z * (p / q);
}

/**
 * x^y, within 1 ulp; exact where integers to an integer power are representable. Special cases as Math.pow has them:
 * x^0 = 1, (-2)^3 = -8, a negative number to a fraction NaN.   (fdlibm e_pow.c)
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const base = Math.abs(x);
  if (base === 1 && Math.abs(y) === Infinity) return NaN;
  const isNegative = (x < 0 || Object.is(x, -0)) && Math.abs(y % 2) === 1;
  const sign = isNegative ? -1 : 1;
  if (base === 0 || base === Infinity) return sign * ((base === 0) === y < 0 ? Infinity : 0);
  if (x < 0 && Math.abs(y) < Infinity && y !== Math.trunc(y)) return NaN;
  if (base === 1) return sign;
  // Beyond 2^64 even (1 - 2^-53)^y has left the range.
  if (Math.abs(y) > 18446744073709551616) return sign * (base > 1 === y > 0 ? Infinity : 0);
  return sign * powerOfPositive(base, y);
}

/** x^y = 2^(y log2 x), both in two doubles: a high part of 24 bits, so that products of high parts are exact. */
function powerOfPositive(x: number, y: number): number {
  // log2 x = n + log2 b + 2 / ln 2 (s + s^3/3 + s^5/5 + ...), s = (a - b) / (a + b), a = 2^-n x, b = 1 or 3/2
  let n = exponentOf(x);
  let a = scale(x, -n);
  if (a < 0.8660254037844386) {
    a *= 2;
    n -= 1;
  }
  const isUpper = a >= 1.224744871391589;
  const b = isUpper ? 1.5 : 1;
  const difference = a - b;
  const reciprocal = 1 / (a + b);
  const s = difference * reciprocal;
  const sHigh = Math.fround(s);
  const sumHigh = Math.fround(a + b);
  const sumLow = a - (sumHigh - b);
  const sLow = reciprocal * (difference - sHigh * sumHigh - sHigh * sumLow);
  const z = s * s;
  const series =
    0.5999999999999946 +
    z *
      (0.4285714285785502 +
        z * (0.33333332981837743 + z * (0.272728123808534 + z * (0.23066074577556175 + z * 0.20697501780033842))));
  const rest = z * z * series + sLow * (sHigh + s);
  const square = sHigh * sHigh;
  const threeHigh = Math.fround(3 + square + rest);
  const threeLow = rest - (threeHigh - 3 - square);
  const product = sHigh * threeHigh;
  const correction = sLow * threeHigh + threeLow * s;
  const cubicHigh = Math.fround(product + correction);
  const cubicLow = correction - (cubicHigh - product);
  // 2 / (3 ln 2) and log2 1.5, each in two parts.
  const scaledHigh = 0.9617967009544373 * cubicHigh;
  const logOfBHigh = isUpper ? 0.5849624872207642 : 0;
  const logOfBLow = isUpper ? 1.350039202129749e-8 : 0;
  const scaledLow = -7.028461650952758e-9 * cubicHigh + cubicLow * 0.9617966939259756 + logOfBLow;
  const logHigh = Math.fround(scaledHigh + scaledLow + logOfBHigh + n);
  const logLow = scaledLow - (logHigh - n - logOfBHigh - scaledHigh);

  const yHigh = Math.fround(y);
  const low = (y - yHigh) * logHigh + y * logLow;
  const high = yHigh * logHigh;
  if (high + low > 1025) return Infinity;
  if (high + low < -1076) return 0;
  return exp2(high, low);
}

/** 2^(high + low)   (the end of fdlibm e_pow.c) */
function exp2(high: number, low: number): number {
  const n = Math.round(high + low);
  const fraction = high - n;
  const t = Math.fround(low + fraction);
  const u = t * 0.6931471824645996;
  const v = (low - (t - fraction)) * 0.6931471805599453 + t * -1.904654299957768e-9;
  const z = u + v;
  const w = v - (z - u);
  const square = z * z;
  const p =
    square *
    (0.16666666666666602 +
      square *
        (-0.0027777777777015593 +
          square * (6.613756321437934e-5 + square * (-1.6533902205465252e-6 + square * 4.1381367970572385e-8))));
  const c = z - p;
  const r = (z * c) / (c - 2) - (w + z * w);
  return scale(1 - (r - z), n);
}
