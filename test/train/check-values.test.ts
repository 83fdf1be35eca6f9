import { describe, expect, it } from "vitest";
import { adam, dense, ema, network, phantoms, predict, resolveTraining, rotate, sgd, softmaxCrossEntropy, study } from "../../src/index.ts"; // prettier-ignore
import type { Model } from "../../src/index.ts";
import { trainOptionNames } from "../../src/study/train-options.ts";

const data = phantoms({ count: 60, seed: 7 });
const resolve = (given: object) => resolveTraining(given, data, "classification", 7);

describe("options of training", () => {
  it.each([
    [{ optimizer: "adam" }, 'train optimizer: expected a value such as adam({ learningRate: 0.001 }), got "adam"'],
    [{ optimizer: adam }, "got the function adam"],
    [{ loss: "huber" }, 'train loss: expected a value such as softmaxCrossEntropy(), got "huber"'],
    [{ schedule: "cosine" }, "train schedule: expected a value such as cosineDecay({ maxSteps: 60 })"],
    [{ average: "ema" }, "train average: expected a value such as ema()"],
    [{ clip: 3 }, "train clip: expected a value such as clipNorm(1), got 3"],
    [{ patches: 8 }, "train patches: expected a value such as patches({ size: 32 }), got 8"],
    [{ from: "model.safetensors" }, "train from: expected a value such as await run.model()"],
    [
      { network: [dense(2)] },
      "train network: expected a value such as network([dense(64), relu(), dense(2)]), got Array",
    ],
    [{ augment: rotate(10) }, "train augment: expected a value such as [rotate(10), deform()], got Object"],
    [{ augment: [rotate] }, "train augment: expected a value such as rotate(10), got the function rotate"],
    [{ freeze: "hidden 1" }, 'train freeze: expected a value such as ["hidden 1"]'],
    [{ regularization: { L2: 1 } }, 'train regularization: expected options among l1, l2, maxNorm, biases, got "L2"'],
    [{ decision: "youden" }, "train decision: expected options in an object"],
  ])("of another kind are refused, with how one is made: %o", (given, message) => {
    expect(() => resolve(given)).toThrow(TypeError);
    expect(() => resolve(given)).toThrow(message);
  });

  it("that there are not are refused where a study trains, and all that there are taken", async () => {
    const run = study({ data, seed: 7 });
    const next = (given: object) => run.train(given).next();
    await expect(next({ learningRate: 0.1 })).rejects.toThrow(/train: expected options among .*, got "learningRate"/);
    const { task, normalizationGiven, ...settled } = resolve({
      network: network([dense(2)]),
      loss: softmaxCrossEntropy(),
    });
    expect([task, normalizationGiven]).toEqual(["classification", false]);
    expect(Object.keys(settled).filter((name) => !trainOptionNames.all.some((known) => known === name))).toEqual([]);
    expect(trainOptionNames.ofTraining.filter((name) => !(name in settled))).toEqual(["classWeights"]);
  });

  it("of optimizers and averages are named, no bare numbers, and none that there is not", () => {
    expect(() => adam(0.01 as unknown as object)).toThrow("adam: expected options in an object, such as { learningRate: ... }, got 0.01"); // prettier-ignore
    expect(() => sgd({ lr: 0.01 } as object)).toThrow(/sgd: expected options among learningRate, .*, got "lr"/);
    expect(() => ema(0.99 as unknown as object)).toThrow(
      "ema: expected options in an object, such as { decay: ... }, got 0.99",
    );
    expect(adam({ ...adam({ learningRate: 0.5 }) })).toEqual(adam({ learningRate: 0.5 }));
  });
});

describe("predict", () => {
  it("wants a model and one dataset", async () => {
    await expect(predict(undefined as unknown as Model, data)).rejects.toThrow(
      /predict: expected a model.*got undefined/,
    );
    const model = { weights: new Map() } as unknown as Model;
    const three = { train: data, validation: data, test: data } as unknown as typeof data;
    await expect(predict(model, three)).rejects.toThrow("predict: expected a dataset, got three sets. Choose one, such as data.test."); // prettier-ignore
  });
});
