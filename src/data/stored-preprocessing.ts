// Preprocessing as it stands in JSON (a model, a study), taken as nothing but data until each step is known to be one.
import { centreCropOrPad, gray, percentileClip, rescale, resampleTo, standardize, window } from "./preprocessing.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** @throws RangeError that names the step which is none, or has numbers that it may not have. */
export function preprocessingOfJson(value: unknown): readonly Preprocessing[] {
  if (!Array.isArray(value)) throw new RangeError(`preprocessing: expected a list of steps, got ${shown(value)}`);
  return Object.freeze(value.map(stepOf));
}

function stepOf(value: unknown, index: number): Preprocessing {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const fail = (what: string): never => {
    throw new RangeError(`preprocessing, step ${index}: expected ${what}, got ${shown(value)}`);
  };
  const number = (key: string) => {
    const got = fields[key];
    return typeof got === "number" ? got : fail(`a number as ${key}`);
  };
  const numbers = (key: string) => {
    const got = fields[key];
    const isList = Array.isArray(got) && got.length <= 8 && got.every((one) => typeof one === "number");
    return isList ? got : fail(`a list of numbers as ${key}`);
  };
  switch (fields["kind"]) {
    case "window":
      return window({ centre: number("centre"), width: number("width") });
    case "percentileClip":
      return percentileClip({ low: number("low"), high: number("high") });
    case "rescale": {
      const [low, high] = numbers("to");
      return rescale({ to: [low, high] });
    }
    case "standardize":
      return standardize();
    case "gray":
      return gray();
    case "resampleTo":
      if (fields["size"] !== undefined) return resampleTo({ size: numbers("size") });
      return resampleTo({ spacing: typeof fields["spacing"] === "number" ? fields["spacing"] : numbers("spacing") });
    case "centreCropOrPad":
      return centreCropOrPad({ size: numbers("size"), fill: fields["fill"] == null ? null : number("fill") });
  }
  return fail("a step of preprocessing");
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}
