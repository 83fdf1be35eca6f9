// The errors that a caller may want to catch by name; everything else is a TypeError or a RangeError.

/** The test set was opened already, or training was asked for after it was. */
export class SealedTestSetError extends Error {
  override readonly name = "SealedTestSetError";
}

/** The same image or group stands in two sets. */
export class LeakageError extends Error {
  override readonly name = "LeakageError";
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
