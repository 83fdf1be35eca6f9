import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, dropout, gaussianDropout, relu, spatialDropout } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm, layerNorm } from "../../src/model/normalization-layers.ts";
import { ema, swa } from "../../src/train/average.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import type { Sampling } from "../../src/data/sampling.ts";
import type { Fit } from "../../src/train/fit.ts";
import * as optimizers from "../../src/train/optimizer.ts";
import type { Optimizer } from "../../src/train/optimizer.ts";
import type { RunState } from "../../src/train/progress.ts";
import { cosineDecay, reduceOnPlateau } from "../../src/train/schedule.ts";
import type { TrainOptions } from "../../src/train/settings.ts";
import { bitsOf, finish, start } from "./toy.ts";

/** Every optimizer, with what gives it the most to remember. */
const chosen: Optimizer[] = [
  optimizers.sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.1 }),
  optimizers.gradientDescent({ learningRate: 0.1 }),
  optimizers.adam({ learningRate: 0.02, amsgrad: true }),
  optimizers.adamw({ learningRate: 0.02 }),
  optimizers.nadam({ learningRate: 0.02 }),
  optimizers.radam({ learningRate: 0.02 }),
  optimizers.adamax({ learningRate: 0.02 }),
  optimizers.rmsprop({ learningRate: 0.02, centered: true, momentum: 0.5 }),
  optimizers.adagrad({ learningRate: 0.1, learningRateDecay: 0.1 }),
  optimizers.adadelta(),
];

const net = network([dense(6), relu(), dropout(0.4), dense(5), relu(), dropout(0.2), dense(2)]);

const normalized = network([
  spatialDropout(0.2), dense(6, { name: "first" }), batchNorm(), relu(), gaussianDropout(0.3), dense(5), layerNorm(), relu(), dense(2),
]); // prettier-ignore

/** What a run may have beside its optimizer to remember. */
const more: TrainOptions[] = [
  { network: net },
  { network: normalized, average: ema({ decay: 0.9 }), regularization: { maxNorm: 0.8 } },
  { network: normalized, average: swa({ from: 2 }), freeze: ["first"] },
];

const drawn = fc.record({
  more: fc.constantFrom(...more),
  optimizer: fc.constantFrom(...chosen),
  schedule: fc.constantFrom(reduceOnPlateau({ patience: 0, factor: 0.5 }), cosineDecay({ maxSteps: 3 })),
  accumulate: fc.constantFrom(1, 2),
  sampling: fc.constantFrom<Sampling>("shuffle", "balanced", { weights: Array.from({ length: 30 }, (_, i) => i % 4) }),
  batchSize: fc.constantFrom(5, 8),
  /** After how many updates the run is interrupted. */
  stopAfter: fc.integer({ min: 1, max: 17 }),
});

/** Runs until `updates` steps were taken in all, or to the end; then stops as an interrupt does. */
async function runFor(fit: Fit, updates: number): Promise<void> {
  const interrupt = new AbortController();
  let taken = 0;
  while (!fit.finished) {
    try {
      await fit.epoch(interrupt.signal, () => {
        taken++;
        if (taken === updates) interrupt.abort(new Error("interrupted"));
      });
    } catch (reason) {
      if ((reason as Error).message === "interrupted") return;
      throw reason;
    }
    if (interrupt.signal.aborted) return;
  }
}

const timeless = ({ progress }: RunState) => ({
  ...progress,
  history: progress.history.map((epoch) => ({ ...epoch, seconds: 0 })),
});

describe("a run that was stopped", () => {
  it("and goes on from its checkpoint's bytes ends with the bits of one that ran through: weights and running statistics, best, state, average, history; at any step, in the middle of an epoch too", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ({ stopAfter, more: further, ...rest }) => {
        const options: TrainOptions = { ...rest, ...further, epochs: 4 };
        const through = await start(options);
        await finish(through);

        const first = await start(options);
        await runFor(first, stopAfter);
        const bytes = await encodeCheckpoint(first.state());
        first.free();
        const state = await decodeCheckpoint(bytes, "checkpoint");
        const second = await start(options, { beginning: { kind: "resumed", state } });
        await finish(second);

        const [want, got] = [through.state(), second.state()];
        expect(timeless(got)).toEqual(timeless(want));
        expect([...got.tensors.keys()]).toEqual([...want.tensors.keys()]);
        for (const [name, tensor] of want.tensors) expect(bitsOf(got.tensors.get(name)!), name).toEqual(bitsOf(tensor));
        through.free();
        second.free();
      }),
      { numRuns: 90 },
    );
  });

  it("can be stopped and go on after each of its 8 steps", async () => {
    const options: TrainOptions = { optimizer: chosen[2], network: net, epochs: 2, batchSize: 8 };
    const through = await start(options);
    await finish(through);
    let fit = await start(options);
    let stops = 0;
    for (;;) {
      await runFor(fit, 1);
      if (fit.finished) break;
      const state = await decodeCheckpoint(await encodeCheckpoint(fit.state()), "checkpoint");
      fit.free();
      fit = await start(options, { beginning: { kind: "resumed", state } });
      stops++;
    }
    expect(stops).toBe(7);
    expect(bitsOf(fit.state().tensors.get("parameters")!)).toEqual(bitsOf(through.state().tensors.get("parameters")!));
    through.free();
    fit.free();
  });

  it("after the running step: the position is a whole number of batches, and the state there is that of the step", async () => {
    const fit = await start({ network: net, optimizer: chosen[2] });
    await runFor(fit, 2);
    expect(fit.progress).toMatchObject({ epoch: 0, position: 16 });
    expect(fit.state().progress.counters.steps).toBe(2);
    fit.free();
  });
});
