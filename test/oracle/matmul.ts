// Naive twins of the matrix products: float64, and the float32 chain that the kernels promise bit for bit.

export interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export type Product = "ABt" | "AB" | "AtB";

/** Reads a[i, k] and b[k, j] in each product's layout (no padding between rows). */
function operands(product: Product, { m, n, k }: Sizes, a: ArrayLike<number>, b: ArrayLike<number>) {
  return {
    a: (i: number, p: number) => (product === "AtB" ? a[p * m + i] : a[i * k + p]),
    b: (p: number, j: number) => (product === "ABt" ? b[j * k + p] : b[p * n + j]),
  };
}

export function matmulOracle(product: Product, sizes: Sizes, a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const at = operands(product, sizes, a, b);
  const c = new Float64Array(sizes.m * sizes.n);
  for (let i = 0; i < sizes.m; i++) {
    for (let j = 0; j < sizes.n; j++) {
      for (let p = 0; p < sizes.k; p++) c[i * sizes.n + j] += at.a(i, p) * at.b(p, j);
    }
  }
  return c;
}

/** a * b + c rounded twice, as in the reproducible build. */
const multiplyAdd = (a: number, b: number, c: number) => Math.fround(c + Math.fround(a * b));

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/**
 * a * b + c of float32 values, rounded once. The product is exact in float64; the sum is rounded to odd (Boldo & Melquiond
 * 2008), so that rounding it again to float32 is as if it had been exact.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  // What the sum lost (Knuth's TwoSum).
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (lost !== 0 && Number.isFinite(sum)) {
    double[0] = sum;
    if ((bits[0] & 1n) === 0n) {
      // One step towards what was lost gives the odd neighbour.
      bits[0] += lost > 0 === sum > 0 ? 1n : -1n;
      return Math.fround(double[0]);
    }
  }
  return Math.fround(sum);
}

/** c + a_0 b_0 + a_1 b_1 + ... in float32, each product and each sum rounded, or each step once where it is fused. */
export function matmulChain(
  product: Product,
  sizes: Sizes,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  start?: ArrayLike<number>,
  fused = false,
): Float32Array {
  const step = fused ? fusedMultiplyAdd : multiplyAdd;
  const at = operands(product, sizes, a, b);
  const c = start ? Float32Array.from(start) : new Float32Array(sizes.m * sizes.n);
  for (let i = 0; i < sizes.m; i++) {
    for (let j = 0; j < sizes.n; j++) {
      let sum = c[i * sizes.n + j];
      for (let p = 0; p < sizes.k; p++) sum = step(at.a(i, p), at.b(p, j), sum);
      c[i * sizes.n + j] = sum;
    }
  }
  return c;
}
