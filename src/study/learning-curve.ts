// The first remedy, more data, as a number: the study with parts of its training set, and what twice of it would bring.
import { subset } from "../data/dataset.ts";
import { folds } from "../data/folds.ts";
import type { Epoch } from "../train/progress.ts";
import type { Monitor } from "../train/stopping.ts";
import { gainOf } from "./comparison.ts";
import { lookUpsOf, refuseAfterOpening, refuseUnfinished, resultKept, untrained } from "./desk.ts";
import type { Desk } from "./desk.ts";
import { readStart } from "./keep.ts";
import type { LearningCurve, LearningCurveOptions, LearningCurvePoint } from "./options.ts";
import { errorAt, extrapolate } from "./power-law.ts";
import { liveSettings } from "./record.ts";
import { removeSearch } from "./search.ts";
import { advance, createTrial, looksOf, trialValue } from "./trial.ts";

/** The training set is cut into eighths, and trained on with one, two and four of them. */
const whole = 8;
const counts = [1, 2, 4];

/** Each with so many different ones; what they differ by is the curve's noise. */
const repeats = 3;

/** Ends the title of each: "125 of 1001 training images, draw 1". */
const part = "training images, draw";

const isPart = (title: string) => title.includes(part);

const curveEnds: ReadonlySet<string> = new Set(["training ended", "refined", "learning curve"]);

export async function learningCurve(
  desk: Desk,
  { signal, onStep, onEpoch }: LearningCurveOptions,
): Promise<LearningCurve> {
  const { sets, record } = await desk.open();
  const entries = await desk.entries();
  refuseAfterOpening(entries);
  if (!record.training) throw untrained("learningCurve");
  refuseUnfinished("learningCurve", entries);
  const start = await readStart(desk.storage, record.training.from);
  const settings = await liveSettings(record.training, sets.train);
  const { monitor, seed, epochs } = settings;
  const kept = (await resultKept(desk, entries)).validation?.[monitor] ?? null;
  const eighths = folds(sets.train, { k: whole, seed });
  const planned = counts.length * repeats * epochs;
  // What a curve that was stopped wrote down of its looks is not written again.
  const since = entries.findLastIndex(({ event }) => curveEnds.has(event));
  const first = entries.findIndex((entry, index) => index > since && entry.event === "tried" && isPart(entry.remedy));
  const written = new Set(entries.slice(since + 1).flatMap((entry) => (entry.event === "tried" ? [entry.remedy] : [])));
  let validationLookUps = lookUpsOf(first < 0 ? entries : entries.slice(0, first));
  let done = 0;

  const points: LearningCurvePoint[] = [];
  for (const count of counts) {
    const values: number[] = [];
    const sizes: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const train = subset(sets.train, imagesOf(eighths, count, repeat));
      const own = [{ train, validation: sets.validation }];
      const title = `${train.length} of ${sets.train.length} ${part} ${repeat + 1}`;
      const trial = await createTrial(title, settings, own, start);
      const hear = (epoch: Epoch) => onEpoch?.(title, epoch, { done: ++done, planned: Math.max(done, planned) });
      await advance(desk.storage, `curve-${count}-${repeat}`, trial, own, epochs, {
        threads: desk.threads,
        signal,
        onStep,
        onEpoch: hear,
      });
      const value = trialValue(trial, own, epochs);
      validationLookUps += looksOf(trial, epochs);
      const effect = gainOf(monitor, value, kept);
      if (!written.has(title))
        await desk.log({ event: "tried", remedy: title, parts: 1, epochs, monitor, value, effect, validationLookUps });
      if (value !== null) values.push(value);
      sizes.push(train.length);
    }
    points.push({ images: Math.round(mean(sizes)), values });
  }
  points.push({ images: sets.train.length, values: kept === null ? [] : [kept] });
  const curve = { monitor, points, twice: twiceOf(monitor, points, seed) };
  await desk.log({ event: "learning curve", ...curve, validationLookUps });
  await removeSearch(desk.storage);
  return curve;
}

/** So many neighbouring eighths, others at each repeat. */
function imagesOf(eighths: readonly { readonly validation: Int32Array }[], count: number, repeat: number): Int32Array {
  const chosen = Array.from({ length: count }, (_, i) => eighths[(repeat * repeats + i) % whole].validation);
  return Int32Array.from(chosen.flatMap((images) => Array.from(images))).sort();
}

/** What the fitted law says of twice the images; null where a size has no value. */
function twiceOf(monitor: Monitor, points: readonly LearningCurvePoint[], seed: number): LearningCurve["twice"] {
  if (points.some(({ values }) => values.length === 0)) return null;
  // The law is of errors: scores are turned round.
  const turn = (value: number) => (monitor === "loss" ? value : 1 - value);
  const spreads = points.filter(({ values }) => values.length > 1).map(({ values }) => variance(values));
  const spread = spreads.length > 0 ? mean(spreads) : 0;
  const measured = points.map(({ images, values }) => ({
    images,
    error: turn(mean(values)),
    standardError: Math.sqrt(spread / values.length),
  }));
  const images = 2 * points[points.length - 1].images;
  const { error, interval, law } = extrapolate(measured, images, seed);
  const [low, high] = [turn(interval[0]), turn(interval[1])].sort((a, b) => a - b);
  const now = errorAt(law, points[points.length - 1].images);
  return { images, value: turn(error), interval: [low, high], gain: now - error };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0) / (values.length - 1);
}
