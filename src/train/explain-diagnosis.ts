// What a diagnosis says, in words that someone new to it understands, with the figures it rests on.
import type { CurvePoint, Evidence } from "./diagnosis.ts";

/**
 * A diagnosis in a sentence or two for who is new to it, with its figures.
 *
 * @example
 * ```ts
 * import { explainDiagnosis, phantoms, study } from "voxgrad";
 *
 * for await (const epoch of study({ data: phantoms({ count: 60, seed: 7 }) }).train({ epochs: 2 })) {
 *   console.log(epoch.diagnosis, explainDiagnosis(epoch));
 * }
 * ```
 */
export function explainDiagnosis({
  diagnosis,
  evidence,
  loss,
  validation,
}: CurvePoint & { readonly diagnosis: string; readonly evidence: Evidence }): string {
  const { gap, noise, slope, minimum, rise } = evidence;
  const share = (value: number) => `${Math.round(100 * value)} %`;
  const errors = `On validation images its error is ${gap.toFixed(2)} larger than on those it learned from (noise ${noise.toFixed(2)})`;
  const losses = `training loss ${loss.toPrecision(3)}, validation loss ${validation.loss.toPrecision(3)}`;
  const movement =
    Math.abs(slope) < 0.005
      ? "no longer moves"
      : `${slope < 0 ? "falls" : "rises"} by ${share(Math.abs(slope))} an epoch`;
  if (diagnosis.startsWith("overfitting"))
    return (
      `The network learns its training images by heart: ${losses}, which was smallest in epoch ${minimum}. ${errors}. ` +
      "Use more data, augmentation, dropout or regularization; the weights of the best epoch are kept."
    );
  switch (diagnosis) {
    case "unstable":
      return `The training loss jumps up again and again (${losses}). Lower the learning rate, or clip the gradients.`;
    case "underfitting":
      return `The network answers its own training images no better than by guessing (${losses}). Use a larger network, a higher learning rate or more epochs.`;
    case "learning":
      // Of one epoch nothing is known to have moved.
      return `The network still learns: ${losses}${evidence.slope === 0 ? "" : `, which ${movement}`}.`;
    default:
      return rise > 0.02
        ? `The validation loss was smallest in epoch ${minimum} and lies ${share(rise)} above that, but the answers are hardly worse. ${errors}.`
        : `The validation loss ${movement}, near its smallest. ${errors}.`;
  }
}
