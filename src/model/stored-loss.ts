// A loss as it stands in JSON, taken as nothing but data until it is known to be one.
import * as losses from "./loss.ts";
import type { Loss } from "./loss.ts";

/** @throws RangeError for what is no loss, or has numbers that it may not have. */
export function lossOfJson(value: unknown): Loss {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const fail = (what: string): never => {
    throw new RangeError(`loss: expected ${what}, got ${(JSON.stringify(value) ?? String(value)).slice(0, 100)}`);
  };
  const number = (key: string): number => {
    const got = fields[key];
    return typeof got === "number" ? got : fail(`a number as ${key}`);
  };
  const { kind, reduction, classWeights } = fields;
  if (reduction !== "mean" && reduction !== "sum") return fail(`a reduction of "mean" or "sum"`);
  switch (kind) {
    case "softmaxCrossEntropy": {
      const isList = Array.isArray(classWeights) && classWeights.every((weight) => typeof weight === "number");
      if (classWeights !== null && !isList) return fail("a list of numbers as classWeights, or null");
      const weights = classWeights;
      return losses.softmaxCrossEntropy({ classWeights: weights, labelSmoothing: number("labelSmoothing"), reduction });
    }
    case "sigmoidCrossEntropy": {
      const [positiveWeight, labelSmoothing] = [number("positiveWeight"), number("labelSmoothing")];
      return losses.sigmoidCrossEntropy({ positiveWeight, labelSmoothing, reduction });
    }
    case "meanSquaredError":
      return losses.meanSquaredError({ reduction });
    case "meanAbsoluteError":
      return losses.meanAbsoluteError({ reduction });
    case "huber":
      return losses.huber({ delta: number("delta"), reduction });
    case "sigmoidDice":
      return losses.sigmoidDice({ smooth: number("smooth"), reduction });
    case "sigmoidFocal":
      return losses.sigmoidFocal({ gamma: number("gamma"), reduction });
  }
  return fail("a loss");
}
