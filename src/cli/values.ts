// The kinds of values that settings have: how a flag's text is read, and what is allowed, from a flag or a file alike.

/** One kind of value. */
export interface Kind<T> {
  /** What stands for the value in help: "N"; null for a flag without a value. */
  readonly valueName: string | null;
  /** What a valid value is, in words: "a whole number of at least 1". */
  readonly expected: string;
  /** The value that a flag's text means, as a configuration file would hold it; not checked yet. */
  read(text: string): unknown;
  /** The value as the command uses it; undefined when it is not allowed. */
  check(value: unknown): T | undefined;
  /** What exactly is wrong with a value that is not allowed; empty where `expected` says it all. */
  readonly explain?: (value: unknown) => string;
}

/** A number as people write it; anything else stays text, which no number's check allows. */
const readNumber = (text: string): unknown =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return {
    valueName: "N",
    expected: `a whole number ${bound}`,
    read: readNumber,
    check: (value) =>
      typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined,
  };
}

/** A finite number for which `allowed` holds, described as "a number in [0, 1)". */
export function number(expected: string, allowed: (value: number) => boolean): Kind<number> {
  return {
    valueName: "X",
    expected,
    read: readNumber,
    check: (value) => (typeof value === "number" && Number.isFinite(value) && allowed(value) ? value : undefined),
  };
}

export function choice<const T extends string>(...names: readonly T[]): Kind<T> {
  return {
    valueName: "NAME",
    expected: names.length === 1 ? `"${names[0]}"` : `one of ${names.join(", ")}`,
    read: (text) => text,
    check: (value) => names.find((name) => name === value),
  };
}

/** How many threads. */
export function threadCount(): Kind<number | "auto"> {
  const count = whole(1);
  return {
    valueName: "N",
    expected: '"auto" or a whole number of at least 1',
    read: (text) => count.read(text),
    check: (value) => (value === "auto" ? value : count.check(value)),
  };
}

/**
 * A path. In a file also true: there is one, and the command line has to name it; so a study's settings can be used again,
 * and hold no path.
 */
export function path(of?: string, valueName = "PATH"): Kind<string | true> {
  return {
    valueName,
    expected: of === undefined ? "a path" : `the path of ${of}`,
    read: (text) => text,
    check: (value) => (value === true || (typeof value === "string" && value !== "") ? value : undefined),
  };
}

/** Numbers with commas between; a list in a file. `allowed` sees the whole list. */
export function list(
  expected: string,
  valueName: string,
  allowed: (values: readonly number[]) => boolean,
): Kind<readonly number[]> {
  return {
    valueName,
    expected,
    read: (text) => (text === "" ? [] : text.split(",").map((part) => readNumber(part.trim()))),
    check: (value) => {
      if (!Array.isArray(value)) return undefined;
      const values = value as unknown[];
      const numbers = values.filter((item) => typeof item === "number" && Number.isFinite(item)) as number[];
      return numbers.length === values.length && allowed(numbers) ? Object.freeze(numbers) : undefined;
    },
  };
}

/** Sizes along axes: "32x32", or one number for all; a number or a list in a file. */
export function sizes(): Kind<number | readonly number[]> {
  const isSize = (value: unknown) => typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
  return {
    valueName: "ZxYxX",
    expected: "whole numbers of at least 1, such as 32x32, or 32 for all axes",
    read: (text) => {
      const parts = text.split(/[x,]/).map((part) => readNumber(part.trim()));
      return parts.length === 1 ? parts[0] : parts;
    },
    check: (value) => {
      if (Array.isArray(value))
        return value.length > 0 && value.every(isSize) ? Object.freeze([...(value as number[])]) : undefined;
      return isSize(value) ? (value as number) : undefined;
    },
  };
}

/** Any text but none at all. */
export function text(expected: string, valueName: string): Kind<string> {
  return {
    valueName,
    expected,
    read: (given) => given,
    check: (value) => (typeof value === "string" && value !== "" ? value : undefined),
  };
}

/** Texts with commas between; a list in a file. */
export function words(expected: string, valueName: string): Kind<readonly string[]> {
  return {
    valueName,
    expected,
    read: (given) => (given === "" ? [] : given.split(",").map((part) => part.trim())),
    check: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")
        ? Object.freeze(value as string[])
        : undefined,
  };
}

/** The kind, or "none" on the command line and null in a file. */
export function optional<T>(kind: Kind<T>): Kind<T | null> {
  return {
    valueName: kind.valueName,
    expected: `${kind.expected}, or none`,
    read: (text) => (text === "none" ? null : kind.read(text)),
    check: (value) => (value === null || value === "none" ? null : kind.check(value)),
  };
}

/** A flag without a value; true or false in a file. */
export function yes(): Kind<boolean> {
  return {
    valueName: null,
    expected: "true or false",
    read: (text) => text === "true",
    check: (value) => (typeof value === "boolean" ? value : undefined),
  };
}
