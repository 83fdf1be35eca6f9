// Draws the initial values of a tensor, as its initializer says.
import type { RandomStream } from "../random.ts";
import type { Initializer } from "./init.ts";

/**
 * Fills `target` from the draws `first`, `first + 1`, ... of a stream: element i is a pure function of (stream, first + i).
 */
export function drawInitial(
  target: Float32Array,
  initializer: Initializer,
  fans: { readonly inputs: number; readonly outputs: number },
  random: RandomStream,
  first: number,
): void {
  switch (initializer.kind) {
    case "zeros":
      target.fill(0);
      return;
    case "constant":
      target.fill(initializer.value);
      return;
    case "torchLinear":
      fillUniform(target, 1 / Math.sqrt(fans.inputs), random, first);
      return;
    case "glorot":
    case "he":
    case "lecun": {
      const variance = drawnVariance(initializer.kind, fans);
      if (initializer.distribution === "uniform") fillUniform(target, Math.sqrt(3 * variance), random, first);
      else fillNormal(target, Math.sqrt(variance), random, first);
    }
  }
}

function drawnVariance(
  kind: "glorot" | "he" | "lecun",
  { inputs, outputs }: { inputs: number; outputs: number },
): number {
  switch (kind) {
    case "glorot":
      return 2 / (inputs + outputs);
    case "he":
      return 2 / inputs;
    case "lecun":
      return 1 / inputs;
  }
}

function fillUniform(target: Float32Array, bound: number, random: RandomStream, first: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (2 * random.uniform(first + i) - 1) * bound;
}

function fillNormal(target: Float32Array, deviation: number, random: RandomStream, first: number): void {
  for (let i = 0; i < target.length; i++) target[i] = random.normal(first + i) * deviation;
}
