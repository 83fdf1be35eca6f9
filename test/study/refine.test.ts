import { describe, expect, it } from "vitest";
import { rotate } from "../../src/data/augment.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { LedgerEntry } from "../../src/study/ledger.ts";
import type { RefineOptions } from "../../src/study/options.ts";
import { defaultRemedies } from "../../src/study/remedy.ts";
import { remedyTitle } from "../../src/study/remedy-title.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { ema } from "../../src/train/average.ts";

const data = phantoms({ count: 60, seed: 7, size: [6, 6, 6] });
const remedies = [{ dropout: 0.5 }, { l2: 0.03 }, { l1: 0.003 }, { dropout: 0.2, l2: 0.01 }];

async function trained(epochs = 40): Promise<{ storage: Storage; run: ReturnType<typeof study> }> {
  const storage = memoryStorage();
  const run = study({ data, seed: 7, storage });
  const layers = network([dense(8), relu(), dense(2)]);
  const generator = run.train({ network: layers, epochs, patience: null });
  while (!(await generator.next()).done);
  return { storage, run };
}

/** A storage whose process dies before the given write, append or removal: nothing comes after it. */
function dying(storage: Storage, at: number): Storage {
  let calls = 0;
  const counted = async <T>(act: () => Promise<T>): Promise<T> => {
    if (++calls >= at) throw new Error("killed");
    return act();
  };
  return {
    ...storage,
    write: (name, bytes) => counted(() => storage.write(name, bytes)),
    append: (name, bytes) => counted(() => storage.append(name, bytes)),
    remove: (name) => counted(() => storage.remove(name)),
  };
}

/** What a ledger says, without times, hashes over them, and interruptions. */
function plain(entries: readonly LedgerEntry[]) {
  return entries
    .filter(({ event }) => event !== "refining interrupted" && event !== "refining resumed")
    .map((entry) => ({ ...entry, index: 0, time: "", previous: "" }));
}

describe("refining", () => {
  it("runs every remedy a little, the best to the end, and counts each look at the validation set", async () => {
    const { run } = await trained();
    const heard: string[] = [];
    const refined = await run.refine({ remedies, epochs: 40, onEpoch: (remedy, { epoch }, { done, planned }) => heard.push(`${remedy} ${epoch} ${done}/${planned}`) }); // prettier-ignore
    const epochs = Object.fromEntries(refined.trials.map((trial) => [trial.remedy, trial.epochs]));
    expect(Object.values(epochs).sort((a, b) => a - b)).toEqual([14, 14, 40, 40, 40]);
    expect(epochs.none).toBe(40);
    expect(heard).toHaveLength(4 * 14 + 2 * 26);
    expect(heard.at(-1)).toMatch(/ 40 108\/108$/);
    const entries = await run.ledger();
    const looks = entries.flatMap((entry) => (entry.event === "tried" ? [entry.validationLookUps] : []));
    expect(looks).toEqual([54, 68, 82, 96, 122, 148]);
    expect(entries.at(-1)).toMatchObject({ event: "refined", validationLookUps: 148, kept: refined.kept });
    const tried = entries.findLast((entry) => entry.event === "tried")!;
    const best = refined.trials.find(({ remedy }) => remedy === tried.remedy)!;
    expect(tried).toMatchObject({ epochs: 40, monitor: "loss", value: best.value, parts: 1 });
    expect(tried.effect).toBeCloseTo(refined.trials[0].value! - best.value!, 12);
    expect(best.gain).toBeCloseTo(tried.effect!, 6);
    expect(refined.optimism!.optimism).toBeGreaterThanOrEqual(0);
  });

  it("keeps a remedy that is better by more than one standard error, and no other", async () => {
    const { run } = await trained(40);
    const before = await run.model();
    const worse = await run.refine({ remedies: [{ l1: 10 }], epochs: 40 });
    expect(worse.kept).toBe("none");
    expect(worse.trials[1].gain).toBeLessThan(worse.trials[1].standardError!);
    expect((await run.model()).weights).toEqual(before.weights);
    const refined = await run.refine({ remedies, epochs: 40 });
    const { optimism } = refined.optimism!;
    const better = refined.trials.filter(
      ({ gain, standardError }) => gain !== null && gain - optimism > standardError!,
    );
    const best = better.sort((a, b) => a.value! - b.value!).at(0);
    expect(refined.kept).toBe(best?.remedy ?? "none");
    expect(refined.weightsSha256).toBe(refined.trials.find(({ remedy }) => remedy === refined.kept)!.weightsSha256);
    expect((await run.test()).weightsSha256).toBe(refined.weightsSha256);
  });

  it.each([[null], [3]])("stopped at any epoch and gone on with, comes to the same (folds: %s)", async (folds) => {
    const whole = await trained(15);
    const options: RefineOptions = { remedies: remedies.slice(0, 3), folds, epochs: 15 };
    let epochs = 0;
    const expected = await whole.run.refine({ ...options, onEpoch: () => void epochs++ });
    const wanted = plain(await whole.run.ledger());
    expect(epochs).toBeGreaterThan(7);
    for (let stopAt = 1; stopAt < epochs; stopAt += folds ? 23 : 3) {
      const { storage } = await trained(15);
      const controller = new AbortController();
      let seen = 0;
      const { signal } = controller;
      const stopped = openStudy({ storage, data }).refine({
        ...options,
        signal,
        onEpoch: () => ++seen === stopAt && controller.abort(),
      });
      await expect(stopped).rejects.toThrow(/aborted/);
      const again = openStudy({ storage, data });
      expect((await again.ledger()).at(-1)).toMatchObject({ event: "refining interrupted" });
      const refined = await again.refine(options);
      const { seconds, ...figures } = refined;
      expect(seconds).toBeGreaterThan(0);
      expect({ ...figures, seconds: expected.seconds }).toEqual(expected);
      expect(plain(await again.ledger())).toEqual(wanted);
      expect((await storage.list()).filter((name) => name.startsWith("refine/"))).toEqual([]);
    }
  });

  it("killed before any write of its end, comes to the same when it is gone on with, or is over when the study is opened", async () => {
    const options: RefineOptions = { remedies: [{ dropout: 0.2 }, { l2: 0.03 }], epochs: 40 };
    const whole = await trained();
    const expected = await whole.run.refine(options);
    expect(expected.kept).not.toBe("none");
    const wanted = await whole.run.model();
    for (let call = 1, isOver = false; !isOver; call++) {
      const { storage } = await trained();
      const writes = dying(storage, call);
      isOver = await openStudy({ storage: writes, data }).refine(options).then(() => true, () => false); // prettier-ignore
      const again = openStudy({ storage, data });
      const ended = (await again.ledger()).at(-1)!.event === "refined";
      if (!ended) expect(await again.refine(options)).toMatchObject({ kept: expected.kept });
      expect((await again.model()).weights).toEqual(wanted.weights);
      expect(plain(await again.ledger())).toEqual(plain(await whole.run.ledger()));
      expect(await storage.list()).toEqual(await whole.storage.list());
      if (isOver) expect(call).toBeGreaterThan(12);
    }
  });

  it("begins anew where a stopped search was of other remedies, or of other weights", async () => {
    const { storage, run } = await trained();
    const stop = async (options: RefineOptions) => {
      const controller = new AbortController();
      const onEpoch = () => controller.abort();
      await expect(run.refine({ ...options, signal: controller.signal, onEpoch })).rejects.toThrow(/aborted/);
    };
    await stop({ remedies, epochs: 12 });
    await run.refine({ remedies: remedies.slice(2), epochs: 12 });
    expect((await run.ledger()).filter(({ event }) => event === "refining resumed")).toEqual([]);
    await stop({ remedies, epochs: 12 });
    const files = (await storage.list()).filter((name) => name.startsWith("refine/"));
    expect(files.length).toBeGreaterThan(2);
    await storage.write("refine/plan.json", new TextEncoder().encode("{"));
    await run.refine({ remedies, epochs: 12 });
    expect((await run.ledger()).filter(({ event }) => event === "refining started")).toHaveLength(4);
  });

  it("judges by folds: every image of training and validation set is held out once, and looks are counted for each", async () => {
    const { run } = await trained(6);
    const { train, validation } = await run.sets();
    const refined = await run.refine({ remedies: remedies.slice(0, 2), folds: 4, epochs: 6 });
    const tried = (await run.ledger()).flatMap((entry) => (entry.event === "tried" ? [entry] : []));
    expect(tried[0]).toMatchObject({ remedy: "none", parts: 4, epochs: 6, validationLookUps: 6 + 4 * 6 });
    expect(train + validation).toBe(51);
    expect(refined.trials.every(({ weightsSha256 }) => weightsSha256 === null)).toBe(true);
    const report = await run.test();
    expect(report.weightsSha256).toBe(refined.weightsSha256);
  });

  it("keeps to its budget of trials and of time", async () => {
    const { run } = await trained();
    expect((await run.refine({ remedies, trials: 2, epochs: 12 })).trials.map(({ remedy }) => remedy)).toEqual([
      "none", "dropout 0.5", "L2 0.03",
    ]); // prettier-ignore
    const short = await run.refine({ remedies, seconds: 1e-9, epochs: 12 });
    expect(short.trials).toHaveLength(2);
    await expect(run.refine({ seconds: 0 })).rejects.toThrow(/seconds: expected a number above 0, got 0/);
    await expect(run.refine({ trials: 1.5 })).rejects.toThrow(/trials: expected a whole number/);
    await expect(run.refine({ folds: 1 })).rejects.toThrow(/from 2 to 100/);
  });

  it("is refused while training is not at its end", async () => {
    const { run } = await trained();
    const controller = new AbortController();
    const again = run.train({ epochs: 9, signal: controller.signal, onStep: () => controller.abort() });
    await expect(again.next()).rejects.toThrow(/aborted/);
    await expect(run.refine()).rejects.toThrow(/refine: expected training that came to its end/);
  });
});

describe("the remedies", () => {
  it("are tried longer where a set is small: as many epochs as make 1,500 updates, without early stopping", async () => {
    const { run, storage } = await trained(3);
    const refined = await run.refine({ remedies: [{ dropout: 0.2 }] });
    expect(refined.trials[1].epochs).toBe(750);
    const { training } = JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!)) as {
      training: object;
    };
    expect(training).toMatchObject(refined.kept === "none" ? { epochs: 3 } : { epochs: 750, patience: null });
  });

  it("are given names, and left out where they change nothing or the images cannot have them", async () => {
    expect(defaultRemedies.map(remedyTitle)).toMatchInlineSnapshot(`
      [
        "gentle augmentation",
        "strong augmentation",
        "augmentation (cutout 0.3)",
        "augmentation (mixup 0.2)",
        "dropout 0.3",
        "dropout 0.5",
        "L2 0.001",
        "L2 0.01",
        "moving average 0.99",
        "gentle augmentation, dropout 0.3",
        "strong augmentation, dropout 0.3",
        "gentle augmentation, L2 0.001",
        "strong augmentation, L2 0.001",
        "augmentation (mixup 0.2), L2 0.001",
        "augmentation (cutout 0.3, mixup 0.2), dropout 0.5",
        "dropout 0.5, L2 0.001",
        "gentle augmentation, moving average 0.99",
        "gentle augmentation, dropout 0.3, L2 0.001",
        "dropout 0.5, L2 0.001, moving average 0.99",
        "gentle augmentation, dropout 0.3, L2 0.001, moving average 0.99",
      ]
    `);
    const images = Uint8Array.from({ length: 60 * 9 }, (_, i) => (i * 7919) % 251);
    const labels = Int32Array.from({ length: 60 }, (_, i) => i % 2);
    const rows = study({ data: arrayDataset({ images, shape: [9], labels }), seed: 7 });
    const generator = rows.train({ network: network([dense(4), relu(), dropout(0.3), dense(2)]), epochs: 2 });
    while (!(await generator.next()).done);
    const { trials } = await rows.refine({ epochs: 2 });
    expect(trials.map(({ remedy }) => remedy)).toEqual([
      "none",
      "augmentation (mixup 0.2)",
      "dropout 0.5",
      "L2 0.001",
      "L2 0.01",
      "moving average 0.99",
      "augmentation (mixup 0.2), L2 0.001",
      "dropout 0.5, L2 0.001",
      "dropout 0.5, L2 0.001, moving average 0.99",
    ]);
  });

  it("put augmentation, averages and limits into the settings that the kept network is trained again with", async () => {
    const { run, storage } = await trained(1);
    const remedy = { augment: [rotate(10)], average: ema({ decay: 0.9 }), maxNorm: 3, l2: 1e-4 };
    expect(remedyTitle(remedy)).toBe("augmentation (rotate 10), L2 0.0001, max-norm 3, moving average 0.9");
    const refined = await run.refine({ remedies: [remedy], epochs: 400 });
    expect(refined.kept).toBe(remedyTitle(remedy));
    const { training } = JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!)) as {
      training: object;
    };
    expect(training).toMatchObject({ augment: [rotate(10)], average: { kind: "ema", decay: 0.9 }, regularization: { maxNorm: 3, l2: 1e-4 } }); // prettier-ignore
    expect((await run.refine({ remedies: [remedy], epochs: 400 })).trials).toHaveLength(1);
  });
});

describe("the learning curve", () => {
  it("trains on an eighth, a quarter and a half three times, and says what twice the images would bring", async () => {
    const { run } = await trained(4);
    const before = await run.model();
    const heard: string[] = [];
    const curve = await run.learningCurve({ onEpoch: (part, { epoch }, { done, planned }) => heard.push(`${part}: ${epoch}, ${done}/${planned}`) }); // prettier-ignore
    expect(curve.points.map(({ images, values }) => [images, values.length])).toEqual([[5, 3], [11, 3], [21, 3], [42, 1]]);
    expect(heard).toHaveLength(36);
    expect(heard.at(-1)).toMatch(/^2[012] of 42 training images, draw 3: 4, 36\/36$/);
    expect(curve.twice!.images).toBe(84);
    expect(curve.twice!.gain).toBeGreaterThanOrEqual(0);
    expect(curve.twice!.interval[0]).toBeLessThanOrEqual(curve.twice!.interval[1]);
    expect((await run.model()).weights).toEqual(before.weights);
    const entries = await run.ledger();
    expect(entries.at(-1)).toMatchObject({ event: "learning curve", ...curve, validationLookUps: 4 + 36 });
    for (const stopAt of [1, 6, 17, 35]) {
      const { storage } = await trained(4);
      const controller = new AbortController();
      let seen = 0;
      const { signal } = controller;
      const onEpoch = () => ++seen === stopAt && controller.abort();
      await expect(openStudy({ storage, data }).learningCurve({ signal, onEpoch })).rejects.toThrow(/aborted/);
      const again = openStudy({ storage, data });
      expect(await again.learningCurve()).toEqual(curve);
      expect(plain(await again.ledger())).toEqual(plain(await run.ledger()));
      expect((await storage.list()).filter((name) => name.startsWith("refine/"))).toEqual([]);
    }
  });

  it("killed before every other write, comes to the same when it is gone on with; once it is on record, the next call removes what is left", async () => {
    const whole = await trained(4);
    await whole.run.learningCurve();
    let cleared = 0;
    for (let call = 1, isOver = false; !isOver; call += 2) {
      const { storage } = await trained(4);
      const writes = dying(storage, call);
      isOver = await openStudy({ storage: writes, data }).learningCurve().then(() => true, () => false); // prettier-ignore
      const again = openStudy({ storage, data });
      if ((await again.ledger()).at(-1)!.event !== "learning curve") await again.learningCurve();
      else if (!isOver) cleared++;
      await again.sets();
      expect(plain(await again.ledger())).toEqual(plain(await whole.run.ledger()));
      expect(await storage.list()).toEqual(await whole.storage.list());
    }
    expect(cleared).toBeGreaterThan(3);
  }, 120_000);
}); // prettier-ignore
