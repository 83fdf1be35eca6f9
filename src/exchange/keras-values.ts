// The values of a Keras configuration, asked for one by one: nothing in it is believed before it was looked at.
import { FormatError } from "../errors.ts";

export interface Fields {
  /** Throws a FormatError that names the place. */
  fail(what: string): never;
  raw(key: string): unknown;
  number(key: string, otherwise?: number): number;
  flag(key: string, otherwise: boolean): boolean;
  text(key: string, otherwise?: string): string;
  has(key: string): boolean;
}

/** @param place stands in error messages. */
export function fieldsOf(value: unknown, place: string): Fields {
  const fail = (what: string): never => {
    throw new FormatError(`${place}: expected ${what}`);
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("an object");
  const raw = (key: string): unknown =>
    Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  const shown = (got: unknown) => (JSON.stringify(got) ?? "nothing").slice(0, 80);
  return {
    fail,
    raw,
    has: (key) => raw(key) !== undefined && raw(key) !== null,
    number(key, otherwise) {
      const got = raw(key) ?? otherwise;
      return typeof got === "number" && Number.isFinite(got) ? got : fail(`a number as ${key}, got ${shown(got)}`);
    },
    flag(key, otherwise) {
      const got = raw(key) ?? otherwise;
      return typeof got === "boolean" ? got : fail(`true or false as ${key}, got ${shown(got)}`);
    },
    text(key, otherwise) {
      const got = raw(key) ?? otherwise;
      return typeof got === "string" ? got : fail(`a text as ${key}, got ${shown(got)}`);
    },
  };
}
