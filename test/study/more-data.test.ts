import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { joinDatasets } from "../../src/data/join.ts";
import { prepareNormalization } from "../../src/data/normalization.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { split } from "../../src/data/split.ts";
import { LeakageError, StudyStateError } from "../../src/errors.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { reportHtml } from "../../src/report/html.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { openStudy, study } from "../../src/study/study.ts";
import type { Study, StudyOptions, TrainRunOptions } from "../../src/study/options.ts";

/** Made-up heads whose patients are nobody else's. */
const heads = (count: number, seed: number): Dataset => {
  const set = phantoms({ count, seed });
  return { ...set, groups: set.groups!.map((name) => `${seed}, ${name}`) };
};

/** These images as an array of their own, their values changed. */
function changed(set: Dataset, change: (value: number) => number, groups: readonly string[] | null = set.groups) {
  const size = set.shape.reduce((product, length) => product * length, 1);
  const images = new Float32Array(set.length * size);
  for (let index = 0; index < set.length; index++) set.read(index, images, index * size);
  const { shape, labels, classes } = set;
  const labelValues = classes.map((_, k) => k);
  return arrayDataset({ images: images.map(change), shape, labels, labelValues, classes, groups });
}

const quick: TrainRunOptions = { epochs: 3, batchSize: 16, network: network([dense(4), relu(), dense(2)]) };

async function trained(run: Study, options: TrainRunOptions = quick) {
  const generator = run.train(options);
  for (;;) {
    const next = await generator.next();
    if (next.done) return next.value;
  }
}

const data = heads(120, 1);
const more = heads(40, 2);

/** The division of `data`, by hand. */
const members = split(data, { seed: 5, ratios: [0.7, 0.15, 0.15] });
const divided: DatasetSplit = {
  train: subset(data, members.train),
  validation: subset(data, members.validation),
  test: subset(data, members.test),
};

const begin = (options: Partial<StudyOptions>) => study({ data, moreData: more, seed: 5, ...options });
const splitOf = async (run: Study) => (await run.ledger()).find((entry) => entry.event === "split")!;

describe("a second set", () => {
  it("joins the training set alone: the other sets are those of a study without it, to the bit", async () => {
    const [joined, plain] = [await splitOf(begin({})), await splitOf(begin({ moreData: null }))];
    expect(joined.validation).toEqual(plain.validation);
    expect(joined.test).toEqual(plain.test);
    expect(joined.train.size).toBe(plain.train.size + 40);
    expect(joined.moreData).toEqual({ size: 40 });
    expect(plain).not.toHaveProperty("moreData");
  });

  it("trains to the weights of the joined set made by hand, for one dataset and for three sets", async () => {
    const wanted = await trained(
      begin({ data: { ...divided, train: joinDatasets([divided.train, more]) }, moreData: null }),
    );
    const runs = [begin({}), begin({ data: divided })];
    for (const run of runs) expect((await trained(run)).weightsSha256).toBe(wanted.weightsSha256);
    expect((await trained(begin({ moreData: null }))).weightsSha256).not.toBe(wanted.weightsSha256);
  });

  it("of three sets joins with all of them", async () => {
    const three = { train: subset(more, [0, 1, 2]), validation: subset(more, [3, 4]), test: subset(more, [5]) };
    const run = begin({ moreData: three });
    expect((await run.sets()).train).toBe(members.train.length + 6);
    const same = await trained(begin({ moreData: subset(more, [0, 1, 2, 3, 4, 5]) }));
    expect((await trained(run)).weightsSha256).toBe(same.weightsSha256);
  });

  it("may have a part of the classes: images of the rare one alone", async () => {
    const rare = more.labels!.findIndex((label) => label === 1);
    const ill = changed(subset(more, [rare]), (value) => value);
    const images = new Float32Array(1000);
    ill.read(0, images, 0);
    const tumours = arrayDataset({ images, shape: ill.shape, labels: [7], classes: ["tumour"], groups: ["another"] });
    const bare = changed(data, (value) => value);
    const run = begin({ data: bare, moreData: tumours });
    expect((await run.sets()).train).toBe(members.train.length + 1);
    const same = begin({ data: bare, moreData: ill });
    expect((await trained(run)).weightsSha256).toBe((await trained(same)).weightsSha256);
    // Its digest is over its label among all classes: as another class it is another image.
    const healthy = arrayDataset({ images, shape: ill.shape, labels: [7], classes: ["healthy"], groups: ["another"] });
    const storage = memoryStorage();
    await begin({ data: bare, moreData: tumours, storage }).sets();
    await expect(openStudy({ storage, data: bare, moreData: healthy }).sets()).rejects.toThrow(/train set: expected/);
    expect((await openStudy({ storage, data: bare, moreData: tumours }).sets()).train).toBe(members.train.length + 1);
  });

  it("is refused where its shape, classes or truth do not fit, and says so", async () => {
    const images = new Float32Array(2000);
    const of = (options: object) =>
      begin({ data: changed(data, Number), moreData: arrayDataset({ images, shape: [10, 10, 10], ...options }) });
    await expect(of({ shape: [10, 10, 5] }).sets()).rejects.toThrow(/second set: expected the shape 10, 10, 10 in/);
    await expect(of({ labels: [3, 4] }).sets()).rejects.toThrow(/expected the classes healthy, tumour in .*got 3, 4/);
    await expect(of({}).sets()).rejects.toThrow(/expected classes in every set or in none, .* not in another/);
  });
});

describe("the audit of a second set", () => {
  /** `more` with copies of these images of `data`, darker. */
  const leaking = (...images: number[]) =>
    joinDatasets([
      changed(more, Number),
      changed(
        subset(data, images),
        (value) => 0.9 * value,
        images.map((image) => `copy of ${image}`),
      ),
    ]);
  const bare = changed(data, Number);
  const { validation, test } = members;

  it("stops at a copy of a validation or test image, before anything is trained", async () => {
    for (const image of [validation[3], test[2]]) {
      const storage = memoryStorage();
      const run = begin({ data: bare, moreData: leaking(image), storage });
      await expect(trained(run)).rejects.toThrow(LeakageError);
      await expect(run.sets()).rejects.toThrow(/1 near copy \(train \d+ = (validation|test) \d+\)/);
      expect(await storage.list()).toEqual([]);
    }
  });

  it("drops the copies from the second set where told, and leaves the sealed test set as it is", async () => {
    const run = begin({ data: bare, moreData: leaking(validation[3], test[2]), leakage: "drop" });
    const clean = begin({ data: bare, moreData: changed(more, Number) });
    expect((await trained(run)).weightsSha256).toBe((await trained(clean)).weightsSha256);
    const [committed, wanted] = [await splitOf(run), await splitOf(clean)];
    expect(committed.moreData).toEqual({ size: 40 });
    expect(committed.test.sha256).toBe(wanted.test.sha256);
    expect(committed.validation.sha256).toBe(wanted.validation.sha256);
    expect(committed.train.sha256).toBe(wanted.train.sha256);
    const audited = (await run.ledger()).find((entry) => entry.event === "audited");
    expect(audited).toMatchObject({ pairs: { near: 2 }, dropped: { train: { size: 2 }, validation: { size: 0 } } });
  });

  it("takes a group of one name for one patient, unless patients may be mixed", async () => {
    const namesakes = { ...more, groups: data.groups!.slice(0, 40) };
    await expect(begin({ moreData: namesakes }).sets()).rejects.toThrow(/groups? in two sets/);
    expect((await begin({ moreData: namesakes, groupBy: null }).sets()).train).toBe(members.train.length + 40);
  });

  it("finds pixels and figures that were scaled by all of the first set, before the second one joined", async () => {
    const size = 1000;
    const all = new Float32Array(data.length * size);
    for (let index = 0; index < data.length; index++) data.read(index, all, index * size);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
    const scaled = (set: Dataset) => changed(set, (value) => (value - mean) / deviation);
    await expect(begin({ data: scaled(data), moreData: scaled(more) }).sets()).rejects.toThrow(/scaling/);
    const normalization = await prepareNormalization("zScore", data);
    await expect(trained(begin({}), { ...quick, normalization })).rejects.toThrow(/scaling/);
    const own = await prepareNormalization("zScore", joinDatasets([divided.train, more]));
    await trained(begin({}), { ...quick, normalization: own });
  });
});

describe("a study with a second set", () => {
  it("is stopped, resumed and tested with it, and its report names no path", async () => {
    const straight = await trained(begin({}));
    const storage = memoryStorage();
    const run = begin({ storage, source: "/home/anna/one.npz", moreSource: "/home/anna/two.npz" });
    const stop = new AbortController();
    let steps = 0;
    const onStep = () => {
      if (++steps === 9) stop.abort(new Error("enough"));
    };
    await expect(trained(run, { ...quick, signal: stop.signal, onStep })).rejects.toThrow("enough");
    const again = openStudy({ storage, data, moreData: more });
    expect((await trained(again, { resume: true })).weightsSha256).toBe(straight.weightsSha256);
    await again.refine({ remedies: [{ l2: 1e-3 }], folds: 2 });
    const report = await openStudy({ storage, data, moreData: more }).test({ pages: { "report.html": reportHtml } });
    expect(report.sets.train.size).toBe(members.train.length + 40);
    for (const name of await storage.list()) {
      const text = new TextDecoder().decode((await storage.read(name))!);
      expect([name, text.includes("anna")]).toEqual([name, name === "study.json"]);
      if (/report\.(md|html)/.test(name)) expect(text).toContain("40 came from a second set");
    }
  });

  it("is refused without it, with another, and a study without one is with one", async () => {
    const storage = memoryStorage();
    await trained(begin({ storage }));
    await expect(openStudy({ storage, data }).test()).rejects.toThrow(StudyStateError);
    await expect(openStudy({ storage, data }).sets()).rejects.toThrow(
      /second set: expected the one .*--more-data PATH/,
    );
    for (const other of [heads(40, 3), subset(more, [...Array(39).keys()])])
      await expect(openStudy({ storage, data, moreData: other }).test()).rejects.toThrow(
        /train set: expected the images/,
      );
    const plain = memoryStorage();
    await begin({ storage: plain, moreData: null }).sets();
    await expect(openStudy({ storage: plain, data, moreData: more }).sets()).rejects.toThrow(
      /second set: expected none/,
    );
  });

  it("killed before its sets are on record, is divided again with it", async () => {
    const storage = memoryStorage();
    const dying: Storage = {
      ...storage,
      append: (name, bytes) =>
        new TextDecoder().decode(bytes).includes('"split"')
          ? Promise.reject(new Error("power cut"))
          : storage.append(name, bytes),
    };
    await expect(begin({ storage: dying }).sets()).rejects.toThrow("power cut");
    await expect(openStudy({ storage, data }).sets()).rejects.toThrow(/second set/);
    const again = openStudy({ storage, data, moreData: more });
    const bare = ({ index: _, time: __, previous: ___, ...rest }: Awaited<ReturnType<typeof splitOf>>) => rest;
    expect(bare(await splitOf(again))).toEqual(bare(await splitOf(begin({}))));
  });
});
