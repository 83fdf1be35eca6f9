// Naive float64 twins of the losses: the total error, with Math's own functions.
import type { Loss } from "../../src/model/loss.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

export function lossOracle(
  loss: Loss,
  z: ArrayLike<number>,
  truth: ArrayLike<number>,
  rows: number,
  columns: number,
): number {
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: columns }, (_, c) => z[row * columns + c]);
    const wanted = Array.from({ length: columns }, (_, c) => truth[row * columns + c]);
    total += rowLoss(loss, logits, wanted, truth[row]);
  }
  return total;
}

function rowLoss(loss: Loss, z: number[], y: number[], label: number): number {
  const sum = (f: (z: number, y: number) => number) => z.reduce((total, value, c) => total + f(value, y[c]), 0);
  switch (loss.kind) {
    case "softmaxCrossEntropy": {
      const most = Math.max(...z);
      const others = z.toSpliced(z.indexOf(most), 1);
      const log = Math.log1p(others.reduce((total, value) => total + Math.exp(value - most), 0));
      const smoothing = loss.labelSmoothing;
      return z.reduce((total, value, c) => {
        const target = (c === label ? 1 - smoothing : 0) + smoothing / z.length;
        return total + (loss.classWeights?.[c] ?? 1) * target * (log + (most - value));
      }, 0);
    }
    case "sigmoidCrossEntropy":
      return sum((v, hard) => {
        const t = hard * (1 - loss.labelSmoothing) + loss.labelSmoothing / 2;
        return loss.positiveWeight * t * softplus(-v) + (1 - t) * softplus(v);
      });
    case "meanSquaredError":
      return sum((v, t) => (v - t) ** 2);
    case "meanAbsoluteError":
      return sum((v, t) => Math.abs(v - t));
    case "huber":
      return sum((v, t) => {
        const d = Math.abs(v - t);
        return d <= loss.delta ? d * d / 2 : loss.delta * (d - loss.delta / 2); // prettier-ignore
      });
    case "sigmoidDice": {
      const overlap = sum((v, t) => sigmoid(v) * t);
      const sizes = sum((v, t) => sigmoid(v) + t);
      return 1 - (2 * overlap + loss.smooth) / (sizes + loss.smooth);
    }
    case "sigmoidFocal":
      return sum((v, t) => {
        const crossEntropy = t * softplus(-v) + (1 - t) * softplus(v);
        return (-Math.expm1(-crossEntropy)) ** loss.gamma * crossEntropy;
      });
  }
}
