import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { glorot, torchLinear, zeros } from "../../src/model/init.ts";
import * as layers from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { parametersOf, placeLayers } from "../../src/model/shapes.ts";
import { networks } from "./drawn-networks.ts";

const { dense, dropout, elu, leakyRelu } = layers;
const plainKinds = ["relu", "selu", "gelu", "geluTanh", "sigmoid", "tanh", "softplus", "silu", "softmax"] as const;

describe("layers", () => {
  it.each(plainKinds)("%s is a frozen value of its kind, with a name where one was given", (kind) => {
    expect(layers[kind]()).toEqual({ kind });
    expect(layers[kind]({ name: "a" })).toEqual({ kind, name: "a" });
    expect(Object.isFrozen(layers[kind]())).toBe(true);
    expect(Object.keys(layers[kind]({ name: undefined }))).toEqual(["kind"]);
  });

  it("have PyTorch's defaults: a bias, both drawn as Linear draws them, slope 0.01, alpha 1", () => {
    expect(dense(3)).toEqual({ kind: "dense", outputs: 3, bias: true, weightInitializer: torchLinear(), biasInitializer: torchLinear() }); // prettier-ignore
    expect(leakyRelu()).toEqual({ kind: "leakyRelu", slope: 0.01 });
    expect(elu()).toEqual({ kind: "elu", alpha: 1 });
    expect(dense(3, { bias: false, weightInitializer: glorot(), biasInitializer: zeros(), name: "a" })).toEqual({
      ...{ kind: "dense", outputs: 3, bias: false, weightInitializer: glorot(), biasInitializer: zeros(), name: "a" },
    });
    expect([leakyRelu(0.2, { name: "b" }), elu(2, { name: "c" }), dropout(0, { name: "d" })]).toEqual([
      { kind: "leakyRelu", slope: 0.2, name: "b" },
      { kind: "elu", alpha: 2, name: "c" },
      { kind: "dropout", rate: 0, name: "d" },
    ]);
    for (const layer of [dense(1), leakyRelu(), elu(), dropout(0.5)]) expect(Object.isFrozen(layer)).toBe(true);
  });

  it.each([
    [() => dense(0), "dense: expected a whole number of outputs, at least 1, got 0"],
    [() => dense(NaN), "dense: expected a whole number of outputs, at least 1, got NaN"],
    [() => dropout(-0.1), "dropout: expected a rate in [0, 1), got -0.1"],
    [() => dropout(1), "dropout: expected a rate in [0, 1), got 1"],
    [() => leakyRelu(NaN), "leakyRelu: expected a finite slope, got NaN"],
    [() => elu(Infinity), "elu: expected a finite alpha, got Infinity"],
  ])("refuse what makes none: %s", (make, message) => {
    expect(make).toThrow(new RangeError(message));
  });

  it("take what the layer before gives, from the image's features to the last outputs", () => {
    fc.assert(
      fc.property(networks, (net) => {
        let features = (net.input ?? []).reduce((product, size) => product * size, 1);
        net.placed.forEach((placed, index) => {
          expect([placed.layer, placed.index, placed.inputs]).toEqual([net.layers[index], index, features]);
          features = placed.layer.kind === "dense" ? placed.layer.outputs : features;
          expect(placed.outputs).toBe(features);
        });
        expect(new Set(net.placed.map(({ title }) => title)).size).toBe(net.layers.length);
      }),
    );
  });

  it("have inputs times outputs weights and one bias an output, each tensor under a name of its own", () => {
    fc.assert(
      fc.property(networks, (net) => {
        let [weights, biases] = [0, 0];
        for (const { layer, inputs, outputs } of net.placed) {
          if (layer.kind !== "dense") continue;
          weights += inputs * outputs;
          biases += layer.bias ? outputs : 0;
        }
        expect([net.weightCount, net.biasCount]).toEqual([weights, biases]);
        expect(new Set(net.parameters.map(({ name }) => name)).size).toBe(net.parameters.length);
        for (const { role, shape, length, placed } of net.parameters) {
          expect(shape).toEqual(role === "weight" ? [placed.outputs, placed.inputs] : [placed.outputs]);
          expect(length).toBe(shape.reduce((product, size) => product * size, 1));
        }
      }),
    );
  });

  it("are titled by name, or by kind and number; the last dense layer is the output", () => {
    const list = [dense(4), layers.relu(), dropout(0.5), dense(4, { name: "mine" }), layers.relu(), dense(4), dense(2), layers.softmax()]; // prettier-ignore
    expect(placeLayers(list, [9]).map(({ title }) => title)).toEqual(["hidden 1", "relu 1", "dropout 1", "mine", "relu 2", "hidden 2", "output", "softmax 1"]); // prettier-ignore
    expect(parametersOf(placeLayers(list, [9])).map(({ name }) => name)).toEqual(["0", "mine", "5", "6"].flatMap((prefix) => [`${prefix}.weight`, `${prefix}.bias`])); // prettier-ignore
  });

  it("count the article's 12,168 weights whatever the names, activations and dropout between them", () => {
    const list = [dense(12, { name: "a" }), elu(), dropout(0.2), dense(12), layers.tanh(), dense(2, { name: "c" })];
    const net = network(list, { input: [10, 10, 10] });
    expect([net.weightCount, net.biasCount]).toEqual([12168, 26]);
  });
});
