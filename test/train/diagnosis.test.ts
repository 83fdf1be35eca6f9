import { describe, expect, it } from "vitest";
import { deform, rotate, scale, translate } from "../../src/data/augment.ts";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { split } from "../../src/data/split.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import type { Layer } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { diagnose, majorityShare } from "../../src/train/diagnosis.ts";
import { explainDiagnosis } from "../../src/train/explain-diagnosis.ts";
import type { CurvePoint } from "../../src/train/diagnosis.ts";
import { startFit } from "../../src/train/fit.ts";
import type { Epoch } from "../../src/train/progress.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import type { TrainOptions } from "../../src/train/settings.ts";

function point(loss: number, validation: number, accuracy = 0.9): CurvePoint {
  const figures = { totalError: loss, loss, absoluteError: 0.1, accuracy, rocAuc: 0.9, dice: null };
  return { ...figures, validation: { ...figures, loss: validation } };
}

const curve = (losses: readonly number[], validations: readonly number[], accuracy = 0.9) =>
  losses.map((loss, i) => point(loss, validations[i], accuracy));

const sure = (value: number) => ({ value, standardError: 0.02 });
const wide = { train: sure(0.01), validation: sure(0.4) };
const narrow = { train: sure(0.01), validation: sure(0.1) };

const says = (points: readonly CurvePoint[], errors = narrow) => diagnose(points, errors, 0.5).diagnosis;

describe("the diagnosis of the curves", () => {
  const rising = curve([9, 8, 7, 6, 5, 4, 3, 2], [5, 4, 3, 4, 5, 6, 7, 8]);

  it("names the epoch after the best once the validation loss was above it for 5 epochs, training went on, and the gap is wide", () => {
    expect(says(rising, wide)).toBe("overfitting since epoch 4");
    expect(says(rising.slice(0, 7), wide)).toBe("learning");
    expect(says(rising, narrow)).toBe("good");
    expect(says(rising, { train: sure(0.01), validation: { value: 0.4, standardError: 0.41 } })).toBe("good");
  });

  it("names it too where the training images are known by heart, and the validation loss hardly falls any more", () => {
    const losses = Array.from({ length: 20 }, (_, i) => 0.5 / (1 + i) ** 2);
    const flat = losses.map((_, i) => 0.4 - 0.001 * i);
    expect(says(curve(losses, flat), wide)).toBe("overfitting since epoch 20");
    expect(says(curve(losses, flat), narrow)).not.toMatch(/overfitting/);
    const falling = losses.map((_, i) => 0.4 - 0.015 * i);
    expect(says(curve(losses, falling), wide)).toBe("learning");
  });

  it("says learning while the losses fall, good when they rest, underfitting when they rest at guessing", () => {
    const falling = [10, 9, 8, 7, 6, 5, 4, 3];
    const resting = [3, 2, 1.5, 1.2, 1, 1, 1, 1, 1, 1, 1, 1];
    expect(says(curve(falling, falling))).toBe("learning");
    expect(says(curve(resting, resting))).toBe("good");
    expect(says(curve(resting, resting, 0.5))).toBe("underfitting");
  });

  it("does not come and go about the limit of the gap: what was called overfitting stays so until the gap is a tenth smaller", () => {
    const called = rising.map((one, i) =>
      i === 6 ? { ...one, diagnosis: "overfitting since epoch 4" as const } : one,
    );
    const gapOf = (gap: number) => ({ train: sure(0.01), validation: sure(0.01 + gap) });
    expect(says(called, gapOf(0.127))).toBe("overfitting since epoch 4");
    expect(says(rising, gapOf(0.127))).toBe("good");
    expect(says(called, gapOf(0.125))).toBe("good");
  });

  it("says unstable where the training loss jumps up again and again", () => {
    const jumping = [3, 2, 4, 1.5, 5, 2, 4, 6];
    expect(says(curve(jumping, jumping))).toBe("unstable");
    const tiny = [3, 0.01, 0.02, 0.005, 0.03, 0.01, 0.02, 0.04];
    expect(says(curve(tiny, tiny))).not.toBe("unstable");
    const once = [3, 2, 1.5, 1.2, 2, 1.1, 1, 0.9];
    expect(says(curve(once, once))).toBe("learning");
  });

  it("gives the figures it rests on: the gap, its noise, the slope over 5 epochs, the minimum and the rise above it", () => {
    const { evidence } = diagnose(rising, wide, 0.5);
    expect(evidence.gap).toBeCloseTo(0.39, 12);
    expect(evidence).toMatchObject({ noise: 0.02, minimum: 3 });
    expect(evidence.slope).toBeCloseTo(1 / 6, 12);
    expect(evidence.rise).toBeCloseTo(5 / 3, 12);
  });

  it.each([
    [
      rising,
      wide,
      /^The network learns its training images by heart: .* smallest in epoch 3\. .* 0\.39 larger .* \(noise 0\.02\)/,
    ],
    [
      rising,
      narrow,
      /^The validation loss was smallest in epoch 3 and lies 167 % above that, but the answers are hardly worse/,
    ],
    [curve([3, 2, 4, 1.5, 5, 2, 4, 6], [3, 2, 4, 1.5, 5, 2, 4, 6]), narrow, /Lower the learning rate/],
    [curve([3, 2, 1], [3, 2, 1]), narrow, /^The network still learns: .* falls by 50 % an epoch/],
  ])("explains itself in a sentence", (points, errors, sentence) => {
    const last = points[points.length - 1];
    expect(explainDiagnosis({ ...last, ...diagnose(points, errors, 0.5) })).toMatch(sentence);
  });

  it("takes as guessing what the commonest class would give", () => {
    const labels = [0, 0, 0, 1, 2];
    expect(majorityShare(arrayDataset({ images: new Uint8Array(5), shape: [1], labels }))).toBe(0.6);
    expect(majorityShare(arrayDataset({ images: new Uint8Array(5), shape: [1], masks: [0, 0, 1, 0, 1] }))).toBe(0);
  });
});

/** How many of each are run; the figures in docs/overfitting.md are of 50. */
const seeds = Number(process.env["DIAGNOSIS_SEEDS"] ?? 3);

async function run(
  count: number,
  seed: number,
  layers: readonly Layer[],
  options: TrainOptions,
): Promise<readonly Epoch[]> {
  const data = phantoms({ count, seed });
  const divided = split(data, { seed });
  const sets = { train: subset(data, divided.train), validation: subset(data, divided.validation) };
  const settings = resolveTraining(
    { network: network(layers), patience: null, ...options },
    sets.train,
    "classification",
    seed,
  );
  using fit = await startFit(sets, settings);
  while (!fit.finished) await fit.epoch();
  return fit.progress.history;
}

const minimumOf = (history: readonly Epoch[]) =>
  history.reduce((best, epoch) => (epoch.validation.loss < best.validation.loss ? epoch : best)).epoch;

describe(`the diagnosis of phantoms, ${seeds} seeds (DIAGNOSIS_SEEDS)`, () => {
  const noisy = [dense(64), relu(), dropout(0.5), dense(32), relu(), dropout(0.5), dense(2)];
  const bare = [dense(64), relu(), dense(32), relu(), dense(2)];
  const augment = [rotate(15), translate(0.1), scale(0.1), deform()];

  it("does not cry wolf: of runs of 1,000 phantoms with dropout and augmentation at most 5 % are called overfitting", async () => {
    let called = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const history = await run(1000, seed, noisy, { epochs: 40, augment });
      if (history.some(({ diagnosis }) => diagnosis.startsWith("overfitting"))) called++;
    }
    expect(called).toBeLessThanOrEqual(0.05 * seeds);
  }, 600000);

  it("sees it: of runs of 60 phantoms over 200 epochs at least 95 % are, within 20 epochs of the smallest validation loss", async () => {
    let called = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const history = await run(60, seed, bare, { epochs: 200 });
      const since = /since epoch (\d+)/.exec(history[history.length - 1].diagnosis);
      if (since && Math.abs(Number(since[1]) - minimumOf(history)) <= 20) called++;
    }
    expect(called).toBeGreaterThanOrEqual(0.95 * seeds);
  }, 600000);
});
