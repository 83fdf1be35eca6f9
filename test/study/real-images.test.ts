// Real images, which lie beside the project where it is developed: not ours to redistribute.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { patches, study } from "../../src/index.ts";
import { readNpz } from "../../src/io.ts";

const pathOf = (name: string) => fileURLToPath(new URL(`../../../shared/data/${name}.npz`, import.meta.url));
const names = ["pneumoniamnist_28", "brain_mri_clean_64"] as const;
const missing = names.filter((name) => !existsSync(pathOf(name)));
if (missing.length > 0) console.warn(`skipped: ../shared/data has no ${missing.join(", ")}`);

async function testedWith(name: string, seed: number) {
  // Eight of pneumoniamnist's validation images stand in train as well.
  const run = study({ data: await readNpz(pathOf(name)), seed, leakage: "drop" });
  for await (const epoch of run.train()) expect(Number.isFinite(epoch.totalError)).toBe(true);
  return (await run.test()).metrics;
}

describe.skipIf(missing.length > 0)("the defaults, on real images", () => {
  it.each([1, 2, 3])("pneumonia in chest X-rays, seed %i: ROC AUC >= 0.93, accuracy >= 0.85", async (seed) => {
    const { rocAuc, accuracy } = await testedWith("pneumoniamnist_28", seed);
    expect(rocAuc.value).toBeGreaterThanOrEqual(0.93);
    expect(accuracy.value).toBeGreaterThanOrEqual(0.85);
  });

  it("stop at the training copies of eight validation images of pneumoniamnist_28; leakage drop leaves them out", async () => {
    const data = await readNpz(pathOf("pneumoniamnist_28"));
    await expect(study({ data }).sets()).rejects.toThrow(
      /^leakage: expected nothing of one set in another, got 10 exact copies \(train \d+ = validation \d+,/,
    );
    const dropped = study({ data, leakage: "drop" });
    expect(await dropped.sets()).toEqual({ train: 4698, validation: 524, test: 624 });
    expect((await dropped.ledger())[1]).toMatchObject({ event: "audited", images: { validation: 8 }, dropped: { train: { size: 10 } } }); // prettier-ignore
  });

  it("tumours in brain MRI slices: ROC AUC >= 0.88", async () => {
    expect((await testedWith("brain_mri_clean_64", 1)).rocAuc.value).toBeGreaterThanOrEqual(0.88);
  });

  it("tumours in brain MRI slices, from patches of 56x56: validation ROC AUC >= 0.86 after ten epochs", async () => {
    const run = study({ data: await readNpz(pathOf("brain_mri_clean_64")), seed: 1 });
    let best = 0;
    for await (const { validation } of run.train({ patches: patches({ size: 56, stride: 8 }), epochs: 10 }))
      best = Math.max(best, validation.rocAuc ?? 0);
    expect(best).toBeGreaterThanOrEqual(0.86);
  });
});
