import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ThreadError } from "../../src/errors.ts";
import { rotate } from "../../src/data/augment.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Study } from "../../src/study/options.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { startFit } from "../../src/train/fit.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import type { ThreadOptions } from "../../src/train/team.ts";
import { toySet } from "../train/toy.ts";
import { oddThread, trainWith } from "./threads.ts";

describe("a thread of a team", () => {
  it("that ends in the middle of its work is an error of training, soon; that ends after it changes nothing", async () => {
    const { weights: wanted } = await trainWith(1);
    const outcomes = [];
    for (const ends of [0, 1, 2, 5, 9, 14, 23, 1000]) outcomes.push(await trainWith(3, { ends }));
    expect(outcomes.map(({ error }) => error instanceof ThreadError)).toEqual([true, true, true, true, true, true, true, false]); // prettier-ignore
    expect(outcomes[0].error?.message).toMatch(/^training: thread [23] of 3 ended in the middle of a step\. Resume it/);
    expect(outcomes.at(-1)?.weights).toBe(wanted);
  }, 120_000);

  it("that ends in the middle of a study leaves it to be resumed, with any number of threads, to the same weights", async () => {
    const data = phantoms({ count: 60, seed: 7 });
    const options = { network: network([dense(64), relu(), dropout(0.3), dense(2)]), epochs: 3, checkpointEvery: 0 };
    const weightsOf = async (run: Study, resume = false) => {
      const running = run.train({ ...options, resume });
      for (;;) {
        const next = await running.next();
        if (next.done) return next.value.weightsSha256;
      }
    };
    const wanted = await weightsOf(study({ data, seed: 3 }));
    const several = { threads: 2, forced: true };
    for (const ends of [3, 14, 30]) {
      const storage = memoryStorage();
      const broken = study({ data, seed: 3, storage, ...several, workerUrl: oddThread({ ends }) });
      await expect(weightsOf(broken)).rejects.toBeInstanceOf(ThreadError);
      expect(await weightsOf(openStudy({ storage, data, ...several }), true)).toBe(wanted);
    }
  }, 120_000);

  it("that is late at random changes nothing", async () => {
    const { weights: wanted } = await trainWith(1);
    for (const [i, threads] of [2, 3, 4, 4].entries()) {
      expect((await trainWith(threads, { late: 7919 * (i + 1) })).weights).toBe(wanted);
    }
  }, 120_000);

  it("that cannot begin leaves the work to one, and the reason is said", async () => {
    const workerUrl = pathToFileURL(resolve("test/torture/no-such-thread.mjs"));
    const set = toySet(30, 1);
    const settings = resolveTraining({ network: network([dense(2)]), epochs: 1 }, set, "classification", 1);
    using fit = await startFit({ train: set, validation: set }, settings, { kind: "drawn" }, "reproducible", {
      threads: 2,
      forced: true,
      workerUrl,
    });
    expect(fit.arithmetic.threads).toBe(1);
    expect(fit.arithmetic.threadsReason).toMatch(/^a thread could not begin: its file was not found/);
    await fit.epoch();
  }, 120_000);

  it("is not begun for a small network unless its images take long to augment, nor beyond the processors; and a number is one", async () => {
    const set = toySet(30, 1);
    const settings = resolveTraining({ network: network([dense(2)]), epochs: 1 }, set, "classification", 1);
    const begin = (options: ThreadOptions) =>
      startFit({ train: set, validation: set }, settings, { kind: "drawn" }, "reproducible", options);
    using small = await begin({});
    const tooShort = "a step of this network is too short to gain by threads";
    expect(small.arithmetic).toMatchObject({ threads: 1, threadsReason: tooShort });
    using asked = await begin({ threads: 2 });
    expect(asked.arithmetic).toMatchObject({ threads: 1, threadsReason: tooShort });
    // Long augmentation is shared all the same: 16 volumes take about 0.7 milliseconds.
    const volumes = toySet(16, 1, { shape: [24, 24, 24] });
    const given = { network: network([dense(2)]), augment: [rotate(10)], epochs: 1 };
    const moved = resolveTraining(given, volumes, "classification", 1);
    const sets = { train: volumes, validation: volumes };
    using sharing = await startFit(sets, moved, { kind: "drawn" });
    const there = Math.min(8, availableParallelism());
    expect(sharing.arithmetic).toMatchObject({
      threads: there,
      threadsReason: there === 1 ? null : "they share the augmentation; a step of this network is too short to gain",
    });
    using alone = await startFit(sets, moved, { kind: "drawn" }, "reproducible", { threads: 1 });
    await Promise.all([sharing.epoch(), alone.epoch()]);
    expect(sharing.bestWeights()).toEqual(alone.bestWeights());
    using many = await startFit(sets, moved, { kind: "drawn" }, "reproducible", { threads: 4096 });
    expect(many.arithmetic.threads).toBeLessThan(4096);
    expect(many.arithmetic.threadsReason).toMatch(/there are \d+ processors, and more/);
    for (const threads of [0, 1.5, -1, NaN]) await expect(begin({ threads })).rejects.toThrow(/^threads: expected "auto" or a whole number/); // prettier-ignore
  }, 120_000);
});
