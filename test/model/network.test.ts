import { describe, expect, it } from "vitest";
import { dense, dropout, elu, leakyRelu, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";

const article = () => network([dense(12), relu(), dense(12), relu(), dense(2)], { input: [10, 10, 10] });

describe("network", () => {
  it("counts 12,168 weights and 26 biases in the article's network", () => {
    expect(article().weightCount).toBe(12168);
    expect(article().biasCount).toBe(26);
  });

  it("prints layers, shapes, weights and biases as a table", () => {
    expect(article().summary()).toBe(
      [
        "layer     kind     output  weights  biases",
        "--------  -----  --------  -------  ------",
        "input            10x10x10        0       0",
        "hidden 1  dense        12   12,000      12",
        "relu 1    relu         12        0       0",
        "hidden 2  dense        12      144      12",
        "relu 2    relu         12        0       0",
        "output    dense         2       24       2",
        "--------  -----  --------  -------  ------",
        "all                         12,168      26",
      ].join("\n"),
    );
  });

  it("names tensors as PyTorch's Sequential of the same layers does, or by the layer's own name", () => {
    const net = network([dense(5, { name: "hidden" }), dropout(0.5), dense(2, { bias: false })], { input: [3] });
    expect(net.parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ["hidden.weight", [5, 3]],
      ["hidden.bias", [5]],
      ["2.weight", [2, 5]],
    ]);
  });

  it("plans the bytes of every region before anything is allocated", () => {
    const plan = article().plan({ batchSize: 32 });
    const bytes = Object.fromEntries(plan.regions.map((region) => [region.name, region.bytes]));
    const parameters = 4 * (12000 + 12 + 144 + 12 + 48 + 4); // the last layer is padded to a whole vector of outputs
    expect(bytes).toMatchObject({ input: 32 * 1000 * 4, parameters, gradients: parameters, "state m": parameters });
    expect(plan.bytes).toBe(plan.regions.reduce((sum, region) => sum + Math.ceil(region.bytes / 16) * 16, 0));
    expect(String(plan)).toContain("parameters");
    expect(article().plan({ training: false }).bytes).toBeLessThan(plan.bytes);
  });

  it("takes its input from the data, and refuses images of another shape", () => {
    const open = network([dense(4), relu(), dense(2)]);
    expect(() => open.summary()).toThrow(/shape of an image is not known yet/);
    expect(() => open.weightCount).toThrow(TypeError);
    expect(open.withInput([28, 28]).weightCount).toBe(28 * 28 * 4 + 8);
    expect(() => article().withInput([32, 32])).toThrow(
      "network: expected images of 10x10x10, got 32x32. Resize the images, or set input: [32, 32].",
    );
  });

  it("is a frozen value of plain layers that JSON keeps", () => {
    const layers = [dense(4), leakyRelu(0.2), elu(), dropout(0.1), dense(2)];
    const net = network(layers, { input: [6] });
    const copied = network(JSON.parse(JSON.stringify(net.layers)) as typeof layers, { input: [6] });
    expect(copied.summary()).toBe(net.summary());
    expect(() => Object.assign(net, { input: [7] })).toThrow(TypeError);
    expect(() => Object.assign(net.layers[0], { outputs: 7 })).toThrow(TypeError);
  });

  it.each([
    [() => dense(0), /whole number of outputs, at least 1, got 0/],
    [() => dense(1.5), /got 1.5/],
    [() => dropout(1), /rate in \[0, 1\), got 1/],
    [() => dropout(NaN), /got NaN/],
    [() => leakyRelu(Infinity), /finite slope/],
    [() => network([relu()]), /at least one dense layer/],
    [() => network([dense(2, { name: "a" }), dense(2, { name: "a" })]), /"a" twice/],
    [() => network([dense(2, { name: "3" })]), /a name with letters/],
    [() => network([dense(2)], { input: [0] }), /input shape of whole numbers, got \[0\]/],
    [() => article().plan({ batchSize: 0 }), /batch size of at least 1, got 0/],
  ])("refuses what makes no network: %s", (make, message) => {
    expect(make).toThrow(message);
  });
});
