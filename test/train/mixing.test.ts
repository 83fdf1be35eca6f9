import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MixingAugmentation } from "../../src/index.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { drawMix } from "../../src/data/mix-draw.ts";
import type { MixDraw } from "../../src/data/mix-draw.ts";
import { cutmix, mixup } from "../../src/data/mixing.ts";
import { dense } from "../../src/model/layers.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/model/loss.ts";
import type { Loss } from "../../src/model/loss.ts";
import { network } from "../../src/model/network.ts";
import { stream } from "../../src/random.ts";
import { bindDenominator } from "../../src/train/denominator.ts";
import { bindFeed } from "../../src/train/feed.ts";
import { bindMixing, mixingBytes } from "../../src/train/mixing.ts";
import { outputsFor, resolveTraining } from "../../src/train/settings.ts";
import type { Task, TrainOptions } from "../../src/train/settings.ts";
import { allocate } from "../../src/wasm/memory.ts";
import { toySet, train as trained } from "./toy.ts";

const empty = (): MixDraw => ({ kind: null, partner: 0, part: 0, from: [0, 0, 0], to: [0, 0, 0] });
function drawn(list: readonly MixingAugmentation[], place: number, row: number, rows: number, sizes = [7, 6, 1], epoch = 1) {
  const into = empty();
  drawMix(list, stream(3, "augment", epoch), place, row, rows, sizes, into);
  return into;
} // prettier-ignore

describe("how images are mixed", () => {
  it("is a pure function of seed, epoch and place: with another image of the batch, a part from 0 to 1, a box within the image", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(mixup(), mixup(1), cutmix(), cutmix(0.3)),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 2, max: 40 }),
        fc.nat(),
        fc.constantFrom<number[]>([7, 6, 1], [9, 8, 5]),
        (one, place, rows, seed, sizes) => {
          const row = seed % rows;
          const got = drawn([one], place, row, rows, sizes);
          expect(drawn([one], place, row, rows, sizes)).toEqual(got);
          expect(got.kind).toBe(one.kind);
          expect(got.partner).not.toBe(row);
          expect(got.partner >= 0 && got.partner < rows).toBe(true);
          expect(got.part >= 0 && got.part <= 1).toBe(true);
          if (one.kind === "mixup") return;
          const voxels = sizes.reduce((product, size, axis) => {
            expect(0 <= got.from[axis] && got.from[axis] <= got.to[axis] && got.to[axis] <= size).toBe(true);
            return product * (got.to[axis] - got.from[axis]);
          }, 1);
          expect(got.part).toBeCloseTo(voxels / sizes.reduce((a, b) => a * b), 12);
        },
      ),
    );
    expect(drawn([mixup()], 5, 1, 9, [7, 6, 1], 2)).not.toEqual(drawn([mixup()], 5, 1, 9));
  });

  it("draws parts from Beta(alpha, alpha): mean 1/2 and variance 1 / (4 (2 alpha + 1)), within 4 standard errors of 20,000", () => {
    for (const alpha of [0.2, 0.5, 1]) {
      const parts = Array.from({ length: 20000 }, (_, place) => drawn([mixup(alpha)], place, 0, 2).part);
      const mean = parts.reduce((a, b) => a + b) / parts.length;
      const squares = parts.map((part) => (part - 0.5) ** 2);
      const variance = squares.reduce((a, b) => a + b) / parts.length;
      const wanted = 1 / (4 * (2 * alpha + 1));
      const spread = Math.sqrt(squares.reduce((a, b) => a + (b - variance) ** 2, 0)) / parts.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(wanted / parts.length));
      expect(Math.abs(variance - wanted)).toBeLessThan(4 * spread);
    }
  });

  it("takes the part of the images that probability says, of two kinds each as often, and leaves an image alone that is alone", () => {
    const kinds = Array.from({ length: 4000 }, (_, place) => drawn([mixup(0.2, { probability: 0.5 }), cutmix()], place, 0, 2).kind); // prettier-ignore
    const count = (kind: string | null) => kinds.filter((one) => one === kind).length;
    expect(Math.abs(count("mixup") - 1000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25 * 0.75));
    expect(Math.abs(count("cutmix") - 2000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25));
    expect(count(null)).toBe(4000 - count("mixup") - count("cutmix"));
    expect(drawn([mixup(), cutmix()], 4, 0, 1)).toMatchObject({ kind: null, partner: 0, part: 0 });
  });

  it("is refused for other numbers, two of a kind, rows that have no boxes, and batches of one", () => {
    expect(() => mixup(0)).toThrow("mixup: expected an alpha above 0, at most 1, got 0");
    expect(() => cutmix(1.5)).toThrow("cutmix: expected an alpha above 0, at most 1, got 1.5");
    expect(() => mixup(0.5, { probability: 2 })).toThrow("mixup: expected a probability from 0 to 1, got 2");
    const resolve = (options: TrainOptions, shape: number[]) => {
      const set = toySet(6, 1, { shape });
      return resolveTraining({ network: network([dense(2)]), ...options }, set, "classification", 1);
    };
    expect(() => resolve({ augment: [mixup(), mixup()] }, [4, 4])).toThrow('expected "mixup" at most once');
    expect(() => resolve({ augment: [cutmix()] }, [9])).toThrow("expected images of two or three axes for cutmix, got rows"); // prettier-ignore
    expect(() => resolve({ augment: [mixup()], batchSize: 1 }, [4, 4])).toThrow("mixup: expected at least 2 images a batch, got 1"); // prettier-ignore
    expect(resolve({ augment: [mixup(), cutmix()] }, [4, 4]).augment).toHaveLength(2);
  });
});

/** A batch before it is mixed and after, with its weights and denominators, of images first .. first + rows in order. */
async function mixed(train: Dataset, task: Task, options: TrainOptions, first: number, rows: number) {
  const given = { normalization: "none", batchSize: 8, network: network([dense(outputsFor(task, train))]), ...options } as const; // prettier-ignore
  const settings = resolveTraining(given, train, task, 3);
  const block = await allocate(settings.network.plan({ batchSize: 8, mixing: mixingBytes(settings) }));
  const feed = bindFeed(block, settings, 0);
  const mixing = bindMixing(settings, train, block, feed)!;
  mixing.begin(1);
  const order = Int32Array.from({ length: train.length }, (_, i) => (i * 5) % train.length);
  const [features, outputs] = [settings.network.placed[0].inputs, outputsFor(task, train)];
  const take = () => ({
    images: [...block.floats("input").subarray(0, rows * features)],
    targets: [...block.floats("targets").subarray(0, rows * outputs)],
    weights: [...feed.weights.subarray(0, rows)],
  });
  const denominator = bindDenominator(settings, train, feed, mixing)(order, first, rows);
  feed.images(train, order, first, rows);
  feed.truth(train, order, first, rows);
  const before = take();
  mixing.mix(train, order, first, rows);
  const after = take();
  const labels = [...feed.labels.subarray(0, rows)];
  block.free();
  return { before, after, denominator, labels, features, outputs };
}

const shape = [6, 7];
const images = toySet(20, 4, { shape, classes: 3, weights: (i) => 1 + (i % 4) });
const list = [mixup(0.8, { probability: 0.8 }), cutmix(1, { probability: 0.8 })];
const inBox = ({ from, to }: MixDraw, voxel: number) => {
  const [y, x] = [Math.floor(voxel / 7), voxel % 7];
  return x >= from[0] && x < to[0] && y >= from[1] && y < to[1];
};

describe.each([
  ["softmax", "classification", softmaxCrossEntropy({ classWeights: [1, 2, 4] })],
  ["sigmoid", "classification", sigmoidCrossEntropy()],
  ["masks", "segmentation", sigmoidCrossEntropy()],
] satisfies [string, Task, Loss][])("a mixed batch for %s", (name, task, loss) => {
  it("is each image with its partner as it was before, truth and weights in the same parts; the denominator is that of the blend", async () => {
    const kinds = new Set<string | null>();
    for (const [first, rows] of [
      [0, 8],
      [8, 8],
      [16, 4],
    ]) {
      const { before, after, denominator, labels, features, outputs } = await mixed(images, task, { augment: list, loss }, first, rows); // prettier-ignore
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const one = drawn(list, first + row, row, rows, [7, 6, 1]);
        kinds.add(one.kind);
        const { kind, partner, part } = one;
        const blend = (a: number, b: number) => a + part * (b - a);
        for (let i = 0; i < features; i++) {
          const [own, other] = [before.images[row * features + i], before.images[partner * features + i]];
          const wanted = kind === "mixup" ? blend(own, other) : kind === "cutmix" && inBox(one, i) ? other : own;
          expect(after.images[row * features + i]).toBeCloseTo(wanted, 3);
        }
        const truthOf = (at: number, k: number) => {
          if (name !== "softmax") return before.targets[at * outputs + k];
          return labels[at] === k ? 1 : 0;
        };
        for (let k = 0; k < outputs; k++) {
          const [own, other] = [truthOf(row, k), truthOf(partner, k)];
          const isBox = kind === "cutmix" && task === "segmentation";
          expect(after.targets[row * outputs + k]).toBeCloseTo(isBox ? (inBox(one, k) ? other : own) : blend(own, other), 5); // prettier-ignore
        }
        const weight = blend(before.weights[row], before.weights[partner]);
        expect(after.weights[row]).toBeCloseTo(weight, 5);
        const factor = name === "softmax" ? blend([1, 2, 4][labels[row]], [1, 2, 4][labels[partner]]) : outputs;
        sum += weight * factor;
      }
      expect(denominator).toBeCloseTo(sum, 3);
    }
    expect(kinds).toEqual(new Set(["mixup", "cutmix", null]));
  });
});

describe("training on mixed images", () => {
  it("ends with the bits of its seed and list, whole or cut, and with others for other ones", async () => {
    const run = (augment: TrainOptions["augment"], seed = 5) =>
      trained({ augment: augment ?? [], seed }, { set: { shape } }).then(({ best }) => best);
    const one = await run([mixup()]);
    expect(await run([mixup()])).toEqual(one);
    for (const other of [run([mixup()], 6), run([mixup(0.3)]), run([cutmix()]), run([])]) expect(await other).not.toEqual(one); // prettier-ignore
  });

  it("with a probability of 0 is training without, within rounding: the losses of both forms agree to 1e-5", async () => {
    const run = (augment: TrainOptions["augment"]) => trained({ augment: augment ?? [] }, { set: { shape } });
    const [never, bare] = [await run([mixup(0.2, { probability: 0 }), cutmix(1, { probability: 0 })]), await run([])];
    never.epochs.forEach(({ loss }, i) => expect(Math.abs(loss - bare.epochs[i].loss)).toBeLessThan(1e-5 * bare.epochs[i].loss)); // prettier-ignore
  });

  it("cuts a box of all colours", async () => {
    const pixels = Float32Array.from({ length: 8 * 6 * 7 * 3 }, (_, i) => i);
    const coloured = arrayDataset({ images: pixels, shape: [6, 7, 3], labels: [0, 1, 0, 1, 0, 1, 0, 1] });
    const { before, after } = await mixed(coloured, "classification", { augment: [cutmix()] }, 0, 8);
    for (let row = 0; row < 8; row++) {
      const one = drawn([cutmix()], row, row, 8);
      for (let i = 0; i < 126; i++) {
        const from = inBox(one, Math.floor(i / 3)) ? one.partner : row;
        expect(after.images[row * 126 + i]).toBe(before.images[from * 126 + i]);
      }
    }
  });
});
