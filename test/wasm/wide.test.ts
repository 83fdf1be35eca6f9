// Wide vectors: where the engine joins pairs of vectors, everything is compiled by it and compared with the unwide build's
// bits; where it cannot, it is refused.
import { setFlagsFromString } from "node:v8";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { dense, relu } from "../../src/model/layers.ts";
import { toPanels } from "../../src/model/panels.ts";
import { network } from "../../src/model/network.ts";
import { startFit } from "../../src/train/fit.ts";
import { resolveTraining } from "../../src/train/settings.ts";
import { createMemory, instantiateKernels } from "../../src/wasm/kernels.ts";
import type { Kernels } from "../../src/wasm/kernels.ts";
import type { NumericMode } from "../../src/wasm/modes.ts";
import { matmulScratchBytes, panelFloats } from "../../src/wasm/layout.ts";
import { useWide } from "../../src/wasm/wide.ts";
import { useWide as refuseWide } from "../../src/wasm/wide-refused.ts";
import { modes, readBuild } from "../assembly/workbench.ts";
import type { Build } from "../assembly/workbench.ts";
import { toySet } from "../train/toy.ts";

// Everything here is compiled at once by the optimizing compiler, which alone joins vectors. (Node 26 ends in a failed check
// when that compiler looks for what the baseline compiler would have told it about inlining.)
const atOnce = ["--no-liftoff", "--no-wasm-async-compilation", "--no-wasm-lazy-compilation", "--no-wasm-inlining"];
for (const flag of atOnce) setFlagsFromString(flag);

/** Whether vectors are joined in what is compiled from now on. */
const join = (wide: boolean) =>
  setFlagsFromString(wide ? "--experimental-wasm-revectorize" : "--no-experimental-wasm-revectorize");

const unable = "this engine has no wide vectors: run the tests on Node 24 on x64 as well";
const bytes = 24 << 20;
const isAble = await instantiateKernels(createMemory(1), "reproducible", true).then(
  () => true,
  () => false,
);

/** Random values, the same for every build, behind one another from an address on. */
function fill(memory: WebAssembly.Memory, base: number, floats: number, seed: number): void {
  let state = seed >>> 0;
  const view = new Float32Array(memory.buffer, base, floats);
  for (let i = 0; i < floats; i++) view[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
}

describe("wide vectors", () => {
  it("are refused with words that say what to do where the host is no Node", async () => {
    await expect((async () => refuseWide())()).rejects.toThrow(/wide: expected Node 24 .* Leave wide out/);
  });

  it.skipIf(isAble)("are refused with words that say what is missing where the engine cannot", async () => {
    const words = /wide: expected .*, got .*\. Leave wide out: the bits are the same/;
    await expect(instantiateKernels(createMemory(1), "reproducible", true)).rejects.toThrow(words);
  });

  it("are refused where kernels turn out not to be joined", async (context) => {
    if (!isAble) context.skip(unable);
    const slow = { heapBase: () => 0, multiplyAddLimit: () => 0, matmulAB: () => void Array.from({ length: 3000 }) };
    await expect(useWide(() => Promise.resolve(slow as unknown as Kernels))).rejects.toThrow(/which did not/);
  });
});

describe.each(modes)("wide vectors, %s", (mode: NumericMode) => {
  const buildOf = (wide: boolean): Build => `${mode}${wide ? "-wide" : ""}.release`;
  let pair: { memory: WebAssembly.Memory; kernels: Kernels; base: number }[];

  beforeAll(async () => {
    if (!isAble) return;
    pair = [];
    for (const wide of [false, true]) {
      const memory = createMemory(bytes);
      join(wide);
      const kernels = await instantiateKernels(memory, readBuild(buildOf(wide)));
      pair.push({ memory, kernels, base: Math.ceil(kernels.heapBase() / 64) * 64 });
    }
  });

  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 90, max: 150 }));
  const shapes = fc.tuple(size, size, size, fc.constantFrom(0, 4, 16), fc.nat());

  /** Runs both builds on the same values; the bits of all memory that they wrote, up to their scratch. */
  function both(floats: number, seed: number, run: (kernels: Kernels, base: number) => void): void {
    const [narrow, wide] = pair.map(({ memory, kernels, base }) => {
      fill(memory, base, floats, seed);
      run(kernels, base);
      return Buffer.from(memory.buffer, base, 4 * floats);
    });
    expect(wide.equals(narrow)).toBe(true);
  }

  it.runIf(isAble)("products of drawn sizes have the bits of the unwide build", () => {
    fc.assert(
      fc.property(shapes, ([m, n, k, shift, seed]) => {
        const [c, a, b] = [0, m * n, m * n + m * k].map((at) => 4 * at + shift);
        const floats = m * n + m * k + n * k + 4;
        expect(4 * floats + 64 + matmulScratchBytes(m, n, k)).toBeLessThan(bytes);
        const scratch = Math.ceil(floats / 16) * 64;
        for (const product of ["ABt", "AB", "AtB"] as const) {
          both(floats, seed, (kernels, base) => {
            const [aStride, bStride] = [product === "AtB" ? m : k, product === "ABt" ? k : n];
            kernels[`matmul${product}`](base + c, base + a, base + b, base + scratch, m, n, k, n, aStride, bStride);
          });
        }
      }),
    );
  });

  it.runIf(isAble)("dense layers of drawn sizes have the bits of the unwide build", () => {
    fc.assert(
      fc.property(shapes, ([batch, inputs, outputs, , seed]) => {
        const weights = panelFloats(outputs, inputs);
        const sizes = [batch * outputs, batch * inputs, weights, outputs, batch * inputs, weights];
        let floats = 0;
        const places = sizes.map((length) => 4 * ((floats += Math.ceil(length / 4) * 4) - Math.ceil(length / 4) * 4));
        const scratch = Math.ceil(floats / 16) * 64;
        both(floats, seed, (kernels, base) => {
          const [y, x, w, bias, dx, dw] = places.map((place) => base + place);
          const { memory } = pair.find((one) => one.kernels === kernels)!;
          const rows = new Float32Array(memory.buffer, x, inputs).slice();
          const panels = new Float32Array(memory.buffer, w, weights);
          toPanels(Float32Array.from({ length: inputs * outputs }, (_, i) => rows[i % inputs] * (1 + i)), panels, outputs, inputs); // prettier-ignore
          kernels.denseForward(y, x, w, bias, base + scratch, batch, inputs, outputs);
          kernels.denseBackwardInput(dx, y, w, base + scratch, batch, inputs, outputs);
          kernels.denseBackwardWeight(dw, y, x, base + scratch, batch, inputs, outputs);
          kernels.denseBackwardWeightAdd(dw, y, x, base + scratch, batch, inputs, outputs);
        });
      }),
    );
  });

  it.runIf(isAble)("Adam's steps of drawn lengths have the bits of the unwide build", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.constantFrom(0, 4, 16), fc.nat(), (n, shift, seed) => {
        both(4 * n + 4, seed, (kernels, base) => {
          const [w, m, v, g] = [0, 1, 2, 3].map((slot) => base + shift + 4 * slot * n);
          kernels.clamp(v, v, n, 0, 1);
          kernels.adamStep(w, m, v, g, n, 1e-3, 0.9, 0.999, 1e-8, 1, 0.01, 0.999);
        });
      }),
    );
  });

  it("a whole run of training has the weights of the unwide build", async (context) => {
    if (!isAble) context.skip(unable);
    const [train, validation] = [toySet(100, 1, { shape: [7, 9] }), toySet(40, 2, { shape: [7, 9] })];
    const layers = [dense(40), relu(), dense(12), relu(), dense(2)];
    const weights = [];
    // Compiled at once, and last as users have it.
    const ways = [
      { build: readBuild(buildOf(false)), wide: false },
      { build: readBuild(buildOf(true)), wide: false },
      { build: mode, wide: true },
    ];
    for (const { build, wide } of ways) {
      join(build !== ways[0].build);
      const settings = resolveTraining(
        { network: network(layers), epochs: 3, batchSize: 32, wide },
        train,
        "classification",
        1,
      );
      using fit = await startFit({ train, validation }, settings, { kind: "drawn" }, build);
      while (!fit.finished) await fit.epoch();
      weights.push(fit.bestWeights());
    }
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).toEqual(weights[0]);
  });
});
