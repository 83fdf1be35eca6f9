// Reads the reference vectors beside this file: what PyTorch, scikit-learn and SciPy computed (README.md).
import { readFileSync } from "node:fs";

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The cases of one file, in order. */
export function readVectors<Case>(name: string): readonly Case[] {
  const file = new URL(`./${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases;
}
