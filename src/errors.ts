// The errors that a caller may want to catch by name; everything else is a TypeError or a RangeError.

/** The test set was opened already, or training was asked for after it was. */
export class SealedTestSetError extends Error {
  override readonly name = "SealedTestSetError";
}

/** An image of a set, and one of another that is a copy of it or of the same group. */
export interface LeakedPair {
  readonly kind: string;
  readonly a: { readonly set: string; readonly index: number };
  readonly b: { readonly set: string; readonly index: number };
  readonly similarity: number | null;
}

/** The same image or group stands in two sets. */
export class LeakageError extends Error {
  override readonly name = "LeakageError";
  constructor(
    message: string,
    /** All of them; the message names the first. */
    readonly pairs: readonly LeakedPair[] = [],
  ) {
    super(message);
  }
}

/** A loss, gradient or weight became NaN or infinite. The last good weights are kept. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
  constructor(
    message: string,
    /** Where it happened: epoch and step count from 1; layer is its name, or "loss". */
    readonly at: { readonly epoch: number; readonly step: number; readonly layer: string },
  ) {
    super(message);
  }
}

/** A file does not hold what its format promises. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/** A study's folder is not in the state that the call needs (it exists already, is locked, is not finished). */
export class StudyStateError extends Error {
  override readonly name = "StudyStateError";
}

/** A file or folder could not be written (disk full, read-only, no permission). */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

/** A thread of a team ended, or could not begin. The study can be resumed. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";
}
