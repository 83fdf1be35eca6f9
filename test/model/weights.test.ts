import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, he, torchLinear, zeros } from "../../src/model/init.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import type { Network } from "../../src/model/network.ts";
import { parameterPlaces } from "../../src/model/plan.ts";
import { checkWeights, weightBytes } from "../../src/model/weights.ts";
import { initializeWeights, readWeights, writeWeights } from "../../src/model/weight-block.ts";
import type { Tensor, Weights } from "../../src/model/weights.ts";
import { networks } from "./drawn-networks.ts";

const blockOf = (net: Network) => new Float32Array(parameterPlaces(net.parameters).floats).fill(NaN);
const initialized = (net: Network, seed: number) => {
  const block = blockOf(net);
  initializeWeights(net, seed, block);
  return block;
};
const changed = (weights: Weights, name: string, tensor: Tensor) => new Map([...weights, [name, tensor]]);

describe("weights", () => {
  it("go from a block to tensors and back to the last bit, zeros between the tensors included", () => {
    fc.assert(
      fc.property(networks, fc.nat(), (net, seed) => {
        const block = initialized(net, seed);
        const copy = blockOf(net);
        writeWeights(net, readWeights(net, block), copy);
        expect(copy).toEqual(block);
      }),
    );
  });

  it("begin on whole vectors and follow one another without overlap or gap; what pads the outputs is zero", () => {
    fc.assert(
      fc.property(networks, (net) => {
        const { offsets, lengths, floats } = parameterPlaces(net.parameters);
        const block = blockOf(net).fill(0);
        writeWeights(net, new Map(net.parameters.map(({ name, shape, length }, i) => [name, { shape, data: new Float32Array(length).fill(i + 1) }])), block); // prettier-ignore
        let end = 0;
        net.parameters.forEach(({ length }, i) => {
          expect(offsets[i]).toBe(end);
          expect(offsets[i] % 4).toBe(0);
          // Whole vectors of outputs: the values of the tensor once each, zeros for the outputs that pad.
          const own = block.subarray(offsets[i], offsets[i] + lengths[i]);
          expect(own.filter((value) => value === i + 1)).toHaveLength(length);
          expect(own.filter((value) => value === 0)).toHaveLength(lengths[i] - length);
          end = offsets[i] + lengths[i];
        });
        expect(floats).toBe(end);
      }),
    );
  });

  it("are copies: writing to a tensor that was read changes nothing", () => {
    const net = network([dense(2)], { input: [3] });
    const block = initialized(net, 1);
    const before = block.slice();
    readWeights(net, block).get("0.weight")?.data.fill(9);
    expect(block).toEqual(before);
  });

  it("are drawn within 1 / sqrt(inputs) of each layer, weights and biases alike, as PyTorch's Linear has it", () => {
    const net = network([dense(400), relu(), dense(300), dense(200)], { input: [100] });
    const weights = readWeights(net, initialized(net, 5));
    for (const [name, inputs] of [
      ["0", 100],
      ["2", 400],
      ["3", 300],
    ] as const)
      // prettier-ignore
      for (const role of ["weight", "bias"]) {
        const largest = Math.max(...(weights.get(`${name}.${role}`)?.data.map(Math.abs) ?? []));
        expect(largest).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(inputs)));
        expect(largest).toBeGreaterThan(0.97 / Math.sqrt(inputs));
      }
  });

  it("are drawn as each layer asks, and never twice: no value of one tensor comes again in another", () => {
    const layers = [
      dense(40, { weightInitializer: he(), biasInitializer: zeros() }),
      dense(40, { weightInitializer: he(), biasInitializer: constant(0.25) }),
      dense(40, { weightInitializer: torchLinear() }),
    ];
    const net = network(layers, { input: [40] });
    const weights = readWeights(net, initialized(net, 5));
    expect(new Set(weights.get("0.bias")?.data)).toEqual(new Set([0]));
    expect(new Set(weights.get("1.bias")?.data)).toEqual(new Set([0.25]));
    const first = new Set(weights.get("0.weight")?.data);
    const shared = weights.get("1.weight")?.data.filter((value) => first.has(value)) ?? [];
    expect(shared.length).toBeLessThan(5);
  });

  it("are the same bits for the same seed, others for another, and do not depend on a layer behind them", () => {
    const short = network([dense(6), relu(), dense(3)], { input: [5] });
    const long = network([dense(6), relu(), dense(3), dense(2)], { input: [5] });
    expect(initialized(short, 11)).toEqual(initialized(short, 11));
    expect(initialized(short, 11)).not.toEqual(initialized(short, 12));
    const [some, all] = [readWeights(short, initialized(short, 11)), readWeights(long, initialized(long, 11))];
    for (const [name, { data }] of some) expect(all.get(name)?.data).toEqual(data);
  });

  it("are hashed over their little-endian bytes in order, without padding", () => {
    const weights = new Map([
      ["a", { shape: [1], data: Float32Array.of(1) }],
      ["b", { shape: [2], data: Float32Array.of(-2, 0.5) }],
    ]);
    expect(Array.from(weightBytes(weights))).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f]);
  });

  it("are refused by name when one is missing, of another shape or length, or of no layer, and nothing is written", () => {
    const net = network([dense(2), dense(3)], { input: [4] });
    const good = readWeights(net, initialized(net, 1));
    const data = new Float32Array(8);
    const cases: [Weights, string][] = [
      [new Map([...good].slice(1)), 'weights: expected a tensor "0.weight" of 2x4, got none'],
      [changed(good, "0.weight", { shape: [4, 2], data }), 'weights "0.weight": expected 2x4, got 4x2'],
      [changed(good, "0.weight", { shape: [8], data }), 'weights "0.weight": expected 2x4, got 8'],
      [changed(good, "0.weight", { shape: [2, 4], data: data.subarray(1) }), 'weights "0.weight": expected 8 values for 2x4, got 7'],
      [changed(good, "1.bias", { shape: [3], data }), 'weights "1.bias": expected 3 values for 3, got 8'],
      [changed(good, "2.bias", { shape: [3], data }), 'weights: expected only 0.weight, 0.bias, 1.weight, 1.bias; got "2.bias". Is it another network\'s file?'],
    ]; // prettier-ignore
    for (const [weights, message] of cases) {
      const block = blockOf(net);
      const before = block.slice();
      expect(() => writeWeights(net, weights, block)).toThrow(new RangeError(message));
      expect(block).toEqual(before);
    }
    expect(() => checkWeights(net, good)).not.toThrow();
  });
});
