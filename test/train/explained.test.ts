import { describe, expect, it } from "vitest";
import { phantoms } from "../../src/data/phantom.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { initializeWeights, readWeights } from "../../src/model/weight-block.ts";
import { study } from "../../src/study/study.ts";
import type { ExplanationMaps } from "../../src/train/explained.ts";
import type { Model } from "../../src/train/model.ts";
import { occlusion } from "../../src/train/occlusion.ts";
import { predict } from "../../src/train/predict.ts";
import { saliency } from "../../src/train/saliency.ts";

const size = [1, 16, 16];
const voxels = 256;
const scans = phantoms({ count: 60, seed: 99, size });

async function trainedModel(): Promise<Model> {
  const run = study({ data: phantoms({ count: 600, seed: 3, size }), seed: 3 });
  const options = { network: network([dense(16), relu(), dense(2)]), epochs: 25 };
  for await (const epoch of run.train(options)) expect(epoch.loss).toBeLessThan(2);
  return run.model();
}

/** The tumours of scans that are called so. */
async function found(model: Model): Promise<number[]> {
  const said = await predict(model, scans);
  const called = said.task === "classification" ? said.predicted : [];
  return [...called.keys()].filter((image) => called[image] === 1 && scans.labels![image] === 1);
}

/** How many times as much of what speaks for a tumour lies in the tumour as its size would have: the mean over images. */
function concentration({ maps }: ExplanationMaps, images: readonly number[]): number {
  const mask = new Uint8Array(voxels);
  const ratios = images.map((image, i) => {
    scans.readMask(image, mask, 0);
    const speaks = maps.subarray(i * voxels, (i + 1) * voxels).map((value) => Math.max(0, value));
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
    return sum(speaks.filter((_, voxel) => mask[voxel] > 0)) / sum(speaks) / (sum(mask) / voxels);
  });
  return ratios.reduce((total, ratio) => total + ratio, 0) / ratios.length;
}

describe("what speaks for a tumour in phantoms that were rightly called one", () => {
  it("lies in it more than 1.8 times (saliency) and 2.5 times (occlusion) as much as its size would have; of weights that learned nothing 0.7 to 1.3 times", async () => {
    const model = await trainedModel();
    const images = await found(model);
    expect(images.length).toBeGreaterThan(20);
    const block = new Float32Array(model.network.plan().parameterFloats);
    initializeWeights(model.network, 77, block);
    const untrained = { ...model, weights: readWeights(model.network, block) };
    const tumour = { classIndex: 1 };
    expect(concentration(await saliency(model, scans, images, tumour), images)).toBeGreaterThan(1.8);
    expect(concentration(await occlusion(model, scans, images, tumour), images)).toBeGreaterThan(2.5);
    for (const explain of [saliency, occlusion]) {
      const ratio = concentration(await explain(untrained, scans, images, tumour), images);
      expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(0.3);
    }
  });
});
