// A remedy in words.
import type { Augmentation } from "../data/augment.ts";
import { gentleAugmentation, strongAugmentation } from "./remedy.ts";
import type { Remedy } from "./remedy.ts";

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
