// What a remedy changes in the settings of training.
import { checkAugmentation } from "../data/augment-set.ts";
import type { Dataset } from "../data/dataset.ts";
import { dropout } from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";
import { network } from "../model/network.ts";
import type { Network } from "../model/network.ts";
import { settledAverage } from "../train/average.ts";
import { regularization } from "../train/regularization.ts";
import type { TrainingSettings } from "../train/settings.ts";
import { renamed } from "../train/carried-tensors.ts";
import type { Remedy } from "./remedy.ts";

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
