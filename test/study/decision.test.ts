import { describe, expect, it } from "vitest";
import { dense, relu } from "../../src/model/layers.ts";
import { meanSquaredError, sigmoidCrossEntropy } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { calibrate } from "../../src/metrics/calibration.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { study } from "../../src/study/study.ts";
import type { TrainRunOptions } from "../../src/study/options.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";
import { blobs, quick, trainAll, trained } from "./small-study.ts";

const sets = { train: blobs(60, 4), validation: blobs(40, 5), test: blobs(30, 6) };

describe("the decision", () => {
  it.each([
    [0.5, "0.5"],
    ["youden", "youden"],
    [{ sensitivity: 0.95 }, "sensitivity 0.95"],
  ] as const)(
    "with threshold %o is chosen on validation, and frozen in model, ledger, opening and report",
    async (threshold, rule) => {
      const { run, storage } = await trained(sets, { ...quick, decision: { threshold } });
      const model = await run.model();
      const { decision } = model;
      expect(decision).toMatchObject({ rule });
      expect(loadModel(saveModel(model)).decision).toEqual(decision);
      expect((await run.ledger()).at(-1)).toMatchObject({ event: "training ended", decision });
      const said = await predict(model, sets.validation);
      const p = calibrate(said.probabilities, 2, decision!.temperature).filter((_, i) => i % 2 === 1);
      const isFound = (label: number) => [...p].filter((_, i) => sets.validation.labels![i] === label).map((one) => one >= decision!.threshold!); // prettier-ignore
      const share = (all: readonly boolean[], value: boolean) => all.filter((one) => one === value).length / all.length;
      expect(share(isFound(1), true)).toBe(decision!.validationValue!.sensitivity);
      expect(share(isFound(0), false)).toBeCloseTo(decision!.validationValue!.specificity!, 12);
      if (typeof threshold === "object") expect(share(isFound(1), true)).toBeGreaterThanOrEqual(0.95);
      expect(decision!.validationValue!.logLoss).toBeLessThanOrEqual(
        decision!.validationValue!.uncalibratedLogLoss + 1e-7,
      );
      const report = await run.test();
      expect(report.decision).toEqual(decision);
      expect((await run.ledger()).find(({ event }) => event === "test opened")).toMatchObject({ decision });
      expect(JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!))).toMatchObject({ training: { decision: { threshold, temperature: "fit" } } }); // prettier-ignore
    },
  );

  it("is chosen anew for the network that refining keeps, by the same rule, and stands in its line", async () => {
    const storage = memoryStorage();
    const run = study({ data: blobs(90, 4), seed: 3, storage });
    await trainAll(run, { ...quick, epochs: 1, decision: { threshold: "youden" } });
    const before = (await run.model()).decision;
    const { kept } = await run.refine({ remedies: [{ l2: 1e-4 }], epochs: 12 });
    expect(kept).not.toBe("none");
    const { decision } = await run.model();
    expect(decision).toMatchObject({ rule: "youden" });
    expect(decision).not.toEqual(before);
    expect((await run.ledger()).at(-1)).toMatchObject({ event: "refined", decision });
    expect((await run.test()).decision).toEqual(decision);
  });

  it("does not change the weights", async () => {
    const hash = async (options: TrainRunOptions) =>
      (await trained(sets, { ...quick, ...options })).result.weightsSha256;
    const plain = await hash({});
    expect(await hash({ decision: { threshold: "youden", temperature: 1 } })).toBe(plain);
  });

  it("leaves the likeliest class where there are more than two, half of the voxels' probability, and sigmoids and squares uncalibrated", async () => {
    const decisionOf = async (data: typeof sets, options: TrainRunOptions) =>
      (await (await trained(data, { ...quick, ...options })).run.model()).decision;
    const three = { train: blobs(60, 4, 3), validation: blobs(30, 5, 3), test: blobs(30, 6, 3) };
    const layers = (outputs: number) => network([dense(5), relu(), dense(outputs)]);
    expect(await decisionOf(three, { network: layers(3) })).toMatchObject({ threshold: null, rule: "likeliest" });
    const single = await decisionOf(sets, { network: layers(1), loss: sigmoidCrossEntropy() });
    expect(single).toMatchObject({ threshold: 0.5, rule: "0.5" });
    expect(single!.temperature).not.toBe(1);
    for (const loss of [sigmoidCrossEntropy(), meanSquaredError()])
      expect(await decisionOf(sets, { network: layers(2), loss })).toMatchObject({ temperature: 1, threshold: null, rule: "likeliest" }); // prettier-ignore
    expect(await decisionOf(sets, { decision: { temperature: 1 } })).toMatchObject({ temperature: 1, threshold: 0.5 });
  });

  it.each([
    [{ threshold: "youden" as const }, 3, /decision threshold: expected 0\.5 where there are not two classes, got youden for 3 classes/], // prettier-ignore
    [{ threshold: { sensitivity: 2 } }, 2, /decision threshold: expected 0\.5, "youden" or a sensitivity above 0/],
    [{ threshold: 0.4 as 0.5 }, 2, /got 0\.4/],
    [{ temperature: 2 as 1 }, 2, /decision temperature: expected "fit" or 1, got 2/],
  ])("refuses %o of %i classes before training", async (decision, classes, message) => {
    const options = { ...quick, network: network([dense(classes)]), decision };
    await expect(trainAll(study({ data: blobs(90, 4, classes) }), options)).rejects.toThrow(message);
  });
});
