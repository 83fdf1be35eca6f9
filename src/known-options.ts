// Options as a caller gave them: what is no bag of options, or has one that nobody reads, is a slip that would go unheard.
import { kindOf } from "./kind.ts";

/**
 * @param name whose options they are, for the error.
 * @throws TypeError for what is no object of options, and for an option that there is not.
 */
export function checkOptions(name: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`${name}: expected options in an object, such as { ${known[0]}: ... }, got ${kindOf(given)}`);
  }
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue;
    throw new TypeError(`${name}: expected options among ${known.join(", ")}, got "${option}"`);
  }
}
