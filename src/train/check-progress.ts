// Whether a run's progress, read from a file, is one that training could have written.
import { FormatError } from "../errors.ts";
import type { Progress } from "./progress.ts";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

/**
 * The progress that a checkpoint's text holds; fields that are not known here are left as they are.
 * @param name stands in error messages.
 * @throws FormatError that names the field, what it should be and what it is.
 */
export function parseProgress(text: string, name: string): Progress {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${name}: expected progress as JSON, got ${(cause as Error).message}`, { cause });
  }
  const where = `${name} progress`;
  const progress = fieldsOf(value, where);
  const { epoch, history, stopping, plateau, counters } = progress;
  expect(progress, where, { epoch: isCount, position: isCount, history: Array.isArray });
  checkHistory(history, where);
  if ((history as unknown[]).length !== epoch)
    throw new FormatError(
      `${where}: expected the history of ${String(epoch)} epochs, got ${(history as unknown[]).length}`,
    );
  const best = fieldsOf(stopping, `${where} stopping`);
  expect(best, `${where} stopping`, { bestEpoch: isCount, bestValue: isNumberOrNull, epochsSinceBest: isCount });
  if ((best["bestEpoch"] as number) > epoch)
    throw new FormatError(
      `${where}: expected a best epoch of at most ${String(epoch)}, got ${String(best["bestEpoch"])}`,
    );
  if (plateau !== null) {
    const rates = { learningRate: isNumber, best: isNumberOrNull, epochsSinceBest: isCount };
    expect(fieldsOf(plateau, `${where} plateau`), `${where} plateau`, rates);
  }
  const counts = { steps: isCount, beta1Power: isNumber, beta2Power: isNumber, momentumProduct: isNumber };
  expect(fieldsOf(counters, `${where} counters`), `${where} counters`, counts);
  return value as Progress;
}

/** @throws FormatError unless the value is a list of epochs, numbered from 1, each with its figures. */
export function checkHistory(value: unknown, name: string): void {
  if (!Array.isArray(value)) throw wrong(name, "epochs as a list", value);
  value.forEach((each: unknown, index) => {
    const where = `${name} epoch ${index + 1}`;
    const epoch = fieldsOf(each, where);
    expect(epoch, where, {
      epoch: (number) => number === index + 1,
      ...figures,
      penalty: isNumberOrNull, // JSON has no infinity
      learningRate: isNumber,
      seconds: isNumber,
      best: (flag) => typeof flag === "boolean",
      diagnosis: (words) => typeof words === "string",
    });
    const evidence = `${where} evidence`;
    expect(fieldsOf(epoch["evidence"], evidence), evidence, {
      gap: isNumber,
      noise: isNumber,
      slope: isNumber,
      minimum: isCount,
      rise: isNumber,
    });
    expect(fieldsOf(epoch["validation"], `${where} validation`), `${where} validation`, figures);
  });
}

const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isNumberOrNull: Check = (value) => value === null || isNumber(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

const figures: Readonly<Record<string, Check>> = {
  totalError: isNumber,
  loss: isNumber,
  absoluteError: isNumber,
  accuracy: isNumber,
  rocAuc: isNumberOrNull,
  dice: isNumberOrNull,
};

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(where, "an object", value);
}

function expect(fields: Fields, where: string, checks: Readonly<Record<string, Check>>): void {
  for (const [field, check] of Object.entries(checks)) {
    if (!check(fields[field])) throw wrong(where, `a valid "${field}"`, fields[field]);
  }
}

function wrong(where: string, expected: string, got: unknown): FormatError {
  return new FormatError(`${where}: expected ${expected}, got ${String(JSON.stringify(got)).slice(0, 100)}`);
}
