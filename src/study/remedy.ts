// Remedies against overfitting, as plain values, and what they change in the settings of training.
import { deform, rotate, scale, translate } from "../data/augment.ts";
import type { Augmentation } from "../data/augment.ts";
import { brightness, contrast, cutout, gaussianNoise } from "../data/augment-intensity.ts";
import { mixup } from "../data/mixing.ts";
import { checkAugmentation } from "../data/augment-set.ts";
import type { Dataset } from "../data/dataset.ts";
import { dropout } from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";
import { network } from "../model/network.ts";
import type { Network } from "../model/network.ts";
import { ema, settledAverage } from "../train/average.ts";
import type { Average } from "../train/average.ts";
import { regularization } from "../train/regularization.ts";
import { renamed } from "../train/warm-start.ts";
import type { TrainingSettings } from "../train/settings.ts";

/** Changes to the settings of training that make overfitting harder. */
export interface Remedy {
  /** Dropout of this rate behind every hidden layer, in place of what is there. */
  readonly dropout?: number;
  readonly l1?: number;
  readonly l2?: number;
  /** The largest norm of each node's incoming weights. */
  readonly maxNorm?: number;
  /** Augmentation, in place of what is there. */
  readonly augment?: readonly Augmentation[];
  /** An average of the weights in their stead. */
  readonly average?: Average;
}

/** As much as positions of the same patient differ: turned by 10 degrees, moved by 5 %, scaled by 10 %. */
export const gentleAugmentation: readonly Augmentation[] = Object.freeze([rotate(10), translate(0.05), scale(0.1)]);

/**
 * As much as bodies, scanners and positions differ: turned by 20 degrees, moved by 10 %, scaled by 15 %, bent, brighter,
 * of more contrast, noisier. No flips: left is not right in every body.
 */
export const strongAugmentation: readonly Augmentation[] = Object.freeze([
  rotate(20),
  translate(0.1),
  scale(0.15),
  deform(),
  brightness(0.1),
  contrast(0.2),
  gaussianNoise(0.03),
]);

/** What is tried unless remedies are given, in this order; one that changes nothing, or that the images cannot have, is left out. */
export const defaultRemedies: readonly Remedy[] = Object.freeze(
  [
    { augment: gentleAugmentation },
    { augment: strongAugmentation },
    { augment: [cutout(0.3)] },
    { augment: [mixup(0.2)] },
    { dropout: 0.3 },
    { dropout: 0.5 },
    { l2: 1e-3 },
    { l2: 1e-2 },
    { average: ema({ decay: 0.99 }) },
    { augment: gentleAugmentation, dropout: 0.3 },
    { augment: strongAugmentation, dropout: 0.3 },
    { augment: gentleAugmentation, l2: 1e-3 },
    { augment: strongAugmentation, l2: 1e-3 },
    { augment: [mixup(0.2)], l2: 1e-3 },
    { augment: [cutout(0.3), mixup(0.2)], dropout: 0.5 },
    { dropout: 0.5, l2: 1e-3 },
    { augment: gentleAugmentation, average: ema({ decay: 0.99 }) },
    { augment: gentleAugmentation, dropout: 0.3, l2: 1e-3 },
    { dropout: 0.5, l2: 1e-3, average: ema({ decay: 0.99 }) },
    { augment: gentleAugmentation, dropout: 0.3, l2: 1e-3, average: ema({ decay: 0.99 }) },
  ].map((remedy) => Object.freeze(remedy)),
);

/** A remedy in words: "dropout 0.3, L2 0.001", "gentle augmentation", "augmentation (rotate 10, deform 0.3)". */
export function remedyTitle({ dropout: rate, l1, l2, maxNorm, augment, average }: Remedy): string {
  const parts = [
    augment === undefined ? "" : augmentTitle(augment),
    rate === undefined ? "" : `dropout ${rate}`,
    l1 === undefined ? "" : `L1 ${l1}`,
    l2 === undefined ? "" : `L2 ${l2}`,
    maxNorm === undefined ? "" : `max-norm ${maxNorm}`,
    average === undefined
      ? ""
      : average.kind === "ema"
        ? `moving average ${average.decay}`
        : "stochastic weight averaging",
  ];
  return parts.filter((part) => part !== "").join(", ") || "nothing changed";
}

function augmentTitle(augment: readonly Augmentation[]): string {
  if (augment.length === 0) return "no augmentation";
  const text = JSON.stringify(augment);
  if (text === JSON.stringify(gentleAugmentation)) return "gentle augmentation";
  if (text === JSON.stringify(strongAugmentation)) return "strong augmentation";
  const names = augment.map((one) => {
    const amount = Object.entries(one).find(([key, value]) => typeof value === "number" && key !== "probability");
    return amount ? `${one.kind} ${String(amount[1])}` : one.kind;
  });
  return `augmentation (${names.join(", ")})`;
}

/** Whether the settings have the remedy already. */
export function isApplied(settings: TrainingSettings, remedy: Remedy): boolean {
  const parts = ({ network: { layers }, regularization: penalties, augment, average }: TrainingSettings) =>
    JSON.stringify([layers, penalties, augment, average]);
  return parts(applyRemedy(settings, remedy)) === parts(settings);
}

/** Whether images of a set can have the remedy: a row of numbers cannot be turned. */
export function isApplicable(settings: TrainingSettings, { augment = [] }: Remedy, train: Dataset): boolean {
  try {
    checkAugmentation(augment, train, settings.patches);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The settings with a remedy applied; everything else stays as it was. */
export function applyRemedy(settings: TrainingSettings, remedy: Remedy): TrainingSettings {
  const { l1, l2, maxNorm } = { ...settings.regularization, ...remedy };
  const { augment = settings.augment, average = settings.average } = remedy;
  const changed = remedy.dropout === undefined ? settings.network : withDropout(settings.network, remedy.dropout);
  return Object.freeze({
    ...settings,
    ...renamed(settings, settings.network, changed),
    network: changed,
    augment,
    average: average && settledAverage(average, settings.epochs),
    regularization: regularization({ ...settings.regularization, l1, l2, maxNorm }),
  });
}

/**
 * Dropout goes behind what follows each dense layer but the last, in place of any noise there; noise on the image stays.
 * Named layers keep their tensors' names; the numbers of the others move, as they would in PyTorch.
 */
function withDropout(base: Network, rate: number): Network {
  const first = base.layers.findIndex(({ kind }) => kind === "dense");
  const isNoise = (kind: Layer["kind"]) => kind.toLowerCase().endsWith("dropout");
  const bare = base.layers.filter(({ kind }, index) => index < first || !isNoise(kind));
  const last = bare.findLastIndex(({ kind }) => kind === "dense");
  const layers: Layer[] = [];
  bare.forEach((layer, index) => {
    layers.push(layer);
    const isEndOfHidden =
      index < last && bare[index + 1].kind === "dense" && bare.slice(0, index + 1).some(({ kind }) => kind === "dense");
    if (isEndOfHidden) layers.push(dropout(rate));
  });
  return network(layers, { input: base.input ?? [] });
}
