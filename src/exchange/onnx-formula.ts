// Formulas of one value that graphs spell out in single operations: which activation, scaling or bias they come to.
import * as layers from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";

/** c0 + c1 x + c2 x^2 + c3 x^3 */
export type Polynomial = readonly [c0: number, c1: number, c2: number, c3: number];

/** A formula over x, which is what the image has become after so many steps. */
export type Formula =
  | { readonly kind: "polynomial"; readonly step: number; readonly c: Polynomial }
  /** scale x + offset, feature by feature. */
  | { readonly kind: "scaled"; readonly step: number; readonly scale: Float64Array; readonly offset: Float64Array }
  /** times(x) (of(x) + plus); "half erf" is erf(x / sqrt 2), "cubic tanh" that of the approximated gelu. */
  | { readonly kind: "function"; readonly step: number; readonly of: FunctionName; readonly plus: number; readonly times: Polynomial }; // prettier-ignore

export type FunctionName = "sigmoid" | "tanh" | "half erf" | "cubic tanh";

export const identity: Polynomial = [0, 1, 0, 0];
const one: Polynomial = [1, 0, 0, 0];

/** As far apart as float32 puts a constant. */
const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.abs(b);
export const isPolynomial = (c: Polynomial, wanted: Polynomial) =>
  c.every((value, i) => (wanted[i] === 0 ? value === 0 : isNear(value, wanted[i])));

export const functionOf = (step: number, of: FunctionName): Formula => ({ kind: "function", step, of, plus: 0, times: one }); // prettier-ignore

/** p q, or null where it is of too high a degree. */
function product(p: Polynomial, q: Polynomial): Polynomial | null {
  const sum = [0, 0, 0, 0, 0, 0, 0];
  p.forEach((a, i) => q.forEach((b, j) => (sum[i + j] += a * b)));
  if (sum.slice(4).some((value) => value !== 0)) return null;
  return [sum[0], sum[1], sum[2], sum[3]];
}

const added = (p: Polynomial, q: Polynomial, factor: number): Polynomial =>
  [p[0] + factor * q[0], p[1] + factor * q[1], p[2] + factor * q[2], p[3] + factor * q[3]]; // prettier-ignore

/** a + factor b for formulas of the same x; null where it is none that is known. */
export function sumOf(a: Formula, b: Formula, factor: 1 | -1): Formula | null {
  if (a.kind !== "polynomial" || b.kind !== "polynomial" || a.step !== b.step) return null;
  return { ...a, c: added(a.c, b.c, factor) };
}

/** a b, likewise. */
export function productOf(a: Formula, b: Formula): Formula | null {
  if (a.step !== b.step || b.kind === "scaled" || a.kind === "scaled") return null;
  if (a.kind === "function") {
    const times = b.kind === "polynomial" ? product(a.times, b.c) : null;
    return times && { ...a, times };
  }
  if (b.kind === "function") return productOf(b, a);
  const c = product(a.c, b.c);
  return c && { ...a, c };
}

/** factor a + offset */
export function shifted(a: Formula, factor: number, offset: number): Formula | null {
  if (a.kind === "polynomial") return { ...a, c: added([offset, 0, 0, 0], a.c, factor) };
  if (a.kind === "scaled") {
    return { ...a, scale: a.scale.map((s) => s * factor), offset: a.offset.map((o) => o * factor + offset) };
  }
  const times = added([0, 0, 0, 0], a.times, factor);
  if (offset === 0) return { ...a, times };
  // t (f + plus) + offset = t (f + plus + offset / t)
  return times[0] !== 0 && isPolynomial(times, [times[0], 0, 0, 0]) ? { ...a, times, plus: a.plus + offset / times[0] } : null; // prettier-ignore
}

/** factors a + offsets, feature by feature. */
export function spread(a: Formula, factors: Float64Array | null, offsets: Float64Array | null): Formula | null {
  const from = a.kind === "polynomial" && a.c[2] === 0 && a.c[3] === 0 ? { scale: a.c[1], offset: a.c[0] } : a.kind === "scaled" ? a : null; // prettier-ignore
  if (!from) return null;
  const length = (factors ?? offsets)?.length ?? 0;
  if (typeof from.scale !== "number" && from.scale.length !== length) return null;
  const at = (values: number | Float64Array, i: number) => (typeof values === "number" ? values : values[i]);
  const scale = Float64Array.from({ length }, (_, i) => at(from.scale, i) * (factors ? factors[i] : 1));
  const offset = Float64Array.from({ length }, (_, i) => at(from.offset, i) * (factors ? factors[i] : 1) + (offsets ? offsets[i] : 0)); // prettier-ignore
  return { kind: "scaled", step: a.step, scale, offset };
}

/** What is inside of tanh where it approximates gelu (Hendrycks & Gimpel 2016). */
const root = Math.sqrt(2 / Math.PI);
export const cubic: Polynomial = [0, root, 0, 0.044715 * root];
export const halved: Polynomial = [0, Math.SQRT1_2, 0, 0];

/** Whether two formulas are 1 - p and p. */
export function areOpposite(no: Formula, yes: Formula): boolean {
  if (no.step !== yes.step) return false;
  if (no.kind === "polynomial" && yes.kind === "polynomial") {
    return isPolynomial(yes.c, identity) && isPolynomial(no.c, [1, -1, 0, 0]);
  }
  if (no.kind !== "function" || yes.kind !== "function" || no.of !== yes.of) return false;
  return yes.plus === 0 && isPolynomial(yes.times, one) && no.plus === -1 && isPolynomial(no.times, [-1, 0, 0, 0]);
}

/** The activation that a formula of a function comes to; null for none. */
export function activationOf({ of, plus, times }: Extract<Formula, { kind: "function" }>): Layer | null {
  const isPlain = plus === 0 && isPolynomial(times, one);
  const isHalf = isNear(plus, 1) && isPolynomial(times, [0, 0.5, 0, 0]);
  switch (of) {
    case "sigmoid":
      if (plus === 0 && isPolynomial(times, identity)) return layers.silu();
      return isPlain ? layers.sigmoid() : null;
    case "tanh":
      return isPlain ? layers.tanh() : null;
    case "half erf":
      return isHalf ? layers.gelu() : null;
    case "cubic tanh":
      return isHalf ? layers.geluTanh() : null;
  }
}
