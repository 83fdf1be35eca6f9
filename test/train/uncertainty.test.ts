import { describe, expect, it } from "vitest";
import { dense, dropout, gaussianDropout, relu } from "../../src/model/layers.ts";
import type { Layer } from "../../src/model/layers.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm } from "../../src/model/normalization-layers.ts";
import { initializeWeights, readWeights } from "../../src/model/weight-block.ts";
import type { Model } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";
import { toySet } from "./toy.ts";

/** A model with drawn weights. */
function drawn(layers: readonly Layer[], more: Partial<Model> = {}): Model {
  const net = network(layers, { input: [3, 3] });
  const block = new Float32Array(net.plan().parameterFloats);
  initializeWeights(net, 3, block);
  const weights = readWeights(net, block);
  const normalization = { kind: "unit", minimum: 0, maximum: 60 } as unknown as Model["normalization"];
  return {
    task: "classification", network: net, weights, classes: ["a", "b", "c"], maskClasses: [], normalization, loss: softmaxCrossEntropy(), ...more,
  }; // prettier-ignore
}

const entropyOf = (values: readonly number[]) => values.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);

describe("Monte-Carlo dropout", () => {
  const set = toySet(40, 4);

  it("of one dropped node out of one has the mean, deviation and entropies of its two outcomes, within 4.5 standard errors", async () => {
    // The whole input is one number, dropped or doubled: two outcomes, of probability 1/2 each.
    const model = drawn([dense(1), dropout(0.5), dense(3)]);
    const samples = 4000;
    const said = await predict(model, set, { samples, seed: 5 });
    const { probabilities, uncertainty } = said;
    const outcomes = (factor: number) => {
      const scaled = new Map(model.weights);
      const tensor = scaled.get("2.weight")!;
      scaled.set("2.weight", { ...tensor, data: tensor.data.map((w) => factor * w) });
      return predict({ ...model, weights: scaled }, set);
    };
    const [dropped, doubled] = [await outcomes(0), await outcomes(2)].map(({ probabilities: p }) => p);
    for (let image = 0; image < 40; image++) {
      const own = (values: Float32Array) => [...values.subarray(3 * image, 3 * image + 3)];
      const [low, high] = [own(dropped), own(doubled)];
      const mean = low.map((p, k) => (p + high[k]) / 2);
      const bound = low.map((p, k) => (4.5 * Math.abs(p - high[k])) / 2 / Math.sqrt(samples) + 1e-6);
      own(probabilities).forEach((p, k) => expect(Math.abs(p - mean[k])).toBeLessThanOrEqual(bound[k]));
      own(uncertainty!.deviation).forEach((deviation, k) =>
        expect(Math.abs(deviation - Math.abs(low[k] - high[k]) / 2)).toBeLessThanOrEqual(bound[k] + 1e-4),
      );
      expect(Math.abs(uncertainty!.entropy[image] - entropyOf(own(probabilities)))).toBeLessThanOrEqual(1e-6);
      const information = entropyOf(mean) - (entropyOf(low) + entropyOf(high)) / 2;
      expect(Math.abs(uncertainty!.mutualInformation[image] - information)).toBeLessThanOrEqual(0.02 * (information + 0.05)); // prettier-ignore
    }
  });

  it("gives the same bits for the same seed, others for another; without noise it says what predict says, and no doubt", async () => {
    const model = drawn([gaussianDropout(0.2), dense(8), batchNorm(), relu(), dropout(0.4), dense(3)]);
    const once = await predict(model, set, { samples: 10, seed: 7 });
    expect(await predict(model, set, { samples: 10, seed: 7 })).toEqual(once);
    expect((await predict(model, set, { samples: 10, seed: 8 })).probabilities).not.toEqual(once.probabilities);
    const still = drawn([dense(8), relu(), dropout(0), dense(3)]);
    const [plain, sampled] = [await predict(still, set), await predict(still, set, { samples: 3 })];
    expect(sampled).toMatchObject({ ...plain });
    expect(sampled.uncertainty!.mutualInformation.every((value) => value <= 1e-7)).toBe(true);
    expect(sampled.uncertainty!.deviation.every((value) => value <= 1e-7)).toBe(true);
    expect(plain.uncertainty).toBeUndefined();
  });

  it("of masks has an entropy a voxel: that of a yes or no, at most ln 2", async () => {
    const layers = [dense(8), relu(), dropout(0.5), dense(9)];
    const model = drawn(layers, { task: "segmentation", classes: [], maskClasses: [1], loss: sigmoidCrossEntropy() });
    const { probabilities, uncertainty } = await predict(model, set, { samples: 20 });
    expect(uncertainty!.entropy.length).toBe(40 * 9);
    uncertainty!.entropy.forEach((entropy, i) => {
      const p = probabilities[i];
      expect(Math.abs(entropy - entropyOf([p, 1 - p]))).toBeLessThanOrEqual(1e-6);
      expect(uncertainty!.mutualInformation[i]).toBeLessThanOrEqual(entropy);
    });
    expect(uncertainty!.mutualInformation.some((value) => value > 1e-4)).toBe(true);
  });

  it("refuses a network without dropout, and fewer than two samples", async () => {
    await expect(predict(drawn([dense(3)]), set, { samples: 5 })).rejects.toThrow(/expected a network with dropout/);
    const model = drawn([dense(3), dropout(0.1), dense(3)]);
    await expect(predict(model, set, { samples: 1 })).rejects.toThrow(/expected a whole number of samples from 2/);
  });
});
