import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import type { Network } from "../../src/model/network.ts";
import type { PlanOptions } from "../../src/model/plan.ts";
import { networks } from "./drawn-networks.ts";

const options: fc.Arbitrary<PlanOptions> = fc.record({
  batchSize: fc.integer({ min: 1, max: 70 }),
  training: fc.boolean(),
  state: fc.uniqueArray(fc.constantFrom("m", "v", "velocity", "largest")),
});

const bytesOf = (net: Network, wanted: PlanOptions) =>
  Object.fromEntries(net.plan(wanted).regions.map(({ name, bytes }) => [name, bytes]));

describe("network.plan", () => {
  it("lays regions one behind the other on multiples of 16 bytes, without overlap, and its bytes are their padded sum", () => {
    fc.assert(
      fc.property(networks, options, (net, wanted) => {
        const { regions, bytes } = net.plan(wanted);
        let end = 0;
        for (const region of regions) {
          expect(region.offset).toBe(end);
          expect(region.offset % 16).toBe(0);
          end += Math.ceil(region.bytes / 16) * 16;
        }
        expect(bytes).toBe(end);
        expect(new Set(regions.map(({ name }) => name)).size).toBe(regions.length);
      }),
    );
  });

  it("gives every layer an output of (batch, outputs) floats, and everything that goes by weight the same floats", () => {
    fc.assert(
      fc.property(networks, options, (net, wanted) => {
        const { batchSize = 32, training = true, state = [] } = wanted;
        const bytes = bytesOf(net, wanted);
        const { placed } = net;
        // Outputs are padded to whole vectors.
        const floats = net.parameters.reduce((sum, { length, placed: { outputs: own } }) => sum + (length / own) * 4 * Math.ceil(own / 4), 0); // prettier-ignore
        expect(net.plan(wanted).parameterFloats).toBe(floats);
        expect(bytes.parameters).toBe(4 * floats);
        expect(bytes.input).toBe(4 * batchSize * placed[0].inputs);
        for (const { index, title, outputs } of placed)
          expect(bytes[`output of ${index} ${title}`]).toBe(4 * batchSize * outputs);
        for (const name of ["gradients", ...state.map((each) => `state ${each}`)])
          expect(bytes[name]).toBe(training ? 4 * floats : undefined);
        const first = placed.findIndex(({ layer }) => layer.kind === "dense");
        const widest = Math.max(...placed.slice(first).map(({ outputs }) => outputs));
        for (const name of ["upstream a", "upstream b"])
          expect(bytes[name]).toBe(training ? 4 * batchSize * widest : undefined);
      }),
    );
  });

  it("is a pure function, grows with the batch, and takes less without training", () => {
    fc.assert(
      fc.property(networks, options, (net, wanted) => {
        const plan = net.plan(wanted);
        const again = net.plan(wanted);
        expect([again.regions, again.bytes, String(again)]).toEqual([plan.regions, plan.bytes, String(plan)]);
        const larger = net.plan({ ...wanted, batchSize: (wanted.batchSize ?? 32) + 8 });
        expect(larger.bytes).toBeGreaterThan(plan.bytes);
        expect(net.plan({ ...wanted, training: false }).bytes).toBeLessThan(
          net.plan({ ...wanted, training: true }).bytes,
        );
      }),
    );
  });

  it("has masks for dropout in training alone, one for each layer of it", () => {
    const net = network([dropout(0.1), dense(5), relu(), dropout(0.5, { name: "last" }), dense(2)], { input: [3, 3] });
    expect(bytesOf(net, { batchSize: 4 })).toMatchObject({
      "mask of 0 dropout 1": 4 * 4 * 9,
      "mask of 3 last": 4 * 4 * 5,
    });
    expect(Object.keys(bytesOf(net, { training: false })).filter((name) => name.startsWith("mask"))).toEqual([]);
  });

  it("prints every region and the whole, as many lines as regions and one more", () => {
    const plan = network([dense(12), relu(), dense(2)], { input: [10, 10, 10] }).plan({ batchSize: 32 });
    const lines = String(plan).split("\n");
    expect(lines).toHaveLength(plan.regions.length + 1);
    plan.regions.forEach(({ name, bytes }, i) => {
      expect(lines[i].startsWith(name)).toBe(true);
      expect(lines[i].endsWith(` ${bytes.toLocaleString("en-US")} bytes`)).toBe(true);
    });
    expect(lines[lines.length - 1]).toMatch(new RegExp(`^all, padded .* ${plan.bytes.toLocaleString("en-US")} bytes$`));
  });

  it("refuses a batch that is no whole number of images, and two states of one name", () => {
    const net = network([dense(2)], { input: [3] });
    for (const batchSize of [0, -1, 1.5, NaN, Infinity])
      expect(() => net.plan({ batchSize })).toThrow(new RangeError(`plan: expected a batch size of at least 1, got ${batchSize}`)); // prettier-ignore
    expect(() => net.plan({ state: ["m", "m"] })).toThrow(/expected each region once, got "state m" twice/);
  });
});
