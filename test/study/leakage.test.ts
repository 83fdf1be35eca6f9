import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { LeakageError, StudyStateError } from "../../src/errors.ts";
import { dense } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { markdownOf } from "../../src/report/markdown.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { decodeIds, encodeIds } from "../../src/study/members.ts";
import { openStudy, study } from "../../src/study/study.ts";
import type { Study } from "../../src/study/options.ts";

const shape = [10, 10, 10];
const size = 1000;

/** Images of phantoms: of each [seed, index], brighter by a factor and with a group, if it has one. */
function made(list: readonly { from: readonly [number, number]; factor?: number; group?: string }[]): Dataset {
  const images = new Float32Array(list.length * size);
  const labels = list.map(({ from: [seed, index], factor = 1 }, i) => {
    const source = sources[seed] ?? (sources[seed] = phantoms({ count: 60, seed }));
    const image = images.subarray(i * size, (i + 1) * size);
    source.read(index, image, 0);
    for (let k = 0; k < size; k++) image[k] = factor * image[k] + (factor === 1 ? 0 : 5);
    return source.labels![index];
  });
  const groups = list.some(({ group }) => group) ? list.map(({ group }, i) => group ?? `own ${i} ${list[i].from.join()}`) : null; // prettier-ignore
  return arrayDataset({ images, shape, labels, labelValues: [0, 1], groups });
}
const sources: Record<number, Dataset> = {};

const plain = (seed: number, count: number) => Array.from({ length: count }, (_, i) => ({ from: [seed, i] as const }));

/** train 2 = validation 9 (exact), train 5 ~ test 8 (near), validation 1 ~ test 9 (near). */
const leaking = (): DatasetSplit => ({
  train: made(plain(1, 20)),
  validation: made([...plain(2, 9), { from: [1, 2] }]),
  test: made([...plain(3, 8), { from: [1, 5], factor: 1.4 }, { from: [2, 1], factor: 0.7 }]),
});

async function exhaust(epochs: AsyncGenerator): Promise<void> {
  while (!(await epochs.next()).done);
}

async function trained(run: Study): Promise<Study> {
  await exhaust(run.train({ network: network([dense(2)]), epochs: 1 }));
  return run;
}

describe("a study of three sets that leak into one another", () => {
  it("stops before training, counts and names the pairs, and says what to do", async () => {
    const storage = memoryStorage();
    const run = study({ data: leaking(), storage });
    const error = await trained(run).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LeakageError);
    expect((error as LeakageError).message).toMatch(
      /got 1 exact copy \(train 2 = validation 9\); 2 near copies \(train 5 = test 8, validation 1 = test 9\)\. .*--leakage drop, or leakage: "drop"/,
    );
    expect((error as LeakageError).pairs).toHaveLength(3);
    expect(await storage.list()).toEqual([]);
  });

  it("stops by default at copies of validation images too", async () => {
    const { train, validation, test } = leaking();
    // Without the two pairs that concern the test set.
    const keep = (set: Dataset, without: readonly number[]) =>
      subset(
        set,
        Int32Array.from({ length: set.length }, (_, i) => i).filter((i) => !without.includes(i)),
      );
    const data = { train: keep(train, [5]), validation: keep(validation, [1]), test };
    await expect(study({ data }).sets()).rejects.toThrow(/got 1 exact copy \(train 2 = validation 8\)/);
  });

  it("told to drop, leaves out the training side, or the validation side of a pair with test, and records it", async () => {
    const storage = memoryStorage();
    const data = leaking();
    const run = study({ data, storage, leakage: "drop" });
    expect(await run.sets()).toEqual({ train: 18, validation: 9, test: 10 });
    const [, audited, split] = await run.ledger();
    if (audited.event !== "audited" || split.event !== "split")
      throw new TypeError("expected the audit, then the split");
    expect(audited).toMatchObject({
      leakage: "drop",
      threshold: 0.98,
      pairs: { exact: 1, label: 0, near: 2, flipped: 0, group: 0, statistics: 0 },
      images: { train: 2, validation: 2, test: 2 },
      dropped: { train: { size: 2 }, validation: { size: 1 } },
    });
    expect([...decodeIds("train", audited.dropped!.train.ids, 20)]).toEqual([2, 5]);
    expect([...decodeIds("validation", audited.dropped!.validation.ids, 10)]).toEqual([1]);
    expect([...decodeIds("train", split.train.ids, 20)]).toEqual([
      0,
      1,
      3,
      4,
      ...Array.from({ length: 14 }, (_, i) => i + 6),
    ]);
    const report = await (await trained(run)).test();
    expect(report.warnings.join()).not.toMatch(/leak/);
    expect(report.sets.train.size).toBe(18);
  });

  it("told to allow, goes on, and the report's first warning says so with the counts", async () => {
    const run = await trained(study({ data: leaking(), leakage: "allow" }));
    const report = await run.test();
    expect(report.testSet.size).toBe(10);
    expect(report.warnings[0]).toMatch(
      /^The sets leak into one another, and the study was told to go on: 2 of 10 test images and 2 of 10 validation images .*\(pairs: exact 1, near 2\)/,
    );
    expect(markdownOf(report).split("\n").slice(0, 6).join("\n")).toMatch(/The sets leak into one another/);
  });

  it("of shared patients drops every image of the patient on the training side", async () => {
    const data = {
      train: made([...plain(1, 12).map((one, i) => ({ ...one, group: i % 3 === 0 ? "anna" : `train ${i}` }))]),
      validation: made(plain(2, 10).map((one, i) => ({ ...one, group: `validation ${i}` }))),
      test: made(plain(3, 10).map((one, i) => ({ ...one, group: i === 0 ? "anna" : `test ${i}` }))),
    };
    await expect(study({ data }).sets()).rejects.toThrow(
      /got 1 group in two sets \("anna" in train and test\)\. .*leakage: "drop"/,
    );
    expect(await study({ data, groupBy: null }).sets()).toEqual({ train: 12, validation: 10, test: 10 });
    const dropped = study({ data, leakage: "drop" });
    expect(await dropped.sets()).toEqual({ train: 8, validation: 10, test: 10 });
    expect((await dropped.ledger())[1]).toMatchObject({
      pairs: { group: 1 },
      images: { train: 4, validation: 0, test: 1 },
    });
  });

  it("says which set has no image of a class left when the copies are left out", async () => {
    const test = made(plain(3, 20));
    const copies = Array.from({ length: 20 }, (_, i) => ({ from: [3, i] as const }));
    const data = { train: made(copies), validation: made(plain(2, 10)), test };
    await expect(study({ data, leakage: "drop" }).sets()).rejects.toThrow(
      /train set: expected images, got none: all were left out as copies/,
    );
  });
});

describe("a study that divides its data", () => {
  /** 60 phantoms, the patients not named, and a brighter copy of each of the first ten. */
  const doubled = (named: boolean) =>
    made([
      ...Array.from({ length: 50 }, (_, i) => ({ from: [4, i] as const, ...(named ? { group: `p${i >> 1}` } : {}) })),
      ...Array.from({ length: 10 }, (_, i) => ({
        from: [4, i] as const,
        factor: 1.3,
        ...(named ? { group: `q${i}` } : {}),
      })),
    ]);

  it("of phantoms, whose second scans are of named patients, does not stop", async () => {
    const run = study({ data: phantoms({ count: 300, seed: 7 }), seed: 7 });
    expect(await run.sets()).toMatchObject({ train: 210 });
    expect((await run.ledger())[1]).toMatchObject({
      pairs: { exact: 0, label: 0, near: 0, flipped: 0, group: 0, statistics: 0 },
    });
  });

  it.each([false, true])(
    "stops where near copies came into two sets, and does not with groupBy: similarity (patients named: %j)",
    async (named) => {
      const data = doubled(named);
      await expect(study({ data, seed: 2 }).sets()).rejects.toThrow(LeakageError);
      const storage = memoryStorage();
      const run = study({ data, seed: 2, groupBy: "similarity", storage });
      const sizes = await run.sets();
      expect(sizes.train + sizes.validation + sizes.test).toBe(60);
      const split = (await run.ledger())[2];
      if (split.event !== "split") throw new TypeError("expected the split");
      const setOf = new Int8Array(60);
      (["train", "validation", "test"] as const).forEach((name, k) =>
        decodeIds(name, split[name].ids, 60).forEach((i) => (setOf[i] = k)),
      );
      for (let i = 0; i < 10; i++) {
        expect(setOf[50 + i]).toBe(setOf[i]);
        if (named) expect(setOf[i ^ 1]).toBe(setOf[i]);
      }
      expect(split.imbalance).toBeGreaterThanOrEqual(0);
      expect(split.imbalance).toBeLessThan(0.3);
      expect(await openStudy({ storage, data }).sets()).toEqual(sizes);
    },
  );

  it("opened again takes its sets from the ledger, dropped images left out, and trains to the same bits", async () => {
    const storages = [memoryStorage(), memoryStorage()];
    const data = doubled(false);
    const hashes = [];
    for (const storage of storages) {
      await study({ data, seed: 2, leakage: "drop", storage }).sets();
      const again = await trained(openStudy({ storage, data }));
      expect((await again.ledger()).map(({ event }) => event)).toEqual(["created", "audited", "split", "training started", "training ended"]); // prettier-ignore
      hashes.push(
        (await again.ledger()).flatMap((entry) => (entry.event === "training ended" ? [entry.weightsSha256] : [])),
      );
    }
    expect(hashes[1]).toEqual(hashes[0]);
    const fewer = phantoms({ count: 60 - 8, seed: 4 });
    await expect(openStudy({ storage: storages[0], data: fewer }).sets()).rejects.toThrow(StudyStateError);
  });

  it("killed between two of its first lines is prepared again, to the same lines", async () => {
    const data = doubled(false);
    const whole = memoryStorage();
    await study({ data, seed: 2, leakage: "drop", storage: whole }).sets();
    const lines = new TextDecoder()
      .decode((await whole.read("ledger.jsonl"))!)
      .trimEnd()
      .split("\n");
    for (const count of [0, 1, 2]) {
      const storage = memoryStorage();
      await storage.write("study.json", (await whole.read("study.json"))!);
      await storage.write(
        "ledger.jsonl",
        new TextEncoder().encode(
          lines
            .slice(0, count)
            .map((line) => line + "\n")
            .join(""),
        ),
      );
      // Killed once the line was sealed, or before.
      const sealed = count === 2 ? 1 : count;
      const head =
        sealed === 0
          ? "0".repeat(64)
          : createHash("sha256")
              .update(lines[sealed - 1])
              .digest("hex");
      const seal = JSON.stringify({ version: 1, lines: sealed, head });
      await storage.write("seal.json", new TextEncoder().encode(seal));
      await openStudy({ storage, data }).sets();
      const bare = (entry: object) => ({ ...entry, time: "", previous: "" });
      expect((await openStudy({ storage, data }).ledger()).map(bare)).toEqual(
        (await openStudy({ storage: whole, data }).ledger()).map(bare),
      );
    }
  });
});

describe("the numbers of images in the ledger", () => {
  it("are read as they were written; 100,000 of them take less than 17,000 characters", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(fc.nat(299)), (length, drawn) => {
        const ids = Int32Array.from(new Set(drawn.filter((id) => id < length))).sort();
        expect(decodeIds("train", encodeIds(ids, length), length)).toEqual(ids);
        expect(() => decodeIds("train", encodeIds(ids, length), length + 8)).toThrow(StudyStateError);
      }),
    );
    expect(
      encodeIds(
        Int32Array.from({ length: 70000 }, (_, i) => i),
        100000,
      ).length,
    ).toBeLessThan(17000);
  });
});

describe("class weights in a study", () => {
  it("balanced: those of the training set are in the settings, and training goes by them", async () => {
    const labels = (set: Dataset) => set.labels!;
    const images = plain(5, 60).sort(
      (a, b) =>
        labels(phantoms({ count: 60, seed: 5 }))[a.from[1]] - labels(phantoms({ count: 60, seed: 5 }))[b.from[1]],
    );
    const data = made(images.slice(0, 45));
    const storage = memoryStorage();
    const run = study({ data, storage, leakage: "drop" });
    await exhaust(run.train({ network: network([dense(2)]), epochs: 1, classWeights: "balanced" }));
    const { training } = JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!)) as {
      training: { loss: { classWeights: number[] } };
    };
    const { train } = await run.sets();
    const [a, b] = training.loss.classWeights;
    // n / (2 n_a) + n / (2 n_b) with n_a + n_b = n:  1 / (2 a) + 1 / (2 b) = 1
    expect(1 / (2 * a) + 1 / (2 * b)).toBeCloseTo(1, 12);
    expect(train / (2 * a)).toBeCloseTo(Math.round(train / (2 * a)), 9);
    expect(a).not.toBe(b);
    const even = study({ data, leakage: "drop" });
    await exhaust(even.train({ network: network([dense(2)]), epochs: 1 }));
    expect((await even.ledger()).at(-1)).not.toMatchObject({
      weightsSha256: ((await run.ledger()).at(-1) as { weightsSha256: string }).weightsSha256,
    });
  });

  it("are refused where they do not fit the classes or the loss", async () => {
    const data = phantoms({ count: 60, seed: 3 });
    await expect(
      study({ data })
        .train({ classWeights: [1, 2, 3] })
        .next(),
    ).rejects.toThrow(/expected 2 weights, one for each class, got 3/);
    await expect(study({ data, task: "segmentation" }).train({ classWeights: "balanced" }).next()).rejects.toThrow(
      /expected the loss softmaxCrossEntropy, got sigmoidDice/,
    );
  });
});
