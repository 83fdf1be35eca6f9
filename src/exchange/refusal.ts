// What a layer or a loss of voxgrad refuses about a file's figures, as the file's error.
import { FormatError } from "../errors.ts";

/** @throws FormatError in the stead of a RangeError or TypeError. */
export async function asFormatError<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof TypeError)) throw cause;
    throw new FormatError(`${file}: expected a dense network, got ${cause.message}`, { cause });
  }
}
