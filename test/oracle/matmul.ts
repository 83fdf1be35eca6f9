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

/** c + a_0 b_0 + a_1 b_1 + ... in float32, each product and each sum rounded. */
export function matmulChain(
  product: Product,
  sizes: Sizes,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  start?: ArrayLike<number>,
): Float32Array {
  const at = operands(product, sizes, a, b);
  const c = start ? Float32Array.from(start) : new Float32Array(sizes.m * sizes.n);
  for (let i = 0; i < sizes.m; i++) {
    for (let j = 0; j < sizes.n; j++) {
      let sum = c[i * sizes.n + j];
      for (let p = 0; p < sizes.k; p++) sum = Math.fround(sum + Math.fround(at.a(i, p) * at.b(p, j)));
      c[i * sizes.n + j] = sum;
    }
  }
  return c;
}
