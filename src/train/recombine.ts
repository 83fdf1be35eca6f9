// Makes whole images of what a network says about the patches of their covering grid: averages.
import type { PatchGeometry } from "../data/patches.ts";

/** Sums up one image at a time. */
export interface Recombination {
  /** Adds the probabilities of a patch: `row` of a batch. Patches of an image may come in any order, each once. */
  add(patch: number, probabilities: Float32Array, row: number): void;
  /** The image's probabilities, valid until the next call, once all its patches are added; then the next image begins. */
  finish(): Float32Array;
}

/** For classes, (outputs): the mean over all patches. Sums are float64, so that equal probabilities stay as they are. */
export function averageClasses({ corners }: PatchGeometry, outputs: number): Recombination {
  const sums = new Float64Array(outputs);
  const means = new Float32Array(outputs);
  return {
    add(_patch, probabilities, row) {
      for (let k = 0; k < outputs; k++) sums[k] += probabilities[row * outputs + k];
    },
    finish() {
      for (let k = 0; k < outputs; k++) means[k] = sums[k] / corners.length;
      sums.fill(0);
      return means;
    },
  };
}

/** For masks, (foreground classes, voxels of the image): the mean over the patches that cover a voxel. */
export function averageVoxels(geometry: PatchGeometry, channels: number): Recombination {
  const { corners, rows, run, patchVoxels, imageVoxels } = geometry;
  const sums = new Float64Array(channels * imageVoxels);
  const means = new Float32Array(channels * imageVoxels);
  const coverage = coverageOf(geometry);
  return {
    add(patch, probabilities, row) {
      for (let k = 0; k < channels; k++) {
        let from = (row * channels + k) * patchVoxels;
        for (let line = 0; line < rows.length; line++) {
          const to = k * imageVoxels + corners[patch] + rows[line];
          for (let i = 0; i < run; i++) sums[to + i] += probabilities[from++];
        }
      }
    },
    finish() {
      for (let k = 0; k < channels; k++) {
        const at = k * imageVoxels;
        for (let voxel = 0; voxel < imageVoxels; voxel++) means[at + voxel] = sums[at + voxel] / coverage[voxel];
      }
      sums.fill(0);
      return means;
    },
  };
}

/** How many patches of a grid cover each voxel. */
export function coverageOf({ corners, rows, run, imageVoxels }: PatchGeometry): Uint32Array {
  const coverage = new Uint32Array(imageVoxels);
  for (const corner of corners) for (const row of rows) for (let i = 0; i < run; i++) coverage[corner + row + i]++;
  return coverage;
}
