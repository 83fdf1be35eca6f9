import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  audit, dense, network, phantoms, predict, provideKernels, relu, saliency, study,
} from "../../src/index.ts"; // prettier-ignore
import type { ProvidedKernels } from "../../src/index.ts";
import { allocate } from "../../src/wasm/memory.ts";
import { layOut } from "../../src/wasm/layout.ts";
import { connectInProcess } from "../worker/in-process.ts";

const bytes = new Uint8Array(await readFile("build/kernels.reproducible.release.wasm"));
const data = phantoms({ count: 60, seed: 7, size: [6, 6, 6] });
const training = { network: network([dense(8), relu(), dense(2)]), epochs: 2 };

async function trained() {
  const run = study({ data, seed: 5 });
  for await (const { epoch } of run.train(training)) expect(epoch).toBeGreaterThan(0);
  return run.model();
}

/** All that computes: a study with its audit and test, predictions, an explanation. */
async function everything() {
  const run = study({ data, seed: 5 });
  for await (const { epoch } of run.train(training)) expect(epoch).toBeGreaterThan(0);
  const report = await run.test();
  const model = await run.model();
  const { probabilities } = await predict(model, data);
  const { maps } = await saliency(model, data, [0, 1]);
  const { duplicates } = await audit(data);
  return { weights: model.weights, accuracy: report.metrics["accuracy"], probabilities, maps, duplicates };
}

afterEach(() => provideKernels({}));

describe("kernels that are provided", () => {
  it("take the place of the library's own wherever something is computed, to the same bits: bytes and compiled", async () => {
    const own = await everything();
    const module = await WebAssembly.compile(bytes);
    for (const build of [bytes, { module }]) {
      provideKernels({ reproducible: build });
      expect(await everything()).toEqual(own);
    }
    // Not the library's own: memory of what is compiled is shared.
    using block = await allocate(layOut([["x", 16]]));
    expect(block.floats("x").buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("are all there is: nothing computes with a module that has no kernels", async () => {
    const model = await trained();
    provideKernels({ reproducible: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) });
    await expect(trained()).rejects.toThrow(TypeError);
    await expect(predict(model, data)).rejects.toThrow(TypeError);
    await expect(saliency(model, data, 0)).rejects.toThrow(TypeError);
    await expect(audit(data)).rejects.toThrow(TypeError);
  });

  it("are left for the library's own by an empty list, by another mode, and by vectors that are wide", async () => {
    const module = await WebAssembly.compile(bytes);
    for (const [kernels, wide] of [[{}, false], [{ fast: { module } }, false], [{ reproducible: { module } }, true]] as const) {
      provideKernels(kernels);
      const block = await allocate(layOut([["x", 16]]), "reproducible", wide).catch((error: unknown) => String(error));
      if (typeof block === "string") expect(block).toMatch(/wide/); // an engine without them
      else expect(block.floats("x").buffer).toBeInstanceOf(ArrayBuffer);
    }
  }); // prettier-ignore

  it("are refused by name when they are none", () => {
    const refused = (kernels: unknown) => () => provideKernels(kernels as ProvidedKernels);
    expect(refused({ slow: bytes })).toThrow(RangeError);
    expect(refused({ slow: bytes })).toThrow('kernels: expected the modes "reproducible" and "fast", got "slow"');
    expect(refused({ fast: "kernels.wasm" })).toThrow(
      /^kernels\.fast: expected the bytes .* or \{ module \}, got "kernels\.wasm"/,
    );
    expect(refused({ fast: { module: bytes } })).toThrow(TypeError);
    expect(refused({ reproducible: new TextEncoder().encode("<!doctype html>") })).toThrow(
      /got 15 bytes that do not begin with "\\0asm"/,
    );
  });

  it("say that bytes are needed where memory cannot be shared", async () => {
    const model = await trained();
    provideKernels({ reproducible: { module: await WebAssembly.compile(bytes) } });
    const shared = globalThis.SharedArrayBuffer;
    try {
      Object.assign(globalThis, { SharedArrayBuffer: undefined });
      await expect(predict(model, data)).rejects.toThrow(/^kernels: expected their bytes, since memory cannot be shared here/);
    } finally {
      Object.assign(globalThis, { SharedArrayBuffer: shared });
    }
  }); // prettier-ignore

  it("are a worker's own: it has them from the page, and refuses what are none before anything is asked of it", async () => {
    const { remote, said } = await connectInProcess(true, { reproducible: bytes });
    expect(said[0]).toMatchObject({ kind: "begin", kernels: { reproducible: bytes } });
    const run = await remote.study({ data: { phantoms: { count: 60, seed: 7, size: [6, 6, 6] } }, seed: 5 });
    for await (const { epoch } of run.train(training)) expect(epoch).toBeGreaterThan(0);
    remote.end();
    const none = { reproducible: Uint8Array.of(1, 2) };
    await expect(connectInProcess(true, none)).rejects.toThrow(/^kernels\.reproducible: expected the bytes/);
  });
});
