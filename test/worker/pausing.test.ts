import { describe, expect, it } from "vitest";
import { createKnocks, createPausing } from "../../src/worker/pausing.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await turn();
  return settled;
}

describe("after a step", () => {
  it("a run goes on at once where nothing was sent", () => {
    const pausing = createPausing(createKnocks(new SharedArrayBuffer(4)));
    expect(pausing.step(new AbortController().signal)).toBeUndefined();
  });

  it("a run waits for what was sent before the step ended, until it is heard", async () => {
    const shared = new SharedArrayBuffer(4);
    const knocks = createKnocks(shared);
    const pausing = createPausing(knocks);
    Atomics.add(new Int32Array(shared), 0, 2);
    const step = pausing.step(new AbortController().signal);
    if (!step) throw new Error("expected a promise");
    expect(await isSettled(step)).toBe(false);
    knocks.hear();
    expect(await isSettled(step)).toBe(false);
    knocks.hear();
    expect(await isSettled(step)).toBe(true);
    expect(pausing.step(new AbortController().signal)).toBeUndefined();
  });

  it("a run that is paused stands until it is resumed, or its own signal aborted", async () => {
    const pausing = createPausing(createKnocks(null));
    const controllers = [new AbortController(), new AbortController()];
    const { promise: end, resolve: finish } = later();
    const runs = controllers.map(() => pausing.running(() => end));
    const paused = pausing.pause();
    expect(await isSettled(paused)).toBe(false);
    const steps = controllers.map(
      ({ signal }) => pausing.step(signal) ?? Promise.reject(new Error("expected a promise")),
    );
    expect(await isSettled(paused)).toBe(true);
    controllers[0].abort();
    expect(await Promise.all(steps.map(isSettled))).toEqual([true, false]);
    pausing.resume();
    expect(await isSettled(steps[1])).toBe(true);
    // Asked for again, it waits for steps that are still to come.
    const again = pausing.pause();
    expect(await isSettled(again)).toBe(false);
    finish();
    await Promise.all(runs);
    expect(await isSettled(again)).toBe(true);
  });

  it("a pause ends with the runs, or when it is taken back", async () => {
    const pausing = createPausing(createKnocks(null));
    await pausing.pause();
    const { promise: end, resolve: finish } = later();
    const run = pausing.running(() => end);
    const paused = pausing.pause();
    expect(await isSettled(paused)).toBe(false);
    pausing.resume();
    expect(await isSettled(paused)).toBe(true);
    finish();
    await run;
  });
});
