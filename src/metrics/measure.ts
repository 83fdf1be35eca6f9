// A figure that may be undefined: then it is null, with the reason, never 0 and never NaN.

/** A value, or null and the reason why there is none. */
export interface Measure {
  readonly value: number | null;
  /** One sentence: why the value is null. */
  readonly reason?: string;
}

/** part / whole; null with `reason` when the whole is 0. */
export function ratio(part: number, whole: number, reason: string): Measure {
  return whole > 0 ? { value: part / whole } : { value: null, reason };
}

/** @throws RangeError when two series that belong together differ in length. */
export function checkSameLength(what: string, expected: number, got: number): void {
  if (expected !== got)
    throw new RangeError(`${what}: expected ${expected} values, one for each of the truth, got ${got}.`);
}
