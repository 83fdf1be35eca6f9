// What the two loss curves say so far, in a few words.
import type { Dataset } from "../data/dataset.ts";
import { totalWeight } from "../data/weights.ts";
import type { SetFigures } from "./figures.ts";

/** `overfitting since epoch N` counts from 1. */
export type Diagnosis = "learning" | "good" | "underfitting" | `overfitting since epoch ${number}`;

/** Epochs over which curves are compared. */
const window = 5;

/**
 * Overfitting: the validation loss has been rising for a window of epochs above its minimum, by more than 2 %, while the
 * training loss went on falling. Underfitting: after the window neither loss moves any more and the training accuracy
 * is no better than guessing the commonest class (for masks: their Dice stays below 0.05). Good: the validation loss no longer moves, and stays near its minimum.
 *
 * @param majority the part of the training images that the commonest class has.
 */
export function diagnose(
  history: readonly (SetFigures & { readonly validation: SetFigures })[],
  majority: number,
): Diagnosis {
  const last = history[history.length - 1];
  let best = 0;
  for (let i = 1; i < history.length; i++) if (history[i].validation.loss < history[best].validation.loss) best = i;
  const minimum = history[best].validation.loss;
  const since = history.slice(best + 1);
  const trainFell = last.loss < history[best].loss;
  if (
    since.length >= window &&
    trainFell &&
    since.slice(-window).every(({ validation }) => validation.loss > 1.02 * minimum)
  ) {
    return `overfitting since epoch ${best + 2}`;
  }
  if (history.length <= window) return "learning";
  const before = history[history.length - 1 - window];
  const moved = Math.abs(before.loss - last.loss) > 0.02 * before.loss;
  if (moved && since.length < window) return "learning";
  const isGuessing = last.dice === null ? last.accuracy <= majority + 0.01 : last.dice < 0.05;
  return isGuessing ? "underfitting" : "good";
}

/** The part of a set's images, by weight, that the commonest class has; 0 without labels. */
export function majorityShare(set: Dataset): number {
  if (!set.labels) return 0;
  const { labels, weights } = set;
  const counts = new Float64Array(set.classes.length);
  for (let i = 0; i < set.length; i++) counts[labels[i]] += weights ? weights[i] : 1;
  return Math.max(...counts) / totalWeight(set);
}
