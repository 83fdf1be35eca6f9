// exp, log, sin, cos and pow of doubles to 200 bits and more, in big-integer fixed point: the truth for float64 functions.

/** Bits behind the point; every double is a whole number of 2^-1074. */
const places = 1300n;
const one = 1n << places;

const double = new DataView(new ArrayBuffer(8));

/** A finite double as fixed point, without error. */
export function toFixed(x: number): bigint {
  double.setFloat64(0, x);
  const bits = double.getBigUint64(0);
  const biased = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0n ? fraction : fraction | 0x10000000000000n;
  const shift = (biased === 0n ? 1n : biased) - 1075n + places;
  const magnitude = mantissa << shift;
  return bits >> 63n ? -magnitude : magnitude;
}

const multiply = (a: bigint, b: bigint) => (a * b) >> places;
const divide = (a: bigint, b: bigint) => (a << places) / b;

/** 1 + x + x^2/2! + ... of |x| < 1. */
function exponentialSeries(x: bigint): bigint {
  let term = one;
  let total = one;
  for (let i = 1n; term !== 0n && term !== -1n; i++) {
    term = multiply(term, x) / i;
    total += term;
  }
  return total;
}

/** ln 2 = 2 (1/3 + 1/(3 3^3) + 1/(5 3^5) + ...) */
const ln2 = (() => {
  let power = (2n * one) / 3n;
  let total = 0n;
  for (let i = 1n; power !== 0n; i += 2n, power /= 9n) total += power / i;
  return total;
})();

/** atan(1 / n) */
function arcTangentOfInverse(n: bigint): bigint {
  let power = one / n;
  let total = 0n;
  for (let i = 1n, sign = 1n; power !== 0n; i += 2n, sign = -sign, power /= n * n) total += (sign * power) / i;
  return total;
}

/** pi = 16 atan(1/5) - 4 atan(1/239)   (Machin 1706) */
const pi = 16n * arcTangentOfInverse(5n) - 4n * arcTangentOfInverse(239n);

/** e^x of a fixed-point number. */
function exponential(x: bigint): bigint {
  const n = x / ln2;
  const power = exponentialSeries(x - n * ln2);
  return n < 0n ? power >> -n : power << n;
}

/** ln x of a double: one step of Halley's method from Math.log, which triples its 50 bits, then another. */
function logarithm(x: number): bigint {
  const target = toFixed(x);
  let y = toFixed(Math.log(x));
  for (let step = 0; step < 2; step++) {
    // ln x = y + ln(x e^-y), and x e^-y is close to 1, however small x is.
    const ratio = multiply(target, exponential(-y));
    y += divide(2n * (ratio - one), ratio + one);
  }
  return y;
}

/** sin x for x of any size: its series at x modulo 2 pi. */
function sine(x: bigint): bigint {
  const reduced = x % (2n * pi);
  const square = multiply(reduced, reduced);
  let term = reduced;
  let total = reduced;
  for (let i = 2n; term !== 0n && term !== -1n; i += 2n) {
    term = -multiply(term, square) / (i * (i + 1n));
    total += term;
  }
  return total;
}

export const exactly = {
  exp: (x: number) => exponential(toFixed(x)),
  log: logarithm,
  sin: (x: number) => sine(toFixed(x)),
  cos: (x: number) => sine(toFixed(x) + pi / 2n),
  tanh: (x: number) => {
    const e = exponential(2n * toFixed(x));
    return divide(e - one, e + one);
  },
  pow: (x: number, y: number) => exponential(multiply(toFixed(y), logarithm(x))),
};

/** |got - truth| in units in the last place of a double near the truth. */
export function ulpsFrom(truth: bigint, got: number): number {
  const difference = toFixed(got) - truth;
  const magnitude = truth < 0n ? -truth : truth;
  const exponent = BigInt(magnitude.toString(2).length) - 53n;
  const least = places - 1074n;
  const unit = 1n << (exponent > least ? exponent : least);
  return Math.abs(Number((difference << 20n) / unit)) / 2 ** 20;
}
