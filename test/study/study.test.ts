import { describe, expect, it } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { DivergenceError, LeakageError, SealedTestSetError, StudyStateError } from "../../src/errors.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { hasRelaxedSimd } from "../../src/wasm/modes.ts";
import { openStudy, study } from "../../src/study/study.ts";
import type { Study, TrainRunOptions } from "../../src/study/options.ts";
import { sgd } from "../../src/train/optimizer.ts";
import type { Epoch } from "../../src/train/progress.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm } from "../../src/model/normalization-layers.ts";

/** Images of 3x3 whose class shows in their brightness, with noise; masks mark the brighter half. */
function blobs(count: number, seed: number, groups = false): Dataset {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const images = new Uint8Array(count * 9);
  const masks = new Uint8Array(count * 9);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 9; j++) {
      images[9 * i + j] = 40 * labels[i] * (j % 2) + 100 * next();
      masks[9 * i + j] = labels[i] * (j % 2);
    }
  }
  const patients = groups ? Array.from({ length: count }, (_, i) => `patient ${i >> 1}`) : null;
  return arrayDataset({ images, shape: [3, 3], labels, masks, groups: patients });
}

const quick: TrainRunOptions = { epochs: 4, batchSize: 8, patience: null };

async function trainAll(run: Study, options: TrainRunOptions = quick) {
  const epochs: Epoch[] = [];
  const generator = run.train(options);
  for (;;) {
    const next = await generator.next();
    if (next.done) return { epochs, result: next.value };
    epochs.push(next.value);
  }
}

async function files(storage: Storage): Promise<Record<string, string>> {
  const names = await storage.list();
  const contents = await Promise.all(names.map(async (name) => new TextDecoder().decode((await storage.read(name))!)));
  return Object.fromEntries(names.map((name, i) => [name, contents[i]]));
}

describe("a study", () => {
  it("trains, is refined, and is tested once: every phase stands in the ledger", async () => {
    const storage = memoryStorage();
    const run = study({ data: blobs(120, 1), seed: 5, storage });
    expect(await run.sets()).toEqual({ train: 84, validation: 18, test: 18 });
    const { epochs, result } = await trainAll(run);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0].loss);
    expect(result).toMatchObject({ epochs: 4, bestEpoch: epochs.findLast(({ best }) => best)!.epoch });
    const refined = await run.refine({ remedies: [{ l2: 1e-3 }, { dropout: 0.2 }], epochs: 4 });
    expect(refined.trials.map(({ remedy }) => remedy)).toEqual(["none", "L2 0.001", "dropout 0.2"]);
    const report = await run.test();
    expect(report.testSet.size).toBe(18);
    expect(report.weightsSha256).toBe(refined.weightsSha256);
    expect(report.metrics.accuracy.value).toBeGreaterThan(0.6);
    expect((await run.ledger()).map(({ event }) => event)).toEqual([
      "created", "audited", "split", "training started", "training ended", "refining started", "tried", "tried",
      "refined", "test opened", "test finished",
    ]); // prettier-ignore
    expect((await run.ledger()).at(-2)).toMatchObject({ validationLookUps: 12 });
    expect(await storage.list()).toEqual([
      "checkpoint/even.safetensors", "checkpoint/odd.safetensors", "history.csv", "history.json", "ledger.jsonl",
      "model.safetensors", "report.json", "report.md", "seal.json", "study.json",
    ]); // prettier-ignore
  });

  it("opens its test set once: a second test, training, and refining after it throw SealedTestSetError", async () => {
    const storage = memoryStorage();
    const data = blobs(60, 2);
    const run = study({ data, storage });
    await trainAll(run);
    await run.test();
    const before = await files(storage);
    for (const again of [run, openStudy({ storage, data })]) {
      await expect(again.test()).rejects.toThrow(SealedTestSetError);
      await expect(trainAll(again)).rejects.toThrow(SealedTestSetError);
      await expect(again.refine()).rejects.toThrow(SealedTestSetError);
    }
    expect(await files(storage)).toEqual(before);
  });

  it("gives the same weights from the same seed, and others from another", async () => {
    const hash = async (seed: number) => (await trainAll(study({ data: blobs(80, 3), seed }))).result.weightsSha256;
    const first = await hash(1);
    expect(await hash(1)).toBe(first);
    expect(await hash(2)).not.toBe(first);
  });

  it.each(["reproducible", "fast"] as const)(
    "in numeric mode %s trains to the same bits twice, and records the mode that the engine gave and whether it fused",
    async (numericMode) => {
      const runs = [0, 1].map(() => study({ data: blobs(80, 3), seed: 1 }));
      const hashes = [];
      for (const run of runs) hashes.push((await trainAll(run, { ...quick, numericMode })).result.weightsSha256);
      expect(hashes[1]).toBe(hashes[0]);
      const ended = (await runs[0].ledger()).at(-1)!;
      expect(ended).toMatchObject({ numericMode: hasRelaxedSimd() ? numericMode : "reproducible" });
      if (numericMode === "reproducible") expect(ended).toMatchObject({ fused: false });
    },
  );

  it.each([1, 5, 8, 9, 17, 23])(
    "stopped after %i steps and resumed, ends in the bits of a run straight through",
    async (steps) => {
      const data = blobs(120, 4, true);
      const options = {
        ...quick,
        network: network([dense(6), relu(), dropout(0.4), dense(2)]),
        accumulate: steps % 2 === 0 ? 2 : 1,
      };
      const straight = await trainAll(study({ data, seed: 3 }), options);
      const storage = memoryStorage();
      const stop = new AbortController();
      let taken = 0;
      const onStep = () => {
        if (++taken === steps) stop.abort(new Error("enough"));
      };
      const begun = study({ data, seed: 3, storage });
      await expect(trainAll(begun, { ...options, signal: stop.signal, onStep })).rejects.toThrow("enough");
      const resumed = await trainAll(openStudy({ storage, data }), { resume: true });
      expect(resumed.result.weightsSha256).toBe(straight.result.weightsSha256);
      const bare = ({ seconds: _, ...figures }: Epoch) => figures;
      const history = JSON.parse((await files(storage))["history.json"]) as Epoch[];
      expect(history.map(bare)).toEqual(straight.epochs.map(bare));
      const events = (await begun.ledger()).map(({ event }) => event);
      expect(events.slice(3)).toEqual(["training started", "interrupted", "resumed", "training ended"]);
    },
  );

  it("begun from a saved model with a layer frozen: keeps that model and its hash, goes on from them when stopped, refines from them, and the layer keeps its bits", async () => {
    const data = blobs(120, 4);
    const layers = [dense(6), batchNorm(), relu(), dense(2)];
    const before = study({ data: blobs(120, 9), seed: 3 });
    const { result: earlier } = await trainAll(before, { ...quick, network: network(layers) });
    const from = await before.model();
    const options = { ...quick, network: network(layers), from, freeze: ["0", "1"] };
    const straight = await trainAll(study({ data, seed: 3 }), options);

    const storage = memoryStorage();
    const stop = new AbortController();
    const run = study({ data, seed: 3, storage });
    const onStep = () => stop.abort(new Error("enough"));
    await expect(trainAll(run, { ...options, signal: stop.signal, onStep })).rejects.toThrow("enough");
    const record = JSON.parse((await files(storage))["study.json"]) as { training: { from: object; freeze: string[] } };
    expect(record.training).toMatchObject({ from: { weightsSha256: earlier.weightsSha256 }, normalizationGiven: true, freeze: ["0", "1"] }); // prettier-ignore
    // Where no checkpoint is left it begins anew, from the kept model.
    for (const name of await storage.list()) if (name.startsWith("checkpoint")) await storage.remove(name);
    const again = await trainAll(openStudy({ storage, data }), { resume: true });
    expect(again.result.weightsSha256).toBe(straight.result.weightsSha256);

    const refined = study({ data, seed: 3 });
    await trainAll(refined, options);
    await refined.refine({ remedies: [{ dropout: 0.2 }, { l2: 0.1 }] });
    const { weights } = await refined.model();
    for (const name of ["0.weight", "0.bias", "1.weight", "1.running_mean", "1.running_var"]) {
      expect(weights.get(name), name).toEqual(from.weights.get(name));
    }
  });

  it("resumed when it is finished, gives the same result and changes nothing", async () => {
    const storage = memoryStorage();
    const data = blobs(60, 5);
    const { result } = await trainAll(study({ data, storage }));
    const before = await files(storage);
    expect((await trainAll(openStudy({ storage, data }), { resume: true })).result).toEqual(result);
    expect(await files(storage)).toEqual(before);
  });

  it("keeps the best weights so far when the caller leaves the loop", async () => {
    const run = study({ data: blobs(60, 6) });
    for await (const epoch of run.train(quick)) if (epoch.epoch === 2) break;
    expect((await run.ledger()).at(-1)).toMatchObject({ event: "training ended", epochs: 2 });
    expect((await run.test()).history).toHaveLength(2);
  });

  it("stops at once when numbers go wrong, names epoch, step and layer, and keeps the last good weights", async () => {
    const run = study({ data: blobs(60, 7) });
    const failed = await trainAll(run, { ...quick, optimizer: sgd({ learningRate: 1e30 }) }).catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(DivergenceError);
    expect((failed as DivergenceError).at).toMatchObject({ epoch: 1 });
    expect((failed as DivergenceError).message).toMatch(/diverged in epoch 1, step \d+: .* of ".+" is NaN or infinite/);
    const { weights } = await run.model();
    for (const { data } of weights.values()) expect(data.every(Number.isFinite)).toBe(true);
  });

  it("finishes an opening that was cut short, with the same weights, and counts it once", async () => {
    const storage = memoryStorage();
    const data = blobs(60, 8);
    const run = study({ data, storage });
    await trainAll(run);
    const broken = { ...storage, write: () => Promise.reject(new Error("power cut")) };
    await expect(openStudy({ storage: broken, data }).test()).rejects.toThrow("power cut");
    const report = await openStudy({ storage, data }).test();
    expect(report.testSet.size).toBe(9);
    expect((await run.ledger()).filter(({ event }) => event === "test opened")).toHaveLength(1);
  });

  it("refuses the test while the last run is unfinished, and counts what an abandoned run saw of the validation set", async () => {
    const storage = memoryStorage();
    const data = blobs(60, 22);
    await trainAll(study({ data, storage }));
    const stop = new AbortController();
    let steps = 0;
    const onStep = () => {
      if (++steps === 12) stop.abort(new Error("enough")); // six steps an epoch
    };
    const again = openStudy({ storage, data });
    await expect(trainAll(again, { ...quick, signal: stop.signal, onStep })).rejects.toThrow("enough");
    await expect(again.test()).rejects.toThrow(/got a run that was stopped\. Resume it/);
    const { result } = await trainAll(openStudy({ storage, data }), quick);
    expect((await again.ledger()).at(-1)).toMatchObject({ event: "training ended", validationLookUps: 4 + 2 + 4 });
    const report = await again.test();
    expect(report.weightsSha256).toBe(result.weightsSha256);
    expect(report.history).toHaveLength(4);
  });

  it("refuses a second test when the ledger's last lines were cut off to have one", async () => {
    const storage = memoryStorage();
    const data = blobs(60, 23);
    const run = study({ data, storage });
    await trainAll(run);
    await run.test();
    const lines = (await files(storage))["ledger.jsonl"].trimEnd().split("\n");
    await storage.write("ledger.jsonl", new TextEncoder().encode(lines.slice(0, -2).join("\n") + "\n"));
    await expect(openStudy({ storage, data }).test()).rejects.toThrow(/its last lines were cut off/);
    await storage.write("ledger.jsonl", new Uint8Array(0));
    await expect(openStudy({ storage, data }).test()).rejects.toThrow(/it was removed or cut off/);
  });

  it("refuses a test set whose pixels changed, and training data that changed", async () => {
    const storage = memoryStorage();
    const [train, validation, testSet, other] = [9, 10, 11, 12].map((seed) => blobs(40, seed));
    await trainAll(study({ data: { train, validation, test: testSet }, storage }));
    const changedTest = openStudy({ storage, data: { train, validation, test: other } });
    await expect(changedTest.test()).rejects.toThrow(
      /test set: expected the images that ledger.jsonl line 3 commits to/,
    );
    const changedTrain = openStudy({ storage, data: { train: other, validation, test: testSet } });
    await expect(changedTrain.test()).rejects.toThrow(/train set: expected the images/);
  });

  it("does not learn from the test set: other test images, the same weights", async () => {
    const [train, validation] = [blobs(60, 13), blobs(30, 14)];
    const hashes = await Promise.all(
      [blobs(30, 15), blobs(50, 16)].map(
        async (test) => (await trainAll(study({ data: { train, validation, test } }))).result.weightsSha256,
      ),
    );
    expect(hashes[0]).toBe(hashes[1]);
  });

  it("keeps patients in one set, and refuses given sets that share one", async () => {
    const [a, b] = [blobs(40, 17, true), blobs(40, 18, true)];
    const shared = study({ data: { train: a, validation: b, test: b } });
    await expect(shared.sets()).rejects.toThrow(LeakageError);
    await expect(shared.sets()).rejects.toThrow(/20 groups in two sets \("patient 0" in train and validation/);
    const allowed = study({ data: { train: a, validation: b, test: b }, leakage: "allow" });
    expect(await allowed.sets()).toEqual({ train: 40, validation: 40, test: 40 });
  });

  it("predicts masks when asked: segmentation by the data or by an option", async () => {
    const data = blobs(120, 19);
    const run = study({ data, task: "segmentation" });
    const { result } = await trainAll(run, { ...quick, epochs: 10 });
    expect(result.validation?.dice).toBeGreaterThan(0.3);
    const report = await run.test();
    expect(report.task).toBe("segmentation");
    expect(report.metrics.dice.value).toBeGreaterThan(0.3);
  });

  it("refuses a storage that holds a study, and calls before training", async () => {
    const storage = memoryStorage();
    const data = blobs(40, 20);
    const run = study({ data, storage });
    await run.sets();
    await expect(study({ data, storage }).sets()).rejects.toThrow(StudyStateError);
    await expect(run.test()).rejects.toThrow(/was not trained yet/);
    await expect(run.refine()).rejects.toThrow(/was not trained yet/);
    await expect(openStudy({ storage: memoryStorage(), data }).test()).rejects.toThrow(/expected study.json/);
  });

  it.each([
    [{ epochs: 0 }, /epochs: expected a whole number of at least 1, got 0/],
    [{ monitor: "dice" as const }, /monitor: expected one of loss, accuracy, rocAuc for classification, got "dice"/],
    [{ network: network([dense(3)]) }, /expected 2 outputs, one for each class, got 3. End it with dense\(2\)/],
    [{ network: network([dense(2)], { input: [4, 4] }) }, /expected images of 4x4, got 3x3/],
  ])("refuses settings that do not fit the data: %o", async (options, message) => {
    await expect(trainAll(study({ data: blobs(40, 21) }), options)).rejects.toThrow(message);
  });

  it("names the class that is missing from a set", async () => {
    const set = (labels: number[]) =>
      arrayDataset({ images: new Uint8Array(labels.length * 4), shape: [2, 2], labels, labelValues: [0, 1] });
    const data = { train: set([0, 1, 1]), validation: set([0, 0, 0]), test: set([0, 1]) };
    await expect(study({ data }).sets()).rejects.toThrow(
      /validation set: expected images of every class, got none of "1"/,
    );
  });
});
