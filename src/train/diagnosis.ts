// What the curves of training and validation set say so far: a few words, the figures behind them, and a sentence.
import type { Dataset } from "../data/dataset.ts";
import type { SetError, SetFigures } from "./figures.ts";

/** `overfitting since epoch N` counts from 1. */
export type Diagnosis = "learning" | "good" | "underfitting" | "unstable" | `overfitting since epoch ${number}`;

/** What a diagnosis rests on. JSON-safe. */
export interface Evidence {
  /**
   * How much larger the validation set's error is than the training set's: of 1 - p(truth), classes counting alike, or of
   * 1 - Dice for masks. 0.5 is the gap of a network that knows its training images by heart and guesses at others.
   */
  readonly gap: number;
  /** The standard error of the validation set's error, given its size. */
  readonly noise: number;
  /** By what part of itself the validation loss changes in an epoch, over the last of them; below 0 while it falls. */
  readonly slope: number;
  /** The epoch of the smallest validation loss so far, from 1. */
  readonly minimum: number;
  /** By what part the validation loss lies above that. */
  readonly rise: number;
}

/** What is known of an epoch. */
export type CurvePoint = SetFigures & { readonly validation: SetFigures; readonly diagnosis?: Diagnosis };

/** Epochs over which curves are compared. */
const window = 5;

/** A gap that is worth the name, beside one that noise does not explain. */
const materialGap = 0.14;

/** What was called overfitting is so until the gap is smaller by a tenth: about its limit the word would come and go. */
const stays = 0.9;

/** A training loss of so small a part of the validation loss is of images that are known by heart. */
const byHeart = 0.03;

/**
 * Overfitting: the gap is at least 0.14 (0.126 where the epoch before was called so) and above the noise, and the validation loss has not been smaller for a window of
 * epochs while the training loss went on falling; or the training images are known by heart, and the validation loss falls
 * by less than 5 % in ten epochs. Unstable: the training loss jumped up by a fifth at least twice in the window, to more than
 * a fifth of what it began with, and is no smaller than before it. Underfitting: after the window neither loss moves any more, and the training images are answered
 * no better than by guessing the commonest class (for masks: their Dice stays below 0.05). Good: the validation loss no
 * longer moves, or rises without the answers becoming worse.
 *
 * @param history of all epochs, the last one included.
 * @param errors of both sets in the last epoch.
 * @param majority the part of the training images that the commonest class has.
 */
export function diagnose(
  history: readonly CurvePoint[],
  errors: { readonly train: SetError; readonly validation: SetError },
  majority: number,
): { readonly diagnosis: Diagnosis; readonly evidence: Evidence } {
  const last = history[history.length - 1];
  let best = 0;
  for (let i = 1; i < history.length; i++) if (history[i].validation.loss < history[best].validation.loss) best = i;
  const minimum = history[best].validation.loss;
  const evidence: Evidence = {
    gap: errors.validation.value - errors.train.value,
    noise: errors.validation.standardError,
    slope: slopeOf(history.slice(-window)),
    minimum: best + 1,
    rise: minimum > 0 ? last.validation.loss / minimum - 1 : 0,
  };
  return { evidence, diagnosis: wordsOf(history, best, evidence, majority) };
}

function wordsOf(history: readonly CurvePoint[], best: number, { gap, noise }: Evidence, majority: number): Diagnosis {
  const { length } = history;
  const last = history[length - 1];
  const since = length - 1 - best;
  if (isUnstable(history)) return "unstable";
  const wasCalled = history.at(-2)?.diagnosis?.startsWith("overfitting") ?? false;
  if (gap > Math.max(wasCalled ? stays * materialGap : materialGap, noise)) {
    if (since >= window && last.loss < history[best].loss) return `overfitting since epoch ${best + 2}`;
    const tenAgo = history[length - 1 - 2 * window] as CurvePoint | undefined;
    const isKnown = last.loss < byHeart * last.validation.loss;
    if (tenAgo && isKnown && tenAgo.validation.loss - last.validation.loss < 0.05 * last.validation.loss)
      return `overfitting since epoch ${Math.min(best + 2, length)}`;
  }
  if (length <= window) return "learning";
  const before = history[length - 1 - window];
  const moved = Math.abs(before.loss - last.loss) > 0.02 * before.loss;
  if (moved && since < window) return "learning";
  const isGuessing = last.dice === null ? last.accuracy <= majority + 0.01 : last.dice < 0.05;
  return isGuessing ? "underfitting" : "good";
}

/** Training that throws its loss up again and again: the learning rate is too high. */
function isUnstable(history: readonly CurvePoint[]): boolean {
  const recent = history.slice(-window - 1);
  if (recent.length <= window) return false;
  // A loss that is next to nothing goes up and down by parts of itself, and means nothing by it.
  const isLarge = ({ loss }: CurvePoint) => loss > 0.2 * history[0].loss;
  const jumps = recent.filter((one, i) => i > 0 && isLarge(one) && one.loss > 1.2 * recent[i - 1].loss).length;
  return jumps >= 2 && recent[recent.length - 1].loss >= recent[0].loss;
}

/** Least squares over the epochs, as a part of the mean. */
function slopeOf(recent: readonly CurvePoint[]): number {
  const n = recent.length;
  const mean = recent.reduce((sum, { validation }) => sum + validation.loss, 0) / n;
  const middle = (n - 1) / 2;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    products += (i - middle) * (recent[i].validation.loss - mean);
    squares += (i - middle) * (i - middle);
  }
  return squares > 0 && mean > 0 ? products / squares / mean : 0;
}

/** The part of a set's images that the commonest class has; 0 without labels. */
export function majorityShare(set: Dataset): number {
  if (!set.labels) return 0;
  const counts = new Float64Array(set.classes.length);
  for (const label of set.labels) counts[label]++;
  return Math.max(...counts) / set.length;
}
