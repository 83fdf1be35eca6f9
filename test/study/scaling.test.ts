import { describe, expect, it } from "vitest";
import { arrayDataset, subset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fitNormalization } from "../../src/data/normalization.ts";
import type { Normalization } from "../../src/data/normalization.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { LeakageError } from "../../src/errors.ts";
import { dense } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { markdownOf } from "../../src/report/markdown.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { openStudy, study } from "../../src/study/study.ts";
import type { Study, TrainRunOptions } from "../../src/study/options.ts";

const whole = phantoms({ count: 120, seed: 5 });
const part = (from: number, end: number) =>
  subset(
    whole,
    Array.from({ length: end - from }, (_, i) => from + i),
  );
const data = { train: part(0, 70), validation: part(70, 95), test: part(95, 120) };
/** Second scans of one head may stand in two sets: it is figures that these tests look at. */
const common = { data, groupBy: null, seed: 2 } as const;
const layers = { network: network([dense(2)]), epochs: 2 };
const leaked = fitNormalization("zScore", whole);
const own = fitNormalization("zScore", data.train);

async function trained(run: Study, options: TrainRunOptions): Promise<string> {
  for await (const epoch of run.train(options)) expect(Number.isFinite(epoch.totalError)).toBe(true);
  const last = (await run.ledger()).at(-1);
  return last?.event === "training ended" ? last.weightsSha256 : "";
}

/** The phantoms scaled beforehand by the figures of all of them. */
function scaledBefore(): Dataset {
  if (leaked.kind !== "zScore") throw new TypeError("expected zScore");
  const images = new Float32Array(120 * 1000);
  for (let i = 0; i < 120; i++) whole.read(i, images, 1000 * i);
  const { mean, deviation } = leaked;
  const { labels, groups } = whole;
  return arrayDataset({
    images: images.map((value) => (value - mean) / deviation),
    shape: whole.shape,
    labels,
    groups,
  });
}

describe("a study given a fitted normalisation", () => {
  it("stops where it was fitted on all images, before it trains, and says what to do", async () => {
    const run = study(common);
    const error = await run.train({ ...layers, normalization: leaked }).next().catch((e: unknown) => e); // prettier-ignore
    expect(error).toBeInstanceOf(LeakageError);
    expect((error as LeakageError).message).toBe(
      "leakage: expected nothing of one set in another, got 2 scalings (by figures of validation, by figures of test). " +
        "Fit the scaling on the training set alone.",
    );
    expect((await run.ledger()).map(({ event }) => event)).toEqual(["created", "audited", "split"]);
  });

  it("takes the training set's own figures, and trains to the bits that fitting them would", async () => {
    const given = await trained(study(common), { ...layers, normalization: own });
    expect(given).toBe(await trained(study(common), { ...layers, normalization: "zScore" }));
  });

  it("told to drop fits the kind anew on the training set, on record", async () => {
    const run = study({ ...common, leakage: "drop" });
    const hash = await trained(run, { ...layers, normalization: leaked });
    expect(hash).toBe(await trained(study(common), { ...layers, normalization: "zScore" }));
    expect((await run.ledger())[3]).toMatchObject({
      event: "scaling audited",
      leakage: "drop",
      kind: "zScore",
      fittedOn: ["validation", "test"],
    });
    expect((await run.test()).warnings.join()).not.toMatch(/scaled by figures/);
  });

  it("told to allow goes on with it, resumes and refines with it, and the report says so first", async () => {
    const storage = memoryStorage();
    const run = study({ ...common, leakage: "allow", storage });
    const hash = await trained(run, { ...layers, normalization: leaked });
    expect(hash).not.toBe(await trained(study(common), { ...layers, normalization: "zScore" }));
    const again = openStudy({ storage, data });
    expect((await again.model()).normalization).toEqual(leaked);
    await again.refine({ remedies: [{ l2: 1e-3 }] });
    expect((await again.model()).normalization).toEqual(leaked);
    const report = await again.test();
    expect(report.warnings[0]).toMatch(/^Pixels were scaled by figures of validation or test images/);
    expect(markdownOf(report).split("\n").slice(0, 6).join("\n")).toMatch(/Pixels were scaled by figures/);
  });

  it("takes constants, and refuses figures that cannot scale its images", async () => {
    const constants: Normalization[] = [
      { kind: "none" },
      { kind: "unit", minimum: 0, maximum: 255 },
      { kind: "zScore", mean: 127.5, deviation: 127.5 },
    ];
    for (const normalization of constants) await trained(study(common), { ...layers, normalization });
    const wrong: [Normalization, RegExp][] = [
      [{ kind: "zScore", mean: 0, deviation: 0 }, /expected a finite mean and a deviation above 0, got 0 and 0/],
      [{ kind: "unit", minimum: 2, maximum: 1 }, /expected a minimum below the maximum, got 2 and 1/],
      [{ kind: "pixelZScore", means: [0], deviations: [1] }, /expected 1000 means and deviations, got 1 and 1/],
    ];
    for (const [normalization, message] of wrong)
      await expect(
        study(common)
          .train({ ...layers, normalization })
          .next(),
      ).rejects.toThrow(message);
  });
});

describe("a study of pixels that were scaled by figures of all images", () => {
  const before = { data: scaledBefore(), seed: 2 };

  it("stops, also where it divides them itself", async () => {
    await expect(study(before).sets()).rejects.toThrow(
      /^leakage: .*got 2 scalings \(by figures of validation, by figures of test\)/,
    );
  });

  it("told to drop scales them so that it is undone, leaves out nothing, and refuses scalings that do not undo it", async () => {
    const run = study({ ...before, leakage: "drop" });
    expect(await run.sets()).toMatchObject({ train: 84 });
    expect((await run.ledger())[1]).toMatchObject({
      pairs: { statistics: 2 },
      images: { train: 0, test: 0 },
      dropped: { train: { size: 0 } },
    });
    await expect(run.train({ ...layers, normalization: "none" }).next()).rejects.toThrow(
      /expected normalization pixelZScore, which undoes/,
    );
    await trained(run, layers);
    expect((await run.test()).warnings.join()).not.toMatch(/scaled by figures/);
  });

  it("told to allow says so first in its report", async () => {
    const run = study({ ...before, leakage: "allow" });
    await trained(run, { ...layers, normalization: "none" });
    expect((await run.test()).warnings[0]).toMatch(/^Pixels were scaled by figures of validation or test images/);
  });
});
