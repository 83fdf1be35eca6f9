import { describe, expect, it } from "vitest";
import { dense, relu } from "../../src/model/layers.ts";
import { softmaxCrossEntropy } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import type { Network } from "../../src/model/network.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { ema } from "../../src/train/average.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import type { Model } from "../../src/train/model.ts";
import { adamw, sgd } from "../../src/train/optimizer.ts";
import { predict } from "../../src/train/predict.ts";
import type { TrainOptions } from "../../src/train/settings.ts";
import { createBench } from "./bench.ts";
import { finish, start, toySet } from "./toy.ts";

const base = network([dense(7, { name: "first" }), batchNorm(), relu(), dense(5), layerNorm(), relu(), dense(2)]);

async function trained(net: Network): Promise<Model> {
  const fit = await start({ network: net, optimizer: sgd({ learningRate: 0.1 }) });
  await finish(fit);
  const { network: known, loss, normalization } = fit.settings;
  const weights = fit.bestWeights();
  fit.free();
  return { task: "classification", network: known, weights, classes: ["0", "1"], maskClasses: [], normalization, loss };
}

async function from(model: Model, options: TrainOptions) {
  const fit = await start({ network: base, from: model, ...options }, { beginning: { kind: "from", weights: model.weights } }); // prettier-ignore
  const before = fit.bestWeights();
  const epochs = await finish(fit);
  const { settings } = fit;
  const after = fit.state().tensors;
  fit.free();
  return { before, epochs, settings, after };
}

describe("a model of a network that normalises", () => {
  it("keeps PyTorch's names in PyTorch's order, and predicts the same once saved and loaded", async () => {
    const model = await trained(base);
    const names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
    expect([...model.weights.keys()]).toEqual([
      "first.weight", "first.bias", ...names.map((name) => `1.${name}`), "3.weight", "3.bias", "4.weight", "4.bias", "6.weight", "6.bias",
    ]); // prettier-ignore
    expect(model.weights.get("1.num_batches_tracked")!.shape).toEqual([]);
    const copy = loadModel(saveModel(model));
    expect(copy.weights).toEqual(model.weights);
    expect(await predict(copy, toySet(20, 3))).toEqual(await predict(model, toySet(20, 3)));
  });
});

describe("a warm start", () => {
  it("begins with the model's tensors where name and shape are the same, running statistics included, and draws the others", async () => {
    const model = await trained(base);
    const wider = network([dense(7, { name: "first" }), batchNorm(), relu(), dense(6), layerNorm(), relu(), dense(2)]);
    const { before, settings } = await from(model, { network: wider });
    const taken = ["first.weight", "first.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "6.bias"]; // prettier-ignore
    expect(Object.keys(settings.from!.tensors)).toEqual(taken);
    for (const name of taken) expect(before.get(name), name).toEqual(model.weights.get(name));
    const fresh = await start({ network: wider });
    const drawn = fresh.bestWeights();
    fresh.free();
    for (const name of ["3.weight", "3.bias", "4.weight", "6.weight"])
      expect(before.get(name)).toEqual(drawn.get(name));
  });

  it("takes the model's scaling of pixels unless told otherwise: with a learning rate of 0 it says what the model says", async () => {
    const model = await trained(network([dense(7), relu(), dense(2)]));
    const still = { network: network([dense(7), relu(), dense(2)]), optimizer: sgd({ learningRate: 0 }), epochs: 1 };
    const { epochs, settings } = await from(model, still);
    expect(settings.normalization).toBe(model.normalization);
    const set = toySet(12, 2);
    const said = await predict(model, set);
    if (said.task !== "classification") throw new TypeError("expected classes");
    const right = said.predicted.filter((label, i) => label === set.labels![i]).length;
    expect(epochs[0].validation.accuracy).toBe(right / 12);
    expect((await from(model, { ...still, normalization: "unit" })).settings.normalization.kind).toBe("unit");
  });

  it("refuses a model of which nothing fits, and says what it has", async () => {
    const model = await trained(network([dense(7, { name: "other" }), relu(), dense(2, { name: "end" })]));
    await expect(from(model, {})).rejects.toThrow(/from: expected a model with one of first\.weight \(7x9\).*got other\.weight \(7x9\)/); // prettier-ignore
  });
});

describe("frozen layers", () => {
  it("keep every bit, running statistics too, whatever shrinks, averages or moves the others", async () => {
    const model = await trained(base);
    const { before, after, settings } = await from(model, {
      freeze: ["first", "1", "4"],
      optimizer: adamw({ learningRate: 0.05, weightDecay: 0.1 }),
      regularization: { l2: 0.01, maxNorm: 0.5, biases: true },
      average: ema({ decay: 0.5 }),
    });
    const parameters = settings.network.parameters;
    for (const name of ["parameters", "average"]) {
      const flat = after.get(name)!;
      let at = 0;
      for (const parameter of parameters) {
        const now = flat.slice(at, (at += parameter.length));
        const isFrozen = /^(first|1|4)\./.test(parameter.name);
        if (isFrozen) expect(now, parameter.name).toEqual(before.get(parameter.name)!.data);
        else expect(now, parameter.name).not.toEqual(before.get(parameter.name)!.data);
      }
    }
  });

  it("take no gradients; those of the others are as if nothing were frozen, bit for bit", async () => {
    const layers = [dense(6), layerNorm(), relu(), dense(5), relu(), dense(3)];
    const given = { layers, rows: 5, features: 4, loss: softmaxCrossEntropy(), seed: 9 };
    using free = await createBench(given);
    void free.step.gradients(5, 1, false, 1, 0);
    const want = free.tensorsOf("gradients");
    for (const freeze of [["0"], ["0", "layerNorm 1"], ["hidden 2"], ["hidden 1", "output"]]) {
      using bench = await createBench({ ...given, freeze });
      void bench.step.gradients(5, 1, false, 1, 0);
      bench.tensorsOf("gradients").forEach((gradient, t) => {
        const { index, title } = bench.net.parameters[t].placed;
        const isFrozen = freeze.includes(String(index)) || freeze.includes(title);
        expect(gradient).toEqual(isFrozen ? new Float32Array(gradient.length) : want[t]);
      });
    }
  });

  it("are named by name, title or number; an unknown name, one without weights and all of them are refused", () => {
    const refuse = (freeze: string[]) => expect(() => start({ network: base, freeze }));
    refuse(["third"]).toThrow(/freeze: expected layers with weights, one of "first" \(0\), "batchNorm 1" \(1\).*got "third"/); // prettier-ignore
    refuse(["relu 1"]).toThrow(/got "relu 1"/);
    refuse(["first", "1", "3", "4", "output"]).toThrow(/expected at least one layer that learns/);
  });
});

describe("batch normalisation and the size of batches", () => {
  it("refuses a batch size of 1, unless the layer is frozen, and says what to do", async () => {
    expect(() => start({ network: base, batchSize: 1 })).toThrow(
      /batchNorm "batchNorm 1": expected at least 2 images a batch, got 1: .*Raise batchSize, or normalise with layerNorm/,
    );
    (await start({ network: base, batchSize: 1, freeze: ["batchNorm 1"] })).free();
  });

  it("takes a last batch of one image by the running statistics: it counts in the total error and moves no statistics", async () => {
    const fit = await start({ network: base, batchSize: 4, epochs: 1 }, { count: 9 });
    await finish(fit);
    expect(fit.bestWeights().get("1.num_batches_tracked")!.data[0]).toBe(2);
    expect(fit.state().progress.counters.steps).toBe(3);
    fit.free();
  });
});
