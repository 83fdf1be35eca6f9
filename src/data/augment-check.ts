// Checks that every augmentation needs when it is made.
import type { Axis } from "./augment.ts";

export function frozen<T extends object>(value: T): T {
  return Object.freeze(value);
}

export function between(name: string, what: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new RangeError(`${name}: expected ${what} from ${low} to ${high}, got ${value}`);
}

export function checkProbability(name: string, probability: number): number {
  between(name, "a probability", probability, 0, 1);
  return probability;
}

export function axesOf(name: string, axes: Axis | readonly Axis[]): readonly Axis[] {
  const all = typeof axes === "string" ? [axes] : [...axes];
  if (all.length === 0 || new Set(all).size < all.length || !all.every((axis) => ["x", "y", "z"].includes(axis)))
    throw new RangeError(`${name}: expected axes of "x", "y", "z", each once, got [${all.join(", ")}]`);
  return Object.freeze(all);
}
