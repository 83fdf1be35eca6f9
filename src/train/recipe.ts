// What a model's file says beside its weights, taken as nothing but data until it fits the network.
import type { Normalization } from "../data/normalization.ts";
import { normalizationOfJson } from "../data/stored-normalization.ts";
import type { Loss } from "../model/loss.ts";
import type { Network } from "../model/network.ts";
import { lossOfJson } from "../model/stored-loss.ts";
import type { Task } from "./settings.ts";

export interface Answers {
  readonly task: Task;
  readonly classes: readonly string[];
  readonly maskClasses: readonly number[];
  readonly loss: Loss;
}

/** @throws RangeError when it is no task, loss or list of classes, or they do not fit the network's outputs. */
export function answersOfJson(value: object, { placed }: Network): Answers {
  const { task, classes, maskClasses, loss: given } = value as Readonly<Record<string, unknown>>;
  const { outputs } = placed[placed.length - 1];
  const loss = lossOfJson(given);
  const names = listOf(classes, (one): one is string => typeof one === "string", "texts as classes");
  const values = listOf(maskClasses, (one): one is number => Number.isFinite(one), "numbers as maskClasses");
  if (task !== "classification" && task !== "segmentation") {
    throw new RangeError(`task: expected classification or segmentation, got ${shown(task)}`);
  }
  if (task === "segmentation") {
    if (values.length > 0 && outputs % values.length === 0 && loss.kind !== "softmaxCrossEntropy")
      return { task, classes: names, maskClasses: values, loss };
    throw new RangeError(`maskClasses: expected some that divide ${outputs} outputs, got ${values.length}, by ${loss.kind}`); // prettier-ignore
  }
  const isSingle = outputs === 1 && names.length === 2 && loss.kind !== "softmaxCrossEntropy";
  if (names.length !== outputs && !isSingle) {
    throw new RangeError(`classes: expected one for each of ${outputs} outputs, got ${names.length}`);
  }
  if (loss.kind === "softmaxCrossEntropy" && loss.classWeights && loss.classWeights.length !== outputs) {
    throw new RangeError(`loss: expected ${outputs} class weights, got ${loss.classWeights.length}`);
  }
  return { task, classes: names, maskClasses: values, loss };
}

/** @throws RangeError when it cannot scale what the network sees. */
export function scalingOfJson(value: unknown, { placed }: Network): Normalization {
  return normalizationOfJson(value, placed[0].inputs);
}

function listOf<T>(value: unknown, isOne: (one: unknown) => one is T, what: string): readonly T[] {
  if (Array.isArray(value) && value.every(isOne)) return Object.freeze([...value]);
  throw new RangeError(`expected ${what}, got ${shown(value)}`);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}
