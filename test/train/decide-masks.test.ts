// Masks: the temperature of voxels is fitted on validation, frozen with the model, and changes no mask.
import { describe, expect, test } from "vitest";
import { phantoms } from "../../src/data/phantom.ts";
import { sigmoidDice } from "../../src/model/loss.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { TrainRunOptions } from "../../src/study/options.ts";
import { study } from "../../src/study/study.ts";
import { verifyStudy } from "../../src/study/verify.ts";
import { predict } from "../../src/train/predict.ts";

const data = phantoms({ count: 80, seed: 7 });

async function trained(how: TrainRunOptions = {}) {
  const storage = memoryStorage();
  const run = study({ data, seed: 7, task: "segmentation", storage });
  for await (const { epoch } of run.train({ epochs: 4, loss: sigmoidDice(), ...how })) expect(epoch).toBeGreaterThan(0);
  return { run, storage, model: await run.model() };
}

describe("a study of masks", () => {
  test("freezes a temperature that lowers the log loss on validation, and reports what it is worth on the test set", async () => {
    const { run, storage, model } = await trained();
    const { temperature, threshold, rule, validationValue } = model.decision!;
    expect(temperature).not.toBe(1);
    expect({ threshold, rule }).toEqual({ threshold: 0.5, rule: "0.5" });
    expect(validationValue!.logLoss).toBeLessThan(validationValue!.uncalibratedLogLoss);
    const report = await run.test({ examples: false });
    expect(report.decision).toEqual(model.decision);
    expect(report.metrics.brier.interval).not.toBeNull();
    expect(report.uncalibrated!.logLoss.value).not.toBe(report.metrics.logLoss.value);
    expect((await verifyStudy({ storage, data, replay: true })).problems).toEqual([]);
  });

  test("predicts calibrated probabilities by it, on the same side of 0.5, and the same masks as without", async () => {
    const { model } = await trained();
    const others = phantoms({ count: 5, seed: 9 });
    const said = await predict(model, others);
    const { decision: _, ...plain } = model;
    const without = await predict(plain, others);
    if (said.task !== "segmentation" || without.task !== "segmentation") throw new Error("expected masks");
    expect(said.masks).toEqual(without.masks);
    expect(said.calibrated).toHaveLength(said.probabilities.length);
    expect(said.calibrated!.every((p, i) => p >= 0.5 === said.probabilities[i] >= 0.5)).toBe(true);
    expect(said.calibrated).not.toEqual(said.probabilities);
    expect(without).not.toHaveProperty("calibrated");
  });

  test("leaves probabilities as they are where that is asked for", async () => {
    const { run, model } = await trained({ decision: { temperature: 1 } });
    expect(model.decision).toEqual({ temperature: 1, threshold: 0.5, rule: "0.5" });
    expect(await run.test({ examples: false })).not.toHaveProperty("uncalibrated");
    expect(await predict(model, data)).not.toHaveProperty("calibrated");
  });
});
