import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset, DatasetSplit } from "../../src/data/dataset.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createDesk } from "../../src/study/desk.ts";
import { openStudy, study } from "../../src/study/study.ts";
import type { Study } from "../../src/study/options.ts";
import { sgd } from "../../src/train/optimizer.ts";
import { copyOf, quick, trainAll } from "./small-study.ts";

/** Pixels of the test set: this and the numbers above it stand nowhere else. */
const sentinel = 7654321;

/** Float images of 3x3; those of the test set are told by their pixels. */
function set(count: number, seed: number, isTest: boolean): Dataset {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const images = Float32Array.from({ length: 9 * count }, (_, i) =>
    isTest ? sentinel + (i % 7) : 3 * labels[Math.floor(i / 9)] + next(),
  );
  return arrayDataset({ images, shape: [3, 3], labels, masks: images.map((_, i) => i % 2) });
}

const isSentinel = (value: number) => value >= sentinel && value < sentinel + 7;

/** Everything that can be reached from a value: properties, symbols, prototypes, entries, buffers, what iterators yield. */
function reach(root: unknown, see: (value: unknown, path: string) => void): void {
  const seen = new Set<unknown>();
  const waiting: [unknown, string][] = [[root, "it"]];
  const skipped = new Set<unknown>([
    Object.prototype,
    Function.prototype,
    Array.prototype,
    Error.prototype,
    globalThis,
  ]);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [value, path] = next;
    see(value, path);
    if ((typeof value !== "object" && typeof value !== "function") || value === null) continue;
    if (seen.has(value) || skipped.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) waiting.push([value.buffer, `${path}.buffer`]);
    if (value instanceof Map || value instanceof Set) waiting.push([[...value], `${path}[]`]);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) continue;
    waiting.push([Object.getPrototypeOf(value), `${path}.__proto__`]);
    for (const key of Reflect.ownKeys(value)) {
      let inner: unknown;
      try {
        inner = (value as Record<PropertyKey, unknown>)[key];
      } catch {
        continue;
      }
      waiting.push([inner, `${path}.${String(key)}`]);
    }
  }
}

/** Fails where a number, a text or a buffer has a pixel of the test set, or its labels as an array. */
function expectNothingOf(test: Dataset, root: unknown): void {
  const labels = (test.labels ?? []).join();
  reach(root, (value, path) => {
    if (typeof value === "number" && isSentinel(value)) throw new Error(`${path} is a test pixel`);
    if (typeof value === "string" && /765432[1-7]/.test(value)) throw new Error(`${path} names a test pixel: ${value}`);
    if (Array.isArray(value) || value instanceof Int32Array)
      if (value.length === test.length && value.join() === labels) throw new Error(`${path} has the test labels`);
    if (value instanceof ArrayBuffer && value.byteLength % 4 === 0) {
      if (new Float32Array(value).some(isSentinel)) throw new Error(`${path} has test pixels`);
      if (new Int32Array(value).join().includes(labels)) throw new Error(`${path} has the test labels`);
    }
  });
}

/** Labels of 30 images whose order stands nowhere else. */
const marked = (count: number, seed: number) => {
  const plain = set(count, seed, true);
  const labels = Int32Array.from({ length: count }, (_, i) => Number(((i * 2654435761) >>> 7) % 3 === 0));
  return { ...plain, labels } as Dataset;
};

const sets = (): DatasetSplit => ({ train: set(60, 1, false), validation: set(30, 2, false), test: marked(30, 3) });

async function filesOf(storage: Storage) {
  const files = new Map<string, Uint8Array>();
  for (const name of await storage.list()) files.set(name, (await storage.read(name))!);
  return files;
}

describe("the test set's pixels and labels", () => {
  it("would be found: the walk sees them in buffers, texts, arrays, maps and closures' properties", () => {
    const test = marked(30, 3);
    const image = new Float32Array(20);
    test.read(4, image, 3);
    const hidden: unknown[] = [
      { deep: [new Map([["a", image.subarray(0, 1)]])] },
      Object.assign(() => 0, { note: `image of ${sentinel + 2}` }),
      new Error("wrong", { cause: { value: sentinel } }),
      { labels: [...test.labels!] },
      test,
    ];
    for (const each of hidden) expect(() => expectNothingOf(test, each)).toThrow(/test (pixel|labels)/);
    expectNothingOf(test, { train: set(60, 1, false), test: test.length });
  });

  it("stand in nothing that a study's training side gives: its calls, what they yield, its files, its errors", async () => {
    const data = sets();
    const storage = memoryStorage();
    const run = study({ data, seed: 3, storage });
    const given: unknown[] = [run, await run.sets()];
    const generator = run.train({ ...quick, onStep: (...all) => given.push(all) });
    given.push(generator);
    for (let next = await generator.next(); ; next = await generator.next()) {
      given.push(next.value);
      if (next.done) break;
    }
    given.push(await run.refine({ remedies: [{ l2: 1e-3 }], epochs: 3, onEpoch: (...all) => given.push(all) }));
    given.push(await run.learningCurve({ onEpoch: (...all) => given.push(all) }));
    given.push(await run.model(), await run.ledger(), await filesOf(storage));
    for (const each of given) expectNothingOf(data.test, each);
    expect(given.length).toBeGreaterThan(30);
  });

  it("stand in no error of the training side", async () => {
    const data = sets();
    const { train, validation, test } = data;
    const errors: unknown[] = [];
    const fails = async (call: () => Promise<unknown>) => errors.push(await call().then(() => null, (error: unknown) => error)); // prettier-ignore
    // Leaks: a test image in the training set, and a scaling by its figures.
    const leaking = { train: marked(60, 3), validation, test };
    await fails(() => study({ data: leaking }).sets());
    const pixels = { mean: new Float32Array(9).fill(sentinel + 3), deviation: new Float32Array(9).fill(1) };
    await fails(() =>
      trainAll(study({ data }), { ...quick, normalization: { kind: "pixelZScore", ...pixels } as never }),
    );
    // Other shapes, classes, a set without labels.
    await fails(() => study({ data: { train, validation, test: { ...test, shape: [9] } } }).sets());
    await fails(() => study({ data: { train, validation, test: { ...test, classes: ["0", "2"] } } }).sets());
    await fails(() => study({ data: { train, validation, test: { ...test, labels: new Int32Array(30) } } }).sets());
    await fails(() => trainAll(study({ data }), { ...quick, optimizer: sgd({ learningRate: 1e30 }) }));
    const storage = memoryStorage();
    const run = study({ data, seed: 3, storage });
    await trainAll(run);
    await fails(() => study({ data, storage }).sets());
    await fails(() => openStudy({ storage, data: test }).sets());
    await fails(() => openStudy({ storage, data: { train: test, validation, test } }).sets());
    const opened = await copyOf(storage);
    await fails(() => openStudy({ storage: opened, data: { train, validation, test: set(30, 9, false) } }).test());
    await fails(() => trainAll(openStudy({ storage: opened, data })));
    expect(errors.map((error) => error instanceof Error)).toEqual(errors.map(() => true));
    // The user's own set is theirs: what leaks is a training image, and is named by its number.
    for (const error of errors) expectNothingOf(test, error);
  });

  it("are not given by the desk that the phases share before the opening is on record", async () => {
    const data = sets();
    const run = study({ data, seed: 3 });
    await run.sets();
    const desk = createDesk(memoryStorage(), {}, () =>
      Promise.resolve({ sets: data, withoutMore: null, record: {} as never }),
    );
    expectNothingOf(data.test, await desk.open());
    expectNothingOf(data.test, desk);
    await expect(desk.unseal()).rejects.toThrow(/the test set is sealed/);
  });

  it("cannot be read through the training set of divided data: other indices are refused", () => {
    const whole = set(100, 5, false);
    const part = subset(whole, [0, 1, 2]);
    for (const index of [-1, 3, 50, 1.5]) {
      expect(() => part.read(index, new Float32Array(9), 0)).toThrow(RangeError);
      expect(() => part.readMask(index, new Uint8Array(9), 0)).toThrow(RangeError);
      expect(() => part.digest(index)).toThrow(RangeError);
    }
    expect(part.labels!.buffer.byteLength).toBe(12);
  });

  it("do not reach training: with all of them changed, and leaks allowed, weights, history and decision are the same", async () => {
    const { train, validation, test } = sets();
    const other = (isCopy: boolean): Dataset => {
      const source = isCopy ? train : set(45, 8, false);
      return { ...source, labels: source.labels!.map((label) => 1 - label), length: source.length };
    };
    const outcome = async (data: DatasetSplit) => {
      const storage = memoryStorage();
      const run: Study = study({ data, seed: 3, leakage: "allow", storage });
      const { weightsSha256 } = await trainAll(run, { ...quick, decision: { threshold: "youden" } });
      const { weightsSha256: refined } = await run.refine({ remedies: [{ l2: 0.03 }], epochs: 3 });
      const ended = (await run.ledger()).findLast(({ event }) => event === "refined") as object;
      const { time: _, previous: __, ...line } = ended as { time: string; previous: string };
      return { weightsSha256, refined, line };
    };
    const expected = await outcome({ train, validation, test });
    for (const isCopy of [true, false])
      expect(await outcome({ train, validation, test: other(isCopy) })).toEqual(expected);
  });
});
