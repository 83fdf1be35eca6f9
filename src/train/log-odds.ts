// The log-odds of what an explanation is about, as a function of a network's outputs, with its gradient.
import { exp, log } from "../elementary.ts";
import type { Subject } from "./explained.ts";
import type { Model } from "./model.ts";
import { coverageOf } from "./recombine.ts";

/**
 * Gives a patch's part of the log-odds of its image's class, and writes that part's gradient with respect to the outputs.
 * The parts of an image's patches add up to the mean over its covering grid.
 */
export type LogOdds = (image: number, patch: number, outputs: Float32Array, gradient: Float32Array) => number;

export function logOddsOf(model: Model, subject: Subject): LogOdds {
  return model.task === "classification" ? ofClass(model, subject) : ofMask(subject);
}

function ofClass({ loss }: Model, { geometry, classIndexes }: Subject): LogOdds {
  const share = 1 / geometry.corners.length;
  return (image, _patch, outputs, gradient) => {
    const k = classIndexes[image];
    if (outputs.length > 1 && loss.kind === "softmaxCrossEntropy") return logOddsOfSoftmax(outputs, k, share, gradient);
    gradient.fill(0);
    if (outputs.length > 1) {
      gradient[k] = share;
      return share * outputs[k];
    }
    // One output speaks for the second of two classes.
    gradient[0] = k === 1 ? share : -share;
    return gradient[0] * outputs[0];
  };
}

/** s = z_k - ln sum e^z_j over j other than k;  ds/dz_k = 1,  ds/dz_j = -e^z_j / sum e^z_i over i other than k */
function logOddsOfSoftmax(z: Float32Array, k: number, share: number, gradient: Float32Array): number {
  let largest = -Infinity;
  for (let j = 0; j < z.length; j++) if (j !== k) largest = Math.max(largest, z[j]);
  let sum = 0;
  for (let j = 0; j < z.length; j++) if (j !== k) sum += exp(z[j] - largest);
  for (let j = 0; j < z.length; j++) gradient[j] = j === k ? share : (-share * exp(z[j] - largest)) / sum;
  return share * (z[k] - largest - log(sum));
}

/** The mean over the wanted voxels of the mean over the patches that cover them. */
function ofMask({ geometry, classIndexes, voxelsOf, set }: Subject): LogOdds {
  const { corners, rows, run, imageVoxels, patchVoxels } = geometry;
  const coverage = coverageOf(geometry);
  const wanted = Array.from({ length: set.length }, (_, image) => {
    const voxels = voxelsOf?.(image) ?? new Int32Array();
    const shares = new Float64Array(imageVoxels);
    for (const voxel of voxels) shares[voxel] = 1 / (voxels.length * coverage[voxel]);
    return shares;
  });
  return (image, patch, outputs, gradient) => {
    gradient.fill(0);
    let score = 0;
    let place = classIndexes[image] * patchVoxels;
    for (const line of rows) {
      for (let i = 0; i < run; i++, place++) {
        gradient[place] = wanted[image][corners[patch] + line + i];
        score += gradient[place] * outputs[place];
      }
    }
    return score;
  };
}
