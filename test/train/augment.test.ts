import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blur, brightness, deform, flip, gaussianNoise, rotate, scale, translate } from "../../src/index.ts";
import type { Augmentation } from "../../src/index.ts";
import { augmented, replay } from "../../src/data/augmented.ts";
import { arrayDataset, featuresOf } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { stream } from "../../src/random.ts";
import { cutmix, mixup } from "../../src/data/mixing.ts";
import { patches } from "../../src/data/patches.ts";
import { trainingPatches } from "../../src/data/patch-views.ts";
import { drawOrderOf } from "../../src/data/draw-order.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { sgd } from "../../src/train/optimizer.ts";
import { outputsFor, resolveTraining } from "../../src/train/settings.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { bindFed } from "./augment-feed.ts";
import { bitsOf, finish, start, toySet, train } from "./toy.ts";

const augment = [
  rotate(20),
  scale(0.2, { probability: 0.5 }),
  flip("x"),
  deform({ cells: 2 }),
  brightness(0.1),
  gaussianNoise(0.1),
  blur(0.8),
];
const shape = [9, 8];
const set = { shape };
const tasks = ["classification", "segmentation"] as const satisfies readonly Task[];
const plain = (task: Task, value: TrainOptions["patches"] = null) =>
  network([dense(12), relu(), dense(outputsFor(task, toySet(30, 1, set), value))]);

describe.each(tasks)("augmented training for %s", (task) => {
  const run = { task, set };
  const options = { augment, network: plain(task) };

  it("ends with the same bits for the same seed, and others for another seed or list", async () => {
    const one = await train(options, run);
    expect((await train({ ...options, seed: 5 }, run)).best).toEqual(one.best);
    expect((await train({ ...options, seed: 6 }, run)).best).not.toEqual(one.best);
    expect((await train({ ...options, augment: [] }, run)).best).not.toEqual(one.best);
    expect((await train({ ...options, augment: augment.slice(1) }, run)).best).not.toEqual(one.best);
  });

  it("leaves the images that figures are of as they are: weights that stand still have the figures of a run without it", async () => {
    const still = { ...options, optimizer: sgd({ learningRate: 1e-30 }), epochs: 2 };
    const figures = async (list: TrainOptions["augment"]) =>
      (await train({ ...still, augment: list ?? [] }, run)).epochs.map((epoch) => ({ ...epoch, seconds: 0 }));
    const bare = await figures([]);
    expect(await figures([...augment, mixup(), cutmix()])).toEqual(bare);
    expect(bare[0].loss).toBeGreaterThan(0);
  });

  it("leaves the network's input as it is", async () => {
    const fit = await start(options, run);
    expect(fit.settings.network.input).toEqual(shape);
    expect(fit.settings.augment).toEqual(augment);
    expect(Object.isFrozen(fit.settings.augment)).toBe(true);
    fit.free();
  });

  it.each([
    ["whole images", {}],
    ["images drawn by class", { sampling: "balanced" }],
    ["patches", { patches: patches({ size: [6, 5], perImage: 2 }), network: plain(task, patches({ size: [6, 5] })) }],
    ["images that are mixed", { augment: [...augment, mixup(0.5), cutmix()], accumulate: 2 }],
    ["two batches a step", { accumulate: 2 }],
  ] satisfies [string, TrainOptions][])(
    "of %s goes on from any step of an epoch, from its checkpoint's bytes, to the same bits",
    async (_name, more) => {
      const given = { ...options, ...more, epochs: 2 };
      const through = await start(given, run);
      await finish(through);
      const wanted = bitsOf(through.state().tensors.get("parameters")!);
      through.free();
      for (const stop of [1, 2, 3]) {
        const first = await start(given, run);
        const interrupt = new AbortController();
        let steps = 0;
        const onStep = () => {
          if (++steps === stop) interrupt.abort(new Error("interrupted"));
        };
        // The third step may be the last of its epoch.
        await first.epoch(interrupt.signal, onStep).catch(() => null);
        const state = await decodeCheckpoint(await encodeCheckpoint(first.state()), "checkpoint");
        first.free();
        const second = await start(given, { ...run, beginning: { kind: "resumed", state } });
        await finish(second);
        expect(bitsOf(second.state().tensors.get("parameters")!)).toEqual(wanted);
        second.free();
      }
    },
  );
});

describe("what a step sees of augmented images", () => {
  it("is the same of an image in an epoch, whatever the batch, the order and the threads: what augmented() gives, pixels and mask", async () => {
    const images = toySet(14, 3, set);
    const wanted = await Promise.all(
      Array.from({ length: 14 }, (_, index) => augmented(images, index, { augment, seed: 8, epoch: 3 })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 14 }),
        fc.shuffledSubarray([...wanted.keys()], { minLength: 14 }),
        fc.integer({ min: 1, max: 4 }),
        async (batchSize, order, threads) => {
          const fed = await bindFed(images, { augment, batchSize, seed: 8, threads });
          const seen = await fed.epoch(3, Int32Array.from(order));
          order.forEach((index, place) => {
            expect(seen[place].pixels).toEqual([...wanted[index].pixels]);
            expect(seen[place].mask).toEqual([...wanted[index].mask!]);
          });
          fed.free();
        },
      ),
      { numRuns: 12 },
    );
  });

  it("is another in another epoch, and none as it was", async () => {
    const images = toySet(5, 3, set);
    const [one, two] = await Promise.all([1, 2].map((epoch) => augmented(images, 4, { augment, seed: 8, epoch })));
    const original = new Float32Array(featuresOf(images));
    images.read(4, original, 0);
    expect(one.pixels).not.toEqual(two.pixels);
    expect(one.pixels).not.toEqual(original);
    expect(two.pixels).not.toEqual(original);
  });

  it("moves a mask exactly with its image: its record, as JSON, replayed on both gives what was fed", async () => {
    // The mask is the image: wherever voxels go without being mixed, both go there.
    const images = Uint8Array.from({ length: 6 * 72 }, (_, i) => ((i * 31) % 7) % 3);
    const both = arrayDataset({ images, shape, masks: images });
    const list = [flip(["x", "y"])];
    const fed = await bindFed(both, { augment: list, batchSize: 4, seed: 2 });
    for (const { pixels, mask } of await fed.epoch(1, Int32Array.from([0, 1, 2, 3, 4, 5])))
      expect(mask).toEqual(pixels);
    fed.free();
    const smooth = toySet(6, 2, set);
    const moved = await bindFed(smooth, { augment, batchSize: 4, seed: 2 });
    const seen = await moved.epoch(2, Int32Array.from([5, 0, 3]));
    for (const [place, index] of [5, 0, 3].entries()) {
      const { record } = await augmented(smooth, index, { augment, seed: 2, epoch: 2 });
      const again = await replay(smooth, index, { augment, record: JSON.parse(JSON.stringify(record)) as never });
      expect([...again.pixels]).toEqual(seen[place].pixels);
      expect([...again.mask!]).toEqual(seen[place].mask);
    }
    moved.free();
  });

  it("is drawn anew each time an image comes in a balanced epoch: the k-th time as augmented() has it of repeat k", async () => {
    // Nineteen of one class and one of the other, which comes ten times or so.
    const labels = Int32Array.from({ length: 20 }, (_, i) => (i === 7 ? 1 : 0));
    const pixels = Float32Array.from({ length: 20 * 72 }, (_, i) => (i * 37) % 101);
    const images = arrayDataset({ images: pixels, shape, labels });
    const order = drawOrderOf("balanced", images)(stream(4, "shuffle", 1));
    const places = [...order.keys()].filter((place) => order[place] === 7);
    expect(places.length).toBeGreaterThan(2);
    const fed = await bindFed(images, { augment, batchSize: 6, seed: 4, sampling: "balanced" });
    const seen = await fed.epoch(1, order);
    for (const [repeat, place] of places.entries()) {
      const wanted = await augmented(images, 7, { augment, seed: 4, repeat });
      expect(seen[place].pixels).toEqual([...wanted.pixels]);
    }
    expect(new Set(places.map((place) => seen[place].pixels.join())).size).toBe(places.length);
    fed.free();
  });

  it("is the patch that was drawn, augmented as an image of its size; a volume of three slices has no colours", async () => {
    const volumes = toySet(4, 3, { shape: [7, 6, 5] });
    for (const size of [
      [5, 4, 3],
      [4, 4, 4],
    ]) {
      const parts = patches({ size, perImage: 2 });
      const view = trainingPatches(volumes, parts, 6);
      view.begin(2);
      const fed = await bindFed(volumes, { augment, batchSize: 3, seed: 6, patches: parts });
      const seen = await fed.epoch(2, Int32Array.from([5, 1, 7, 0]), view);
      for (const [place, patch] of [5, 1, 7, 0].entries()) {
        const wanted = await augmented(volumes, patch, { augment, seed: 6, epoch: 2, patches: parts });
        expect(wanted.shape).toEqual(size);
        expect(seen[place].pixels).toEqual([...wanted.pixels]);
        expect(seen[place].mask).toEqual([...wanted.mask!]);
        const again = await replay(volumes, patch, { augment, record: wanted.record, patches: parts });
        expect(again).toEqual(wanted);
      }
      fed.free();
    }
  });
});

describe("millimetres", () => {
  const placed = (images: Dataset, spacings: readonly (readonly number[] | null)[], unit: "mm" | "m" | "unknown" = "mm"): Dataset => ({
    ...images,
    geometry: spacings.map((spacing) => ({ spacing, unit, affine: null })),
  }); // prettier-ignore
  const images = toySet(3, 1, { shape: [9, 8] });
  const list = [translate({ millimetres: 4 })];
  const same = [[1, 2], [1, 2], [1, 2]]; // prettier-ignore

  it("are of the set's spacing, in whatever unit it counts", async () => {
    const inFractions = await augmented(images, 1, { augment: [translate(0.5)], seed: 3 });
    const { drawn } = inFractions.record.applied[0];
    // Half of 8 voxels of 1 mm is 4 mm; of 9 voxels of 2 mm, 9.
    const wanted = await replay(images, 1, {
      augment: [translate(0.5)],
      record: { ...inFractions.record, applied: [{ ...inFractions.record.applied[0], drawn: { ...drawn, y: (drawn["y"] * 4) / 9 } }] },
    }); // prettier-ignore
    const inMillimetres = await augmented(placed(images, same), 1, { augment: list, seed: 3 });
    const metres = same.map(([x, y]) => [x / 1000, y / 1000]);
    const inMetres = await augmented(placed(images, metres, "m"), 1, { augment: list, seed: 3 });
    inMillimetres.pixels.forEach((value, i) => expect(value).toBeCloseTo(wanted.pixels[i], 3));
    inMetres.pixels.forEach((value, i) => expect(value).toBeCloseTo(inMillimetres.pixels[i], 3));
  });

  it("are trained with where the spacing is known, and refused before training where it is not or differs", () => {
    const resolve = (train: Dataset, augment: readonly Augmentation[] = list) =>
      resolveTraining({ augment, network: plain("classification").withInput(shape) }, train, "classification", 1);
    expect(resolve(placed(images, same)).augment).toEqual(list);
    expect(() => resolve(images)).toThrow(/expected images of one known spacing for "translate" in millimetres, got none\. Give a fraction/); // prettier-ignore
    expect(() => resolve(placed(images, [null, null, null]), [blur(1, { millimetres: true })])).toThrow(/one known spacing for "blur" in millimetres, got none/); // prettier-ignore
    expect(() => resolve(placed(images, [[1, 2], [1, 2], [1, 3]]))).toThrow(/got 1x2 and 1x3\. Resample them/); // prettier-ignore
    // Fractions need no spacing.
    expect(resolve(placed(images, [[1, 2], [1, 2], [1, 3]]), [translate(0.1)]).augment).toHaveLength(1); // prettier-ignore
  });
});
