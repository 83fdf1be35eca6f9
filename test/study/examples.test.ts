import { describe, expect, it } from "vitest";
import { fromBase64, toBase64 } from "../../src/base64.ts";
import { arrayDataset } from "../../src/data/dataset.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { maskConfusion, maskScores } from "../../src/metrics/segmentation.ts";
import type { SignedPicture } from "../../src/report/examples.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { examplesOf } from "../../src/study/examples.ts";
import { grayPicture, maskPicture, planeOf, signedPicture } from "../../src/study/plane.ts";
import { study } from "../../src/study/study.ts";
import { occlusion } from "../../src/train/occlusion.ts";
import { predict } from "../../src/train/predict.ts";
import { saliency } from "../../src/train/saliency.ts";
import { drawnModel } from "../train/drawn-model.ts";
import { toySet } from "../train/toy.ts";

const bytesOf = (text: string) => [...fromBase64(text)];
const signsOf = ({ signed }: SignedPicture) => [...new Int8Array(fromBase64(signed).buffer)];

describe("base64", () => {
  it("is Node's own, of every byte and beyond the bytes of one call", () => {
    const bytes = Uint8Array.from({ length: 20001 }, (_, i) => (i * 7) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(toBase64(new Uint8Array())).toBe("");
  });
});

describe("a plane", () => {
  it("of a volume is the slice with most of what is marked, the middle one without; a picture is its own", () => {
    const marks = new Uint8Array(5 * 2 * 3);
    marks.fill(1, 6, 8);
    marks.fill(2, 19, 24);
    expect(planeOf([5, 2, 3], marks)).toMatchObject({ width: 3, height: 2, slice: 3, first: 18 });
    expect(planeOf([5, 2, 3], new Uint8Array(30))).toMatchObject({ slice: 2, first: 12 });
    expect(planeOf([5, 2, 3], null)).toMatchObject({ slice: 2 });
    expect(planeOf([7, 4], null)).toMatchObject({ width: 4, height: 7, slice: null, first: 0, block: 1 });
    expect(planeOf([7, 4, 1], null)).toMatchObject({ width: 4, height: 7, slice: null });
    expect(planeOf([9], null)).toMatchObject({ width: 9, height: 1 });
  });

  it("is gray from its 0.5th percentile to its 99.5th, beyond which it is black and white; colours by their luminance", () => {
    const pixels = Float32Array.from({ length: 400 }, (_, i) => i);
    pixels[0] = -1e6;
    const gray = bytesOf(grayPicture(planeOf([20, 20], null), pixels, 1).gray);
    expect([gray[0], gray[2], gray[397], gray[399]]).toEqual([0, 0, 255, 255]);
    expect(gray[200]).toBe(Math.round(((200 - 2) * 255) / (397 - 2)));
    expect(bytesOf(grayPicture(planeOf([2, 2], null), new Float32Array(4).fill(3), 1).gray)).toEqual([0, 0, 0, 0]);
    const colours = Float32Array.of(0, 0, 0, 100, 0, 0, 0, 100, 0, 100, 100, 100);
    expect(bytesOf(grayPicture(planeOf([1, 4], null), colours, 3).gray)).toEqual([0, 76, 150, 255]);
  });

  it("has maps as parts of their largest, means of blocks where it has more than 256 pixels a side; none of what is not finite", () => {
    expect(signedPicture(planeOf([1, 4], null), Float32Array.of(0.5, -2, 0, 1))).toMatchObject({ scale: 2 });
    expect(signsOf(signedPicture(planeOf([1, 4], null), Float32Array.of(0.5, -2, 0, 1))!)).toEqual([32, -127, 0, 64]);
    expect(signedPicture(planeOf([1, 2], null), new Float32Array(2))).toMatchObject({ scale: 0 });
    expect(signedPicture(planeOf([1, 2], null), Float32Array.of(1, NaN))).toBeNull();
    const large = planeOf([3, 600], null);
    expect(large).toMatchObject({ width: 200, height: 1, block: 3 });
    const map = Float32Array.from({ length: 1800 }, (_, i) => (i % 600 < 3 ? i % 3 : 0));
    expect(signedPicture(large, map)!.scale).toBe(1);
    const mask = Uint8Array.from({ length: 1800 }, (_, i) => (i === 601 ? 2 : 0));
    expect(bytesOf(maskPicture(large, mask).gray).slice(0, 3)).toEqual([2, 0, 0]);
  });
});

describe("examples of a test set", () => {
  const set = toySet(40, 4, { classes: 3, shape: [4, 5] });
  const model = drawnModel([dense(9), relu(), dense(3)], [4, 5]);

  it("are the six most confident errors and right answers in order, with the maps of what was predicted", async () => {
    const said = await predict(model, set);
    if (said.task !== "classification") throw new TypeError("labels were expected");
    const truth = set.labels!;
    const { worst, best } = await examplesOf(model, set, { ...said, truth, groups: null });
    const sure = (index: number) => said.probabilities[3 * index + said.predicted[index]];
    for (const [list, isRight] of [
      [worst, false],
      [best, true],
    ] as const) {
      const want = [...truth.keys()].filter((i) => (said.predicted[i] === truth[i]) === isRight).sort((a, b) => sure(b) - sure(a)); // prettier-ignore
      expect(list.map(({ index }) => index)).toEqual(want.slice(0, 6));
      expect(list.length).toBe(6);
      for (const example of list) {
        expect(example.probability).toBe(sure(example.index));
        expect(example.predicted).toBe(`class ${said.predicted[example.index]}`);
        expect(example.truth).toBe(`class ${truth[example.index]}`);
        const explained = { classIndex: said.predicted[example.index] };
        for (const [picture, of] of [
          [example.saliency, await saliency(model, set, example.index, explained)],
          [example.occlusion, await occlusion(model, set, example.index, { ...explained, measure: "logOdds" })],
        ] as const) {
          const { scale } = picture!;
          signsOf(picture!).forEach((sign, i) => expect(Math.abs((sign * scale) / 127 - of.maps[i])).toBeLessThanOrEqual(scale / 250)); // prettier-ignore
        }
      }
    }
  });

  it("go by the threshold where there is one", async () => {
    const two = drawnModel([dense(2)], [4, 5]);
    const labels = Int32Array.of(0, 0, 1, 1);
    const images = Float32Array.from({ length: 80 }, (_, i) => (i * 31) % 97);
    const four = arrayDataset({ images, shape: [4, 5], labels });
    const probabilities = Float32Array.of(0.8, 0.2, 0.9, 0.1, 0.65, 0.35, 0.55, 0.45);
    const predictions = { task: "classification", truth: labels, probabilities, groups: null, threshold: 0.3 } as const;
    const { worst, best } = await examplesOf(two, four, predictions);
    expect(worst).toEqual([]);
    expect(best.map(({ index }) => index)).toEqual([1, 0, 3, 2]);
    expect(best[2].predicted).toBe("class 1");
    expect(best[2].probability).toBeCloseTo(0.45, 6);
  });

  it("of masks are the lowest and the highest Dice, none twice, with both masks; images without foreground in both are left out", async () => {
    const masked = { task: "segmentation", classes: [], maskClasses: [1] } as const;
    const few = toySet(5, 4, { classes: 2, shape: [4, 5] });
    const segmenting = drawnModel([dense(9), relu(), dense(20)], [4, 5], { ...masked, loss: { kind: "sigmoidDice", smooth: 1, reduction: "mean" } }); // prettier-ignore
    const said = await predict(segmenting, few);
    if (said.task !== "segmentation") throw new TypeError("masks were expected");
    const truth = new Uint8Array(20);
    const confusions = [0, 1, 2, 3, 4].map((i) => {
      few.readMask(i, truth, 0);
      return maskConfusion(truth, said.masks.subarray(20 * i, 20 * i + 20));
    });
    // As if it had been right about an image without foreground.
    confusions[2] = [[20, 0], [0, 0]]; // prettier-ignore
    const dices = confusions.map((confusion) => maskScores(confusion).mean.dice.value);
    const { worst, best } = await examplesOf(segmenting, few, { task: "segmentation", confusions, groups: null });
    expect([worst.length, best.length]).toEqual([2, 2]);
    const order = [...worst, ...[...best].reverse()];
    expect(order.map(({ index }) => index).sort()).toEqual([0, 1, 3, 4]);
    expect(order.map(({ dice }) => dice)).toEqual([0, 1, 3, 4].map((i) => dices[i]).sort((a, b) => a! - b!));
    for (const { index, mask, predictedMask, truth: told } of order) {
      few.readMask(index, truth, 0);
      expect(bytesOf(mask!.gray)).toEqual([...truth]);
      expect(bytesOf(predictedMask!.gray)).toEqual([...said.masks.subarray(20 * index, 20 * index + 20)]);
      const count = truth.filter((value) => value > 0).length;
      expect(told).toBe(count === 0 ? "no foreground" : `mask 1: ${count} voxels`);
    }
  });

  it("stand in the report, and nowhere with examples: false; the same study gives the same pictures", async () => {
    const tested = async (examples?: boolean) => {
      const storage = memoryStorage();
      const run = study({ data: phantoms({ count: 80, seed: 7 }), seed: 7, storage });
      const options = { network: network([dense(8), relu(), dense(2)]), epochs: 3 };
      for await (const epoch of run.train(options)) expect(epoch.loss).toBeGreaterThan(0);
      const report = await run.test(examples === undefined ? {} : { examples });
      return { report, text: new TextDecoder().decode((await storage.read("report.json"))!) };
    };
    const [once, again, without] = [await tested(), await tested(true), await tested(false)];
    const { worst, best } = once.report.examples!;
    expect(worst.length + best.length).toBeGreaterThan(6);
    expect([...worst, ...best].every(({ picture, mask }) => picture.slice === mask!.slice)).toBe(true);
    expect(once.report.examples).toEqual(again.report.examples);
    expect(JSON.parse(once.text)).toEqual(JSON.parse(JSON.stringify(once.report)));
    expect("examples" in without.report).toBe(false);
    expect(without.text).not.toMatch(/"(gray|signed|picture)"/);
  });
});
