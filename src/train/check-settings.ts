// Whether network, loss and data of a run agree, and its numbers are such as they can be.
import type { Augmentation } from "../data/augment.ts";
import { isMixing } from "../data/mixing.ts";
import type { Sampling } from "../data/sampling.ts";
import type { Loss } from "../model/loss.ts";
import type { Network } from "../model/network.ts";
import type { Task } from "./settings.ts";
import type { Monitor } from "./stopping.ts";

/** Rare classes that are drawn as often as common ones need no larger weight; who wants both gives the draws' weights. */
export function refuseBoth(sampling: Sampling, loss: Loss): void {
  if (sampling !== "balanced" || loss.kind !== "softmaxCrossEntropy" || loss.classWeights === null) return;
  throw new RangeError(
    'sampling "balanced": expected no class weights beside it, got both, which makes up for rare classes twice. ' +
      "Leave one of them out, or give the draws as sampling: { weights }.",
  );
}

export function checkOutputs(fitted: Network, loss: Loss, task: Task, wanted: number): void {
  const last = fitted.placed[fitted.placed.length - 1];
  const single = task === "classification" && wanted === 2 && last.outputs === 1 && loss.kind !== "softmaxCrossEntropy";
  if (last.outputs !== wanted && !single) {
    const why = task === "classification" ? "one for each class" : "one for each voxel and foreground class";
    throw new RangeError(
      `network: expected ${wanted} outputs, ${why}, got ${last.outputs}. End it with dense(${wanted}).`,
    );
  }
  if (task === "segmentation" && loss.kind === "softmaxCrossEntropy") {
    throw new RangeError(
      "loss: expected sigmoidCrossEntropy, sigmoidDice or sigmoidFocal for masks, got softmaxCrossEntropy",
    );
  }
  const inside = loss.kind.startsWith("softmax") ? "softmax" : loss.kind.startsWith("sigmoid") ? "sigmoid" : null;
  if (inside !== null && last.layer.kind === inside) {
    throw new RangeError(`network: ${loss.kind} has the ${inside} inside; leave the last layer ${inside}() out`);
  }
}

export function checkMixing(augment: readonly Augmentation[], batchSize: number): void {
  const one = augment.find(isMixing);
  if (!one || batchSize > 1) return;
  throw new RangeError(
    `${one.kind}: expected at least 2 images a batch, got 1, which has none to be mixed with. Raise batchSize.`,
  );
}

export function checkBatchNorm({ placed }: Network, frozen: ReadonlySet<number>, batchSize: number): void {
  const layer = placed.find((one) => one.layer.kind === "batchNorm" && !frozen.has(one.index));
  if (layer && batchSize < 2) {
    throw new RangeError(
      `batchNorm "${layer.title}": expected at least 2 images a batch, got ${batchSize}: one image has no variance. ` +
        "Raise batchSize, or normalise with layerNorm().",
    );
  }
}

export function checkMonitor(monitor: Monitor, task: Task): void {
  const allowed = task === "classification" ? ["loss", "accuracy", "rocAuc"] : ["loss", "accuracy", "dice"];
  if (!allowed.includes(monitor)) {
    throw new RangeError(`monitor: expected one of ${allowed.join(", ")} for ${task}, got "${monitor}"`);
  }
}

export function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${name}: expected a whole number of at least 1, got ${value}`);
  }
}
