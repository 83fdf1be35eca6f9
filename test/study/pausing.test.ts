import { expect, it } from "vitest";
import { dense, network, phantoms, relu, study } from "../../src/index.ts";

const data = phantoms({ count: 60, seed: 7, size: [5, 5, 5] });
const options = { network: network([dense(8), relu(), dense(2)]), epochs: 2, batchSize: 8, patience: null };

async function weightsOf(onStep?: (images: number) => Promise<void>): Promise<unknown> {
  const run = study({ data, seed: 5 });
  const epochs = run.train({ ...options, onStep });
  for (;;) {
    const { done, value } = await epochs.next();
    if (done) return value.weightsSha256;
  }
}

it("waits for what a step's listener promises before the next step, and trains to the same bits", async () => {
  let isWaiting = false;
  const seen: number[] = [];
  const weights = await weightsOf(async (images) => {
    expect(isWaiting).toBe(false);
    isWaiting = true;
    seen.push(images);
    await new Promise((resolve) => setTimeout(resolve, 5));
    isWaiting = false;
  });
  expect(weights).toBe(await weightsOf());
  expect(seen).toEqual([8, 16, 24, 32, 40, 42, 8, 16, 24, 32, 40, 42]);
});

it("fails with what a step's listener fails with", async () => {
  await expect(weightsOf(() => Promise.reject(new Error("no more")))).rejects.toThrow("no more");
});

it("lets refining and a learning curve be heard step by step, and wait", async () => {
  const run = study({ data, seed: 5 });
  for await (const { epoch } of run.train(options)) expect(epoch).toBeGreaterThan(0);
  const counts = { refine: 0, curve: 0 };
  let isWaiting = false;
  const wait = async (call: keyof typeof counts) => {
    expect(isWaiting).toBe(false);
    isWaiting = true;
    counts[call]++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    isWaiting = false;
  };
  await run.refine({ remedies: [{ l2: 1e-3 }], epochs: 2, onStep: () => wait("refine") });
  await run.learningCurve({ onStep: () => wait("curve") });
  // Two epochs of six steps; a curve has nine networks of an eighth to a half of the images.
  expect(counts.refine).toBe(12);
  expect(counts.curve).toBeGreaterThan(18);
});
