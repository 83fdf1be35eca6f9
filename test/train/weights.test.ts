import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import * as losses from "../../src/model/loss.ts";
import type { Loss } from "../../src/model/loss.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { startFit } from "../../src/train/fit.ts";
import { adam, gradientDescent, sgd } from "../../src/train/optimizer.ts";
import type { Epoch } from "../../src/train/progress.ts";
import { outputsFor, resolveTraining } from "../../src/train/settings.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { tensorError } from "../assembly/workbench.ts";
import { bitsOf, finish, toySet, train } from "./toy.ts";

const kinds: [Task, Loss][] = [
  ["classification", losses.softmaxCrossEntropy()],
  ["classification", losses.softmaxCrossEntropy({ classWeights: [1, 3], labelSmoothing: 0.1 })],
  ["classification", losses.sigmoidCrossEntropy({ positiveWeight: 2, labelSmoothing: 0.2 })],
  ["classification", losses.meanSquaredError()],
  ["classification", losses.meanAbsoluteError()],
  ["classification", losses.huber({ delta: 0.5 })],
  ["segmentation", losses.sigmoidDice()],
  ["segmentation", losses.sigmoidFocal()],
];
const named = kinds.map(([task, loss]) => [task, loss.kind, loss] as const);

/** Trains on given sets; the weights at the end and the epochs. */
async function trainOn(sets: { train: Dataset; validation: Dataset }, task: Task, options: TrainOptions) {
  const plain = network([dense(6), relu(), dense(outputsFor(task, sets.train))]);
  const given = { network: plain, patience: null, epochs: 3, normalization: "unit", ...options } as const;
  const fit = await startFit(sets, resolveTraining(given, sets.train, task, 5));
  const epochs = await finish(fit);
  const parameters = fit.state().tensors.get("parameters")!;
  fit.free();
  return { epochs, parameters };
}

const timeless = (epochs: readonly Epoch[]) => epochs.map((epoch) => ({ ...epoch, seconds: 0 }));

/** Images 0, 1, 2, ... as often as their weight says. */
const repeated = (set: Dataset) => {
  const { weights, ...plain } = subset(
    set,
    Array.from(set.weights ?? []).flatMap((weight, i) => Array<number>(weight).fill(i)),
  );
  expect(weights).toBeDefined();
  return plain;
};

describe("weights of images", () => {
  it.each(named)("%s by %s: all 1 give the bits and figures of none", async (task, _kind, loss) => {
    const options: TrainOptions = { loss, optimizer: adam({ learningRate: 0.01 }), accumulate: 2 };
    const [none, ones] = await Promise.all([
      train(options, { task }),
      train(options, { task, set: { weights: () => 1 } }),
    ]);
    expect(bitsOf(ones.parameters)).toEqual(bitsOf(none.parameters));
    expect(timeless(ones.epochs)).toEqual(timeless(none.epochs));
  });

  it.each(named)(
    "%s by %s: whole weights give what each image as often gives, to 1e-5: weights of the network and every figure",
    async (task, _kind, loss) => {
      const weighted = toySet(12, 1, { weights: (i) => [2, 1, 0, 3][(i >> 1) % 4] });
      const validation = toySet(9, 2, { weights: (i) => [1, 3, 2][i % 3] });
      const options: TrainOptions = {
        loss,
        optimizer: gradientDescent({ learningRate: 0.1 }),
        batchSize: 5,
        epochs: 4,
      };
      const got = await trainOn({ train: weighted, validation }, task, options);
      const want = await trainOn({ train: repeated(weighted), validation: repeated(validation) }, task, options);
      expect(tensorError(got.parameters, want.parameters)).toBeLessThanOrEqual(1e-5);
      for (const [i, epoch] of got.epochs.entries()) {
        for (const of of [(e: Epoch) => e, (e: Epoch) => e.validation]) {
          const [a, b] = [of(epoch), of(want.epochs[i])];
          for (const name of ["totalError", "loss", "absoluteError", "accuracy", "rocAuc", "dice"] as const) {
            if (b[name] === null) expect(a[name], name).toBeNull();
            else expect(Math.abs((a[name] ?? NaN) - b[name]), name).toBeLessThanOrEqual(1e-5 * Math.max(1, b[name]));
          }
        }
      }
    },
  );

  it.each(named)(
    "%s by %s: with the reduction mean, all 4 give the bits of all 1; with the sum, gradients are 4 times as large",
    async (task, _kind, loss) => {
      const run = async (weight: number, reduction: losses.Reduction) =>
        (
          await train(
            { loss: Object.freeze({ ...loss, reduction }), optimizer: sgd({ learningRate: reduction === "sum" ? 0.01 / weight : 0.1 }) },
            { task, set: { weights: () => weight } },
          )
        ).parameters; // prettier-ignore
      const [one, four] = await Promise.all([run(1, "mean"), run(4, "mean")]);
      expect(bitsOf(four)).toEqual(bitsOf(one));
      const [one_, four_] = await Promise.all([run(1, "sum"), run(4, "sum")]);
      expect(tensorError(four_, one_)).toBeLessThanOrEqual(1e-5);
    },
  );

  it.each([
    [2, 6],
    [4, 3],
  ])("accumulating %i batches of %i is one batch of 12, to 1e-6: the mean is over the weights of all", async (accumulate, batchSize) => {
    const options = { optimizer: sgd({ learningRate: 0.1 }), loss: losses.softmaxCrossEntropy({ classWeights: [1, 2] }) };
    const set = { weights: (i: number) => (i % 7) / 3 };
    const one = await train({ ...options, batchSize: 12 }, { set });
    const parts = await train({ ...options, batchSize, accumulate }, { set });
    expect(tensorError(parts.parameters, one.parameters)).toBeLessThanOrEqual(1e-6);
  }); // prettier-ignore

  it("multiply the class weights: images weighted by their class are the class weights, to 1e-6", async () => {
    const optimizer = sgd({ learningRate: 0.1 });
    const byClass = await train({ optimizer, classWeights: [1, 3] });
    // The validation set has the same weights, but steps do not see it.
    const byImage = await train({ optimizer }, { set: { weights: (i) => (i % 2 === 0 ? 1 : 3) } });
    expect(tensorError(byImage.parameters, byClass.parameters)).toBeLessThanOrEqual(1e-6);
    const both = await train({ optimizer, classWeights: [1, 3] }, { set: { weights: (i) => (i % 2 === 0 ? 1 : 3) } });
    const nine = await train({ optimizer, classWeights: [1, 9] });
    expect(tensorError(both.parameters, nine.parameters)).toBeLessThanOrEqual(1e-6);
  });

  it("a step whose images all count nothing moves no weight, and training goes on", async () => {
    const weights = (i: number) => (i === 3 ? 1 : 0);
    const options = { optimizer: sgd({ learningRate: 0.5 }), batchSize: 1, epochs: 2 };
    const { parameters, epochs } = await train(options, { set: { weights } });
    expect(parameters.every(Number.isFinite)).toBe(true);
    expect(epochs[1].loss).toBeLessThan(epochs[0].loss);
    // Only the pixels of image 3 matter.
    const alone = subset(toySet(30, 1), [3]);
    const validation = subset(toySet(12, 2), [3]);
    const net = network([dense(24), relu(), dense(10), relu(), dense(2)]);
    const one = await trainOn({ train: alone, validation }, "classification", { ...options, network: net, normalization: "none", epochs: 1 }); // prettier-ignore
    const full = toySet(30, 1, { weights });
    const all = await trainOn({ train: full, validation }, "classification", { ...options, network: net, normalization: "none", epochs: 1 }); // prettier-ignore
    expect(bitsOf(all.parameters)).toEqual(bitsOf(one.parameters));
  });

  it("a set whose images all count nothing is refused", async () => {
    const set = toySet(12, 1, { weights: (i) => (i < 4 ? 1 : 0) });
    const empty = subset(set, [5, 6, 7]);
    const settings = resolveTraining({ network: network([dense(2)]) }, set, "classification", 1);
    await expect(startFit({ train: set, validation: empty }, settings)).rejects.toThrow(
      /validation set: expected a weight above 0, got 0 for each of its 3 images/,
    );
  });
});

describe("sampling", () => {
  const classesOf = (n: number, rare: number) => Int32Array.from({ length: n }, (_, i) => (i < rare ? 1 : 0));
  const uneven = (n: number, rare: number) =>
    arrayDataset({
      images: Uint8Array.from({ length: 4 * n }, (_, i) => (37 * i) % 251),
      shape: [4],
      labels: classesOf(n, rare),
    });

  it("balanced with class weights is refused, with the way out; drawn by weights it is taken", () => {
    const set = uneven(20, 4);
    const options = (more: TrainOptions) => ({ network: network([dense(2)]), ...more });
    const resolve = (more: TrainOptions) => resolveTraining(options(more), set, "classification", 1);
    expect(() => resolve({ sampling: "balanced", classWeights: "balanced" })).toThrow(
      /expected no class weights beside it, got both, which makes up for rare classes twice/,
    );
    expect(() => resolve({ sampling: "balanced", loss: losses.softmaxCrossEntropy({ classWeights: [1, 2] }) })).toThrow(
      /sampling: \{ weights \}/,
    );
    const weights = Array.from({ length: 20 }, (_, i) => i);
    const { sampling } = resolve({ sampling: { weights }, classWeights: "balanced" });
    weights[0] = 7;
    expect(sampling).toEqual({ weights: Array.from({ length: 20 }, (_, i) => i) });
  });

  it("changes which images train, not what the figures are of", async () => {
    const set = uneven(40, 4);
    const sets = { train: set, validation: uneven(10, 5) };
    const still = { optimizer: sgd({ learningRate: 0 }), epochs: 1 };
    const [plain, balanced] = [
      await trainOn(sets, "classification", still),
      await trainOn(sets, "classification", { ...still, sampling: "balanced" }),
    ];
    expect(timeless(balanced.epochs)).toEqual(timeless(plain.epochs));
    const moving = { optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
    const [a, b, c] = [
      await trainOn(sets, "classification", { ...moving, sampling: "balanced" }),
      await trainOn(sets, "classification", { ...moving, sampling: "balanced" }),
      await trainOn(sets, "classification", moving),
    ];
    expect(bitsOf(b.parameters)).toEqual(bitsOf(a.parameters));
    expect(bitsOf(c.parameters)).not.toEqual(bitsOf(a.parameters));
  });

  it("with a weight for one image alone trains on that image alone: the bits of a set that has nothing else", async () => {
    const set = uneven(8, 4);
    const validation = uneven(10, 5);
    const net = network([dense(5), relu(), dropout(0.3), dense(2)]);
    const options: TrainOptions = { network: net, normalization: "none", batchSize: 3, epochs: 2 };
    const weights = [0, 0, 1e-300, 0, 0, 0, 0, 0];
    const drawn = await trainOn({ train: set, validation }, "classification", { ...options, sampling: { weights } });
    const same = subset(set, Array<number>(8).fill(2));
    const alone = await trainOn({ train: same, validation }, "classification", options);
    expect(bitsOf(drawn.parameters)).toEqual(bitsOf(alone.parameters));
  });
});
