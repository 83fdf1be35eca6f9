// Remedies against overfitting, as plain values, and what they change in the settings of training.
import { dropout } from "../model/layers.ts";
import type { Layer } from "../model/layers.ts";
import { network } from "../model/network.ts";
import type { Network } from "../model/network.ts";
import { regularization } from "../train/regularization.ts";
import { renamed } from "../train/warm-start.ts";
import type { TrainingSettings } from "../train/settings.ts";

/** Changes to the settings of training that make overfitting harder. */
export interface Remedy {
  /** Dropout of this rate behind every hidden layer, in place of what is there. */
  readonly dropout?: number;
  readonly l1?: number;
  readonly l2?: number;
}

/** What is tried unless remedies are given; one that changes nothing is left out. */
export const defaultRemedies: readonly Remedy[] = Object.freeze([
  Object.freeze({ dropout: 0.3 }),
  Object.freeze({ dropout: 0.5 }),
  Object.freeze({ l2: 1e-3 }),
  Object.freeze({ dropout: 0.3, l2: 1e-3 }),
]);

/** A remedy in words: "dropout 0.3, L2 0.001". */
export function remedyTitle({ dropout: rate, l1, l2 }: Remedy): string {
  const parts = [
    rate === undefined ? "" : `dropout ${rate}`,
    l1 === undefined ? "" : `L1 ${l1}`,
    l2 === undefined ? "" : `L2 ${l2}`,
  ];
  return parts.filter((part) => part !== "").join(", ") || "nothing changed";
}

/** Whether the settings have the remedy already. */
export function isApplied(settings: TrainingSettings, remedy: Remedy): boolean {
  const { network: changed, regularization: penalties } = applyRemedy(settings, remedy);
  const parts = (layers: readonly Layer[], own: object) => JSON.stringify([layers, own]);
  return parts(changed.layers, penalties) === parts(settings.network.layers, settings.regularization);
}

/** The settings with a remedy applied; everything else stays as it was. */
export function applyRemedy(settings: TrainingSettings, remedy: Remedy): TrainingSettings {
  const { l1 = settings.regularization.l1, l2 = settings.regularization.l2 } = remedy;
  const changed = remedy.dropout === undefined ? settings.network : withDropout(settings.network, remedy.dropout);
  const names = renamed(settings, settings.network, changed);
  return Object.freeze({
    ...settings,
    ...names,
    network: changed,
    regularization: regularization({ ...settings.regularization, l1, l2 }),
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
