// The numeric modes, and which of them this engine has.

/**
 * How the kernels multiply and add: `reproducible`, plain SIMD, gives the same bits on every engine; `fast` uses relaxed
 * SIMD, whose multiply-add is rounded once where the processor can and twice elsewhere.
 */
export type NumericMode = "reproducible" | "fast";

/**
 * The smallest module with a relaxed multiply-add: one function, (v128, v128, v128) -> v128,
 * local.get 0, local.get 1, local.get 2, f32x4.relaxed_madd.
 */
const relaxedModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b], // type
  ...[0x03, 0x02, 0x01, 0x00], // function
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b], // code
);

/** Whether this engine has relaxed SIMD (Node from 22 on has, Node 20 has not). */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedModule);
}

/** The mode that this engine gives when `wanted` is asked for: `fast` is `reproducible` where there is no relaxed SIMD. */
export function availableMode(wanted: NumericMode): NumericMode {
  return wanted === "fast" && hasRelaxedSimd() ? "fast" : "reproducible";
}

/** The modes that this engine gives. */
export function availableModes(): readonly NumericMode[] {
  return hasRelaxedSimd() ? ["reproducible", "fast"] : ["reproducible"];
}
