// All figures of a confusion matrix at once, for the many matrices of resamples: what the functions of classification.ts,
// averages.ts and agreement.ts give of it, NaN where they give null.

/** Figures of one class against the rest. */
export const classNames = ["recall", "specificity", "precision", "negativePredictiveValue", "dice", "jaccard"] as const;
/** Figures of the whole matrix. */
export const wholeNames = ["accuracy", "balancedAccuracy", "matthews", "kappa"] as const;

export type ClassName = (typeof classNames)[number];
export type WholeName = (typeof wholeNames)[number];

/** Where the figures lie. */
export interface CellLayout {
  readonly length: number;
  ofWhole(name: WholeName): number;
  ofClass(name: ClassName, k: number): number;
  ofMean(name: ClassName, mean: "macro" | "micro" | "weighted"): number;
}

const means = ["macro", "micro", "weighted"] as const;

/** @param from the first class that the means count */
export function cellFigures(classes: number, from = 0) {
  const perClass = classNames.length;
  const firstMean = wholeNames.length + classes * perClass;
  const layout: CellLayout = {
    length: firstMean + means.length * perClass,
    ofWhole: (name) => wholeNames.indexOf(name),
    ofClass: (name, k) => wholeNames.length + k * perClass + classNames.indexOf(name),
    ofMean: (name, mean) => firstMean + means.indexOf(mean) * perClass + classNames.indexOf(name),
  };
  const truths = new Float64Array(classes);
  const predictions = new Float64Array(classes);
  const pooled = new Float64Array(4);

  /** @param cells (classes, classes), rows the truth @param into layout.length values */
  function fill(cells: Float64Array, into: Float64Array): void {
    truths.fill(0);
    predictions.fill(0);
    pooled.fill(0);
    let all = 0;
    let right = 0;
    for (let t = 0; t < classes; t++) {
      for (let p = 0; p < classes; p++) {
        const cell = cells[t * classes + p];
        truths[t] += cell;
        predictions[p] += cell;
        all += cell;
      }
      right += cells[t * classes + t];
    }
    let chance = 0;
    let truthSquares = 0;
    let predictionSquares = 0;
    let recalls = 0;
    for (let k = 0; k < classes; k++) {
      chance += truths[k] * predictions[k];
      truthSquares += truths[k] * truths[k];
      predictionSquares += predictions[k] * predictions[k];
      const own = cells[k * classes + k];
      const positive = rest(predictions[k] - own, all);
      const negative = rest(truths[k] - own, all);
      const others = rest(all - own - positive - negative, all);
      ratios(own, positive, negative, others, into, wholeNames.length + k * perClass);
      recalls += into[wholeNames.length + k * perClass];
      if (k < from) continue;
      pooled[0] += own;
      pooled[1] += positive;
      pooled[2] += negative;
      pooled[3] += others;
    }
    into[0] = right / all;
    into[1] = recalls / classes;
    into[2] = (right * all - chance) / Math.sqrt((all * all - truthSquares) * (all * all - predictionSquares));
    if (!Number.isFinite(into[2])) into[2] = NaN;
    into[3] = all * all - chance > 1e-9 * all * all ? (right * all - chance) / (all * all - chance) : NaN;
    ratios(pooled[0], pooled[1], pooled[2], pooled[3], into, firstMean + perClass);
    for (let j = 0; j < perClass; j++) {
      let macro = 0;
      let weighted = 0;
      let weights = 0;
      for (let k = from; k < classes; k++) {
        const value = into[wholeNames.length + k * perClass + j];
        macro += value;
        if (truths[k] > 0) weighted += truths[k] * value;
        weights += truths[k];
      }
      into[firstMean + j] = macro / (classes - from);
      into[firstMean + 2 * perClass + j] = weighted / weights;
    }
  }
  return { layout, fill };
}

/** A difference of sums of weights leaves a rest where there is nothing. */
function rest(difference: number, all: number): number {
  return difference > 1e-9 * all ? difference : 0;
}

function ratios(
  truePositives: number,
  falsePositives: number,
  falseNegatives: number,
  trueNegatives: number,
  into: Float64Array,
  at: number,
): void {
  into[at] = truePositives / (truePositives + falseNegatives);
  into[at + 1] = trueNegatives / (trueNegatives + falsePositives);
  into[at + 2] = truePositives / (truePositives + falsePositives);
  into[at + 3] = trueNegatives / (trueNegatives + falseNegatives);
  into[at + 4] = (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
  into[at + 5] = truePositives / (truePositives + falsePositives + falseNegatives);
}
