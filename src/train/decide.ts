// Chooses temperature and threshold on the validation set, once training or refining has ended.
import type { Dataset } from "../data/dataset.ts";
import { log } from "../elementary.ts";
import { calibrate, fitTemperature } from "../metrics/calibration.ts";
import { atThreshold, sensitivityThreshold, youdenThreshold } from "../metrics/thresholds.ts";
import { decideMasks } from "./decide-masks.ts";
import { ruleOf } from "./decision.ts";
import type { Decision, DecisionSettings } from "./decision.ts";
import type { Model } from "./model.ts";
import { predict } from "./predict.ts";

/** 1 - p of a sigmoid in float32: nothing between 0 and this can be told apart from 0. */
const leastOfSigmoid = 2.98023223876953125e-8;

/** What a probability of 0 counts as in a log loss. */
const least = 1.1754943508222875e-38;

const half = Object.freeze({ temperature: 1, threshold: 0.5, rule: "0.5" });
const likeliest = Object.freeze({ temperature: 1, threshold: null, rule: "likeliest" });

/**
 * The model with its decision. Probabilities that are no shares of one whole, of several sigmoids or of a squared error, are
 * not calibrated: their temperature is 1.
 *
 * @param validation with truth; each image counts as its weight says.
 */
export async function withDecision(model: Model, validation: Dataset, asked: DecisionSettings): Promise<Model> {
  return Object.freeze({ ...model, decision: await decide(model, validation, asked) });
}

async function decide(model: Model, validation: Dataset, asked: DecisionSettings): Promise<Decision> {
  if (model.task === "segmentation") return decideMasks(model, validation, asked);
  const said = await predict(model, validation);
  if (said.task !== "classification" || !validation.labels)
    throw new TypeError("decision: expected a validation set with labels, got one without");
  const { labels, weights } = validation;
  const { probabilities } = said;
  const classes = model.classes.length;
  // Of a run whose numbers went wrong there is nothing to choose from.
  if (!probabilities.every(Number.isFinite)) return classes === 2 ? half : likeliest;
  const { placed } = model.network;
  const isSingle = placed[placed.length - 1].outputs === 1;
  const isWhole = model.loss.kind === "softmaxCrossEntropy" || (isSingle && model.loss.kind.startsWith("sigmoid"));
  const lowest = isSingle ? leastOfSigmoid : least;
  const temperature =
    isWhole && asked.temperature === "fit" ? fitTemperature(labels, probabilities, classes, weights, lowest) : 1;
  const calibrated = calibrate(probabilities, classes, temperature);
  const losses = {
    logLoss: logLoss(labels, calibrated, classes, weights, lowest),
    uncalibratedLogLoss: logLoss(labels, probabilities, classes, weights, lowest),
  };
  // Without whole shares there is no half: the likeliest class is the answer, unless a rule was asked for.
  if (classes !== 2 || (!isWhole && asked.threshold === 0.5)) {
    const validationValue = { sensitivity: null, specificity: null, ...losses };
    return Object.freeze({ temperature, threshold: null, rule: "likeliest", validationValue });
  }
  const scores = Float64Array.from(labels, (_, i) => calibrated[2 * i + 1]);
  const { threshold, sensitivity, specificity } = thresholdFor(asked.threshold, labels, scores, weights);
  const validationValue = { sensitivity, specificity, ...losses };
  return Object.freeze({ temperature, threshold, rule: ruleOf(asked.threshold), validationValue });
}

function thresholdFor(
  asked: DecisionSettings["threshold"],
  labels: Int32Array,
  scores: Float64Array,
  weights: Float32Array | undefined,
) {
  if (asked === "youden") return youdenThreshold(labels, scores, weights);
  if (typeof asked === "object") return sensitivityThreshold(labels, scores, asked.sensitivity, weights);
  // Nothing is chosen: a class whose images all count 0 stands in no way.
  const counts = [0, 1].map((k) => labels.some((label, i) => label === k && (!weights || weights[i] > 0)));
  return counts.every(Boolean)
    ? atThreshold(labels, scores, asked, weights)
    : { threshold: asked, sensitivity: null, specificity: null };
}

/** Weighted mean of -log p(truth). */
function logLoss(
  labels: Int32Array,
  probabilities: Float32Array,
  classes: number,
  weights: Float32Array | undefined,
  lowest: number,
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const weight = weights ? weights[i] : 1;
    sum -= weight * log(Math.max(probabilities[i * classes + labels[i]], lowest));
    total += weight;
  }
  return sum / total;
}
