import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  adam, arrayDataset, cutout, dense, DivergenceError, dropout, FormatError, LeakageError, memoryStorage, network, openStudy,
  phantoms, predict, relu, rotate, saliency, saveModel, SealedTestSetError, sgd, study, StudyStateError,
} from "../../src/index.ts"; // prettier-ignore
import type { Epoch, LedgerEntry, Study, TrainOptions, TrainingResult } from "../../src/index.ts";
import { folderStorage, writeNpz } from "../../src/io.ts";
import type { Remote, RemoteStudy, RemoteTrainOptions } from "../../src/worker/remote.ts";
import { connectInProcess } from "./in-process.ts";

const described = { phantoms: { count: 80, seed: 7, size: [6, 6, 6] } };
const data = phantoms(described.phantoms);
const layers = [dense(16), relu(), dropout(0.3), dense(2)];
const training: TrainOptions = {
  network: network(layers),
  optimizer: adam({ learningRate: 3e-3 }),
  augment: [rotate(10), cutout(0.2)],
  epochs: 3,
  batchSize: 8,
  patience: null,
};

async function all(
  epochs: AsyncGenerator<Epoch, TrainingResult>,
): Promise<{ epochs: Epoch[]; result: TrainingResult }> {
  const seen: Epoch[] = [];
  for (;;) {
    const { done, value } = await epochs.next();
    if (done) return { epochs: seen, result: value };
    seen.push(value);
  }
}

/** Without what differs from run to run: seconds, moments, and the hashes that chain them. */
function timeless(value: unknown): unknown {
  const bare = (key: string, each: unknown) => (/^(seconds|hash|previous)$/.test(key) ? 0 : each);
  const moments = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)/g;
  return JSON.parse(JSON.stringify(value, bare).replace(moments, "then"));
}

let remote: Remote;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-worker-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => remote.end());

describe.each([["with memory to share", true], ["without", false]] as const)("a study in a worker, %s", (_, shared) => {
  it("gives what it gives without one, to the last bit: epochs, result, search, curve, report, model, ledger", async () => {
    ({ remote } = await connectInProcess(shared));
    const there = await remote.study({ data: described, seed: 5 });
    const here = study({ data, seed: 5 });
    expect(await there.sets()).toEqual(await here.sets());
    const [one, other] = [await all(there.train(training)), await all(here.train(training))];
    expect(timeless(one)).toEqual(timeless(other));
    const search = { remedies: [{ dropout: 0.5 }, { l2: 1e-3 }], epochs: 2 };
    const heard: string[] = [];
    const refined = await there.refine({ ...search, onEpoch: (remedy, { epoch }, { done, planned }) => heard.push(`${remedy} ${epoch} ${done}/${planned}`) }); // prettier-ignore
    const wanted: string[] = [];
    const refinedHere = await here.refine({ ...search, onEpoch: (remedy, { epoch }, { done, planned }) => wanted.push(`${remedy} ${epoch} ${done}/${planned}`) }); // prettier-ignore
    expect(timeless(refined)).toEqual(timeless(refinedHere));
    expect(heard).toEqual(wanted);
    expect(heard.length).toBeGreaterThan(2);
    expect(timeless(await there.learningCurve())).toEqual(timeless(await here.learningCurve()));
    const model = await there.model();
    expect(saveModel(model)).toEqual(saveModel(await here.model()));
    const report = await there.test({ pages: { "report.html": "html", "short.txt": ({ seed }) => `seed ${seed}` } });
    expect(timeless(report)).toEqual(timeless(await here.test()));
    const withoutReports = async (run: Study | RemoteStudy) =>
      (await run.ledger()).map((entry) => ({ ...entry, reports: null })); // hashes of files that say when
    expect(timeless(await withoutReports(there))).toEqual(timeless(await withoutReports(here)));
    expect(new TextDecoder().decode((await there.read("report.html")) ?? undefined)).toMatch(/^<!doctype html>/i);
    expect(new TextDecoder().decode((await there.read("short.txt")) ?? undefined)).toBe("seed 5");
    expect(await there.files()).toEqual(expect.arrayContaining(["ledger.jsonl", "model.safetensors", "report.html"]));
    expect(await there.read("nothing.txt")).toBeNull();
    await expect(there.test()).rejects.toThrow(SealedTestSetError);
    expect((await there.test({ reopen: "to see whether reasons arrive" })).testSet.size).toBe(report.testSet.size);
    const few = { phantoms: { count: 4, seed: 8, size: [6, 6, 6] } };
    expect(await remote.predict(model, few)).toEqual(await predict(model, phantoms(few.phantoms)));
    const drawn = { samples: 4, seed: 2 };
    expect(await remote.predict(model, few, drawn)).toEqual(await predict(model, phantoms(few.phantoms), drawn));
    expect(await remote.saliency(model, few, [0, 2])).toEqual(await saliency(model, phantoms(few.phantoms), [0, 2]));
    expect((await remote.occlusion(model, few, 1, { size: 3 })).shape).toEqual([6, 6, 6]);
  });

  it("stops within a step when its signal is aborted, keeps its state, and goes on from there to the same bits", async () => {
    ({ remote } = await connectInProcess(shared));
    const storage = { folder: join(folder, `abort ${shared}`) };
    const run = await remote.study({ data: described, seed: 5, storage });
    const controller = new AbortController();
    const reason = new Error("enough");
    let epochs = 0;
    const stopped = (async () => {
      for await (const { epoch } of run.train({ ...training, epochs: 200, signal: controller.signal })) {
        epochs = epoch;
        if (epoch === 2) controller.abort(reason);
      }
    })();
    await expect(stopped).rejects.toBe(reason);
    expect(epochs).toBeLessThan(100);
    const [last] = (await run.ledger()).slice(-1) as [LedgerEntry & { event: "interrupted" }];
    expect(last.event).toBe("interrupted");
    remote.end();
    ({ remote } = await connectInProcess(shared));
    const again = await remote.openStudy({ data: described, storage });
    const short = { ...training, epochs: last.epochs + 2 };
    // The settings it was begun with are gone on with: to compare, a whole run is trained to the same epochs, and left.
    const resumed = again.train({ resume: true, ahead: 0 });
    const whole = study({ data, seed: 5 }).train({ ...training, epochs: 200 });
    let [one, other] = [await resumed.next(), await whole.next()];
    while ((other.value as Epoch).epoch < last.epochs + 1) other = await whole.next();
    while ((one.value as Epoch).epoch < short.epochs) [one, other] = [await resumed.next(), await whole.next()];
    expect(timeless(one)).toEqual(timeless(other));
    await resumed.return(undefined as never);
    await whole.return(undefined as never);
  });

  it("stands when it is paused, and goes on to the same bits; twice, and aborted while it stands", async () => {
    const { remote: connected, answered } = await connectInProcess(shared);
    remote = connected;
    const run = await remote.study({ data: described, seed: 5 });
    const steps: number[] = [];
    const epochs = run.train({ ...training, epochs: 12, onStep: (images) => steps.push(images) });
    const first = await epochs.next();
    for (let i = 0; i < 2; i++) {
      await run.pause();
      const before = answered.length;
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(answered.slice(before)).toEqual([]);
      await run.resume();
    }
    const rest = await all(epochs);
    const whole = await all(study({ data, seed: 5 }).train({ ...training, epochs: 12 }));
    expect(timeless([(first.value as Epoch), ...rest.epochs])).toEqual(timeless(whole.epochs)); // prettier-ignore
    expect(rest.result.weightsSha256).toBe(whole.result.weightsSha256);
    expect(steps.length).toBeGreaterThan(0);
    await run.pause();
    const controller = new AbortController();
    const stopped = run.train({ ...training, epochs: 5, signal: controller.signal }).next();
    await run.pause();
    controller.abort();
    await expect(stopped).rejects.toBe(controller.signal.reason);
    await run.resume();
  });

  it("pauses and aborts a search for remedies, which goes on from there to the same end", async () => {
    ({ remote } = await connectInProcess(shared));
    const run = await remote.study({ data: described, seed: 5 });
    await all(run.train(training));
    const controller = new AbortController();
    const options = { remedies: [{ dropout: 0.5 }, { l2: 1e-3 }], epochs: 6 };
    let heard = 0;
    const stopped = run.refine({ ...options, signal: controller.signal, onEpoch: () => void heard++ });
    await run.pause();
    const before = heard;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(heard).toBeLessThanOrEqual(before + 1);
    controller.abort();
    await expect(stopped).rejects.toBe(controller.signal.reason);
    await run.resume();
    const here = study({ data, seed: 5 });
    await all(here.train(training));
    expect(timeless(await run.refine(options))).toEqual(timeless(await here.refine(options)));
  });
}); // prettier-ignore

describe("a loop over epochs in a worker", () => {
  const left = async (run: Study | RemoteStudy, options: RemoteTrainOptions, after: number) => {
    for await (const { epoch } of run.train(options)) if (epoch === after) break;
    return (await run.ledger()).findLast(({ event }) => event === "training ended") as LedgerEntry & { event: "training ended" }; // prettier-ignore
  };

  it("that is left ends training right there with ahead: 0, as without a worker", async () => {
    ({ remote } = await connectInProcess());
    const run = await remote.study({ data: described, seed: 5 });
    const there = await left(run, { ...training, epochs: 40, ahead: 0 }, 2);
    const here = await left(study({ data, seed: 5 }), { ...training, epochs: 40 }, 2);
    expect(timeless(there)).toEqual(timeless(here));
    expect(there.epochs).toBe(2);
    // The lock is given back: it is trained again.
    expect((await all(run.train(training))).epochs).toHaveLength(3);
  });

  it("that is left ends training soon with epochs ahead, and what was best is kept", async () => {
    ({ remote } = await connectInProcess());
    const run = await remote.study({ data: described, seed: 5 });
    const { epochs } = await left(run, { ...training, epochs: 200, ahead: 3 }, 2);
    expect(epochs).toBeGreaterThanOrEqual(2);
    expect(epochs).toBeLessThanOrEqual(2 + 3 + 1);
    expect((await run.test()).metrics.accuracy.value).not.toBeNaN();
  });

  it("is not waited for, but no more than `ahead` epochs", async () => {
    const { remote: connected, answered } = await connectInProcess();
    remote = connected;
    const run = await remote.study({ data: described, seed: 5 });
    const epochs = run.train({ ...training, epochs: 30, ahead: 4 });
    await epochs.next();
    const told = () => answered.filter((message) => message.kind === "event" && message.name === "epoch").length;
    while (told() < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    await run.pause(); // stands already: it waits for the loop
    expect(told()).toBe(5);
    await run.resume();
    const rest = await all(epochs);
    expect(rest.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 29 }, (_, i) => i + 2));
  });

  it("refuses an `ahead` that is no number of epochs", async () => {
    ({ remote } = await connectInProcess());
    const run = await remote.study({ data: described });
    await expect(run.train({ ahead: -1 }).next()).rejects.toThrow(/^ahead: expected a whole number of epochs/);
  });
});

describe("data for a worker", () => {
  const images = Float32Array.from({ length: 40 * 9 }, (_, i) => (i * 7919) % 251);
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 2);
  const options = { network: network([dense(4), relu(), dense(2)]), epochs: 2, optimizer: sgd({ learningRate: 0.01 }) };
  const hash = async (run: Study | RemoteStudy) => (await all(run.train(options))).result.weightsSha256;

  it("is arrays, which are copied, or moved if asked", async () => {
    ({ remote } = await connectInProcess());
    const wanted = await hash(
      study({ data: arrayDataset({ images: images.slice(), shape: [3, 3], labels }), seed: 3 }),
    );
    const copied = { arrays: { images, shape: [3, 3], labels } };
    expect(await hash(await remote.study({ data: copied, seed: 3 }))).toBe(wanted);
    expect(images).toHaveLength(360);
    const moved = images.slice();
    const data = { arrays: { images: moved, shape: [3, 3], labels: labels.slice() }, transfer: true };
    expect(await hash(await remote.study({ data, seed: 3 }))).toBe(wanted);
    expect(moved).toHaveLength(0);
    const shared = new Float32Array(new SharedArrayBuffer(4 * 360));
    shared.set(images);
    const together = { arrays: { images: shared, shape: [3, 3], labels: labels.slice() }, transfer: true };
    expect(await hash(await remote.study({ data: together, seed: 3 }))).toBe(wanted);
    expect(shared).toHaveLength(360);
  });

  it("is three sets, a second set, an .npz by path, URL, Blob and bytes, or a folder", async () => {
    ({ remote } = await connectInProcess());
    const set = (count: number, seed: number) => ({ phantoms: { count, seed, size: [4, 4, 4] } });
    const three = { train: set(30, 1), validation: set(10, 2), test: set(10, 3) };
    const here = { train: phantoms(three.train.phantoms), validation: phantoms(three.validation.phantoms), test: phantoms(three.test.phantoms) }; // prettier-ignore
    expect(await hash(await remote.study({ data: three, leakage: "allow" }))).toBe(await hash(study({ data: here, leakage: "allow" }))); // prettier-ignore
    const more = await remote.study({ data: three, moreData: set(20, 4), leakage: "allow" });
    expect((await more.sets()).train).toBe(50);
    const bytes = await writeNpz({ images: { shape: [40, 3, 3], data: images }, labels: { shape: [40], data: new Uint8Array(labels) } }); // prettier-ignore
    const file = join(folder, "set.npz");
    await writeFile(file, bytes);
    const sources = [file, pathToFileURL(file), new Blob([bytes]), bytes, `data:application/zip;base64,${Buffer.from(bytes).toString("base64")}`]; // prettier-ignore
    const hashes = [];
    for (const npz of sources) hashes.push(await hash(await remote.study({ data: { npz }, seed: 3 })));
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    await expect(remote.study({ data: { folder: join(folder, "none") } })).rejects.toThrow(FormatError);
    await expect(remote.study({ data: { npz: join(folder, "none.npz") } })).rejects.toThrow(FormatError);
  });

  it("is refused where it cannot be sent or is no description", async () => {
    ({ remote } = await connectInProcess());
    await expect(remote.study({ data: data as never })).rejects.toThrow(/^data: expected a description of the data, got a dataset/);
    await expect(remote.study({ data: { scans: 3 } as never })).rejects.toThrow(/^data: expected a description of the data, .* got \{ scans \}/);
    await expect(remote.study({ data: null as never })).rejects.toThrow(/^data: .* got null/);
    await expect(remote.study({ data: described, storage: memoryStorage() as never })).rejects.toThrow(/^storage: .* made here/);
    await expect(remote.study({ data: described, storage: { disk: "a" } as never })).rejects.toThrow(/^storage: expected "memory"/);
    await expect(remote.study({ data: described, storage: { opfs: "lung" } }).then((run) => run.sets())).rejects.toThrow(/only a (worker of a )?browser has such/);
    const three = { train: described, validation: described, test: described };
    const run = await remote.study({ data: described });
    await all(run.train({ ...training, epochs: 1 }));
    await expect(remote.predict(await run.model(), three)).rejects.toThrow(/^data: expected one set of images, got three/);
    await expect(run.train({ augment: [{ kind: "rotate", draw: () => 1 }] as never }).next()).rejects.toThrow(/^train\.augment\[0\]\.draw: /);
  }); // prettier-ignore
});

describe("errors of a worker", () => {
  it("are those of the library, with what they say besides", async () => {
    ({ remote } = await connectInProcess());
    const run = await remote.study({ data: described, seed: 5 });
    await expect(run.test()).rejects.toThrow(StudyStateError);
    await expect(run.train({ epochs: 0 }).next()).rejects.toThrow(RangeError);
    const diverged = await all(run.train({ ...training, optimizer: sgd({ learningRate: 1e30 }) })).catch((error: unknown) => error); // prettier-ignore
    expect(diverged).toBeInstanceOf(DivergenceError);
    expect((diverged as DivergenceError).at.epoch).toBe(1);
    const pixels = Uint8Array.from({ length: 12 * 16 }, (_, i) => (i * 31) % 251);
    const set = { arrays: { images: pixels, shape: [4, 4], labels: Array.from({ length: 12 }, (_, i) => i % 2) } };
    const leaking = await remote.study({ data: { train: set, validation: set, test: set } });
    const leaked = await leaking.sets().catch((error: unknown) => error);
    expect(leaked).toBeInstanceOf(LeakageError);
    expect((leaked as LeakageError).pairs.length).toBeGreaterThan(0);
    await all(run.train({ ...training, epochs: 1 }));
    await run.test();
    await expect(run.test()).rejects.toThrow(SealedTestSetError);
    const place = join(folder, "begun");
    const begun = study({ data, storage: folderStorage(place) });
    await begun.sets();
    const second = await remote.study({ data: described, storage: { folder: place } });
    await expect(second.sets()).rejects.toThrow(StudyStateError);
    const opened = await remote.openStudy({ data: described, storage: { folder: place } });
    expect(await opened.sets()).toEqual(await openStudy({ data, storage: folderStorage(place) }).sets());
  });

  it("are found by verifying, which changes nothing", async () => {
    ({ remote } = await connectInProcess());
    const storage = { folder: join(folder, "verified") };
    const run = await remote.study({ data: described, seed: 5, storage });
    await all(run.train(training));
    const epochs: number[] = [];
    const replay = { storage, data: described, replay: true, onEpoch: ({ epoch }: Epoch) => void epochs.push(epoch) };
    expect(await remote.verifyStudy(replay)).toEqual({ valid: true, problems: [], unchecked: [] });
    expect(epochs).toEqual([1, 2, 3]);
    const controller = new AbortController();
    controller.abort();
    await expect(remote.verifyStudy({ ...replay, signal: controller.signal })).rejects.toBe(controller.signal.reason);
    await writeFile(join(storage.folder, "seal.json"), "{}");
    const { valid, problems } = await remote.verifyStudy({ storage });
    expect([valid, problems[0].file]).toEqual([false, "seal.json"]);
  });

  it("go on hearing: a call that failed leaves the worker as it was", async () => {
    ({ remote } = await connectInProcess());
    const run = await remote.study({ data: described, seed: 5 });
    await expect(run.read("../outside")).rejects.toThrow(RangeError);
    expect(await run.files()).toEqual([]);
  });
});
