import * as ort from "onnxruntime-web/wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { onnxCodec } from "../../src/exchange/onnx-messages.ts";
import { loadOnnx, saveOnnx } from "../../src/exchange/onnx.ts";
import type { ImportOptions } from "../../src/exchange/steps.ts";
import { FormatError } from "../../src/errors.ts";
import { meanSquaredError, sigmoidCrossEntropy, sigmoidDice } from "../../src/model/loss.ts";
import { loadModel, saveModel } from "../../src/train/model.ts";
import type { Model } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";
import { allLosses, around, furthest, imagesFor, layersByKind, modelOf, pixelsOf } from "./models.ts";
import { listedTensor, node, onnxFile, onnxModel, rawTensor, real, shapeTensor, tensorflowFile, torchFile, whole } from "./onnx-files.ts"; // prettier-ignore
import type { Parts } from "./onnx-files.ts";

beforeAll(() => {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
});

async function expectAlike(a: Model, b: Model): Promise<void> {
  const set = imagesFor(a);
  const [one, other] = [await predict(a, set), await predict(b, set)];
  expect(furthest(one.probabilities, other.probabilities)).toBeLessThan(1e-6);
}

/** What voxgrad says of the file, and onnxruntime: probabilities, or outputs that are logits. */
async function bothAnswers(bytes: Uint8Array, options: ImportOptions = {}) {
  const model = await loadOnnx(bytes, options);
  const set = imagesFor(model);
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const dims = onnxCodec.decode(bytes, "x").graph?.input?.[0].type?.tensorType?.shape?.dim?.slice(1) ?? [];
  const shape = dims.map(({ dimValue }) => Number(dimValue));
  const { y } = await session.run({ x: new ort.Tensor("float32", pixelsOf(set), [set.length, ...shape]) });
  await session.release();
  return { model, said: (await predict(model, set)).probabilities, outputs: y.data as Float32Array };
}

const softmaxRows = (z: Float32Array, width: number) => z.map((_, i) => {
  const row = [...z.subarray(i - (i % width), i - (i % width) + width)];
  const largest = Math.max(...row);
  return Math.exp(z[i] - largest) / row.reduce((sum, one) => sum + Math.exp(one - largest), 0);
}); // prettier-ignore

describe("loadOnnx", () => {
  it.each(Object.entries(layersByKind))("reads what saveOnnx wrote, with the layer %s", async (kind, layer) => {
    const model = modelOf(around(layer));
    const read = await loadOnnx(await saveOnnx(model));
    const isNoise = /ropout/.test(kind);
    const kinds = ({ network }: Model) => network.layers.map((one) => one.kind);
    expect(kinds(read)).toEqual(isNoise ? kinds(model).filter((one) => one !== kind) : kinds(model));
    expect([read.classes, read.task, read.loss]).toEqual([model.classes, model.task, model.loss]);
    await expectAlike(model, read);
    await expectAlike(model, loadModel(saveModel(read)));
  });

  it.each(allLosses.map((loss) => [loss.kind, loss] as const))("reads what saveOnnx wrote, trained by %s", async (_, loss) => {
    const model = modelOf(around(layersByKind.tanh), { loss });
    const read = await loadOnnx(await saveOnnx(model));
    expect(read.loss).toEqual(loss);
    await expectAlike(model, read);
  }); // prettier-ignore

  it("reads scalings of pixels, single outputs and masks that saveOnnx wrote", async () => {
    const pixels = { kind: "pixelZScore", means: Array.from({ length: 12 }, (_, i) => 90.3 + i), deviations: Array.from({ length: 12 }, (_, i) => 9 * i) } as const;
    const scaled = modelOf(around(layersByKind.relu), { normalization: pixels });
    expect((await loadOnnx(await saveOnnx(scaled))).normalization.kind).toBe("pixelZScore");
    for (const model of [
      scaled,
      modelOf(around(layersByKind.relu), { normalization: { kind: "none" } }),
      modelOf(around(layersByKind.relu), { outputs: 1, loss: sigmoidCrossEntropy() }),
      modelOf(around(layersByKind.relu), { outputs: 1, loss: meanSquaredError() }),
    ]) await expectAlike(model, await loadOnnx(await saveOnnx(model)));
    const masks = modelOf(around(layersByKind.relu), { outputs: 24, maskClasses: [1, 5], loss: sigmoidDice() });
    const read = await loadOnnx(await saveOnnx(masks));
    expect([read.task, read.maskClasses, read.network.input]).toEqual(["segmentation", [1, 5], [3, 4]]);
  }); // prettier-ignore

  it("reads the temperature and the threshold that saveOnnx wrote", async () => {
    const decision = { temperature: 1.7, threshold: 0.31, rule: "youden" };
    const read = await loadOnnx(await saveOnnx(modelOf(around(layersByKind.relu), { outputs: 2, decision })));
    expect(read.decision).toEqual(decision);
  });

  it("reads what PyTorch exports: Flatten, Gemm with transB, logits; a channel of one is left out", async () => {
    const { model, said, outputs } = await bothAnswers(torchFile());
    expect([model.network.input, model.network.layers.map(({ kind }) => kind)]).toEqual([[2, 2], ["dense", "relu", "dense"]]); // prettier-ignore
    expect(furthest(said, softmaxRows(outputs, 2))).toBeLessThan(1e-6);
  });

  it("reads what tf2onnx exports: Reshape, MatMul and Add, softmax at the end", async () => {
    const { model, said, outputs } = await bothAnswers(tensorflowFile(), { classes: ["no", "yes"] });
    expect([model.loss.kind, model.classes]).toEqual(["softmaxCrossEntropy", ["no", "yes"]]);
    expect(furthest(said, outputs)).toBeLessThan(1e-6);
  });

  const kernel = listedTensor("w", [4, 2], [1, -2, 3, -0.4, 0.5, 6, -0.7, 0.8]);
  const constants = [1, 0.5, 3, 0.044715, Math.sqrt(2 / Math.PI), Math.SQRT2].map((value, i) =>
    rawTensor(`c${i}`, [], [value]),
  );
  const spelled: [string, Parts["nodes"]][] = [
    ["gelu with x/2 first", [node("MatMul", ["x", "w"], "h"), node("Mul", ["h", "c1"], "half"), node("Div", ["h", "c5"], "d"), node("Erf", ["d"], "e"), node("Add", ["c0", "e"], "f"), node("Mul", ["half", "f"], "y")]],
    ["gelu by tanh with a power", [node("MatMul", ["x", "w"], "h"), node("Pow", ["h", "c2"], "p"), node("Mul", ["c3", "p"], "q"), node("Add", ["h", "q"], "r"), node("Mul", ["c4", "r"], "s"), node("Tanh", ["s"], "t"), node("Add", ["t", "c0"], "u"), node("Mul", ["c1", "u"], "v"), node("Mul", ["h", "v"], "y")]],
    ["silu with the sigmoid first", [node("MatMul", ["x", "w"], "h"), node("Sigmoid", ["h"], "s"), node("Mul", ["s", "h"], "y")]],
    ["1 - x twice is x", [node("MatMul", ["x", "w"], "h"), node("Sub", ["c0", "h"], "s"), node("Sub", ["c0", "s"], "y")]],
  ]; // prettier-ignore
  it.each(spelled)("reads %s, to 1e-6 of onnxruntime", async (_, nodes) => {
    const options = { outputs: "probabilities", input: [4] } as const;
    const small = [rawTensor("w", [4, 2], [0.001, 0.002, -0.002, 0.001, 0.0015, 0.001, -0.0007, 0.0008])];
    const { said, outputs } = await bothAnswers(onnxFile({ nodes, tensors: [...small, ...constants] }), options);
    const clipped = outputs.map((value) => Math.min(1, Math.max(0, value)));
    expect(clipped.some((value) => value > 0)).toBe(true);
    expect(furthest(said, clipped)).toBeLessThan(1e-6);
  });

  it("reads weights that are turned, of half precision or of a constant node, and a scaling by channels", async () => {
    const half = { name: "h", dims: [2n, 2n], dataType: 10, rawData: new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x4200).buffer) };
    const nodes = [
      node("Sub", ["x", "mean"], "a"),
      node("Mul", ["a", "factor"], "b"),
      node("Reshape", ["b", "shape"], "c"),
      node("Constant", [], "shape", []),
      node("MatMul", ["c", "w"], "d"),
      node("Transpose", ["h"], "turned", [{ name: "perm", ints: [1n, 0n], type: 7 }]),
      node("MatMul", ["d", "turned"], "y"),
    ];
    nodes[3] = node("Constant", [], "shape", [{ name: "value_ints", ints: [-1n, 4n], type: 7 }]);
    const ordered = [nodes[3], ...nodes.filter((_, i) => i !== 3)];
    const tensors = [kernel, half, rawTensor("mean", [1, 2, 1, 1], [100, 120]), rawTensor("factor", [1, 2, 1, 1], [0.01, 0.02])];
    const model = await loadOnnx(onnxFile({ nodes: ordered, tensors, input: [1, 2, 1, 2] }));
    expect(model.normalization).toMatchObject({ kind: "pixelZScore", means: [100, 100, 120, 120] });
    expect([...(model.weights.get("1.weight")?.data ?? [])]).toEqual([1, -2, 0.5, 3]);
    expect(model.network.input).toEqual([2, 2]);
  }); // prettier-ignore

  const gemm = node("Gemm", ["x", "w"], "y");
  const add = (...more: Parts["nodes"]): Parts => ({
    nodes: [node("MatMul", ["x", "w"], "h"), ...more],
    tensors: [kernel, ...constants],
  });
  const refused: [string, Parts, RegExp][] = [
    ["a convolution", { nodes: [node("Conv", ["x", "w"], "y")], tensors: [kernel] }, /node "\/Conv_y" \(Conv\): expected one of Gemm/],
    ["an operation of another domain", { nodes: [{ ...gemm, domain: "com.microsoft" }], tensors: [kernel] }, /\(com\.microsoft\.Gemm\): expected an operation of ONNX itself/],
    ["a graph that branches", add(node("Relu", ["h"], "a"), node("Tanh", ["h"], "b"), node("Relu", ["b"], "c"), node("Relu", ["a"], "y")), /a graph that branches/],
    ["a residual connection", add(node("Relu", ["h"], "a"), node("Add", ["a", "h"], "y")), /the formula of a known activation/],
    ["x times 1.702 of a sigmoid", add(node("Mul", ["h", "c2"], "a"), node("Sigmoid", ["a"], "b"), node("Mul", ["h", "b"], "y")), /the formula of a known activation/],
    ["a square", add(node("Mul", ["h", "h"], "y")), /got a power of the image/],
    ["a factor between layers", add(node("Mul", ["h", "c2"], "y")), /a multiplication between layers/],
    ["erf of something else", add(node("Erf", ["h"], "y")), /x \/ sqrt\(2\), as gelu has it/],
    ["a softmax over the images", add(node("Softmax", ["h"], "y", [whole("axis", 0)])), /an image's outputs/],
    ["a clip at 6", add(node("Clip", ["h", "c1", "c2"], "y")), /to clip to \[0, 1\]/],
    ["weights for other inputs", { ...add(node("Relu", ["h"], "y")), input: ["batch", 5] }, /weights for 5 inputs, got 4x2/],
    ["images of more pixels than the file has bytes", { ...add(node("Relu", ["h"], "y")), input: ["batch", 1e9, 1e9] }, /weights for each pixel/],
    ["a transposed product", { nodes: [node("Gemm", ["x", "w"], "y", [whole("transA", 1)])], tensors: [kernel] }, /transA 0/],
    ["a value that nothing gives", { nodes: [node("Relu", ["z"], "y")], tensors: [kernel] }, /got "z", which nothing gives/],
    ["a name that is given twice", add(node("Relu", ["h"], "h")), /a new name for its output, got "h"/],
    ["a tensor that stands there twice", { nodes: [gemm], tensors: [kernel, kernel] }, /each tensor once, got "w" twice/],
    ["a tensor in another file", { nodes: [gemm], tensors: [{ ...kernel, dataLocation: 1 }] }, /its values in the file itself/],
    ["a tensor of texts", { nodes: [gemm], tensors: [{ ...kernel, dataType: 8 }] }, /got type 8/],
    ["a tensor that is cut off", { nodes: [gemm], tensors: [rawTensor("w", [4, 2], [1, 2])] }, /8 values for 4x2, got 2/],
    ["a tensor that claims 2^60 values", { nodes: [gemm], tensors: [rawTensor("w", [2 ** 30, 2 ** 30], [1])] }, /got 1$/],
    ["an output that is no image's", { nodes: [node("Identity", ["w"], "y")], tensors: [kernel] }, /to be computed from the image/],
    ["an old opset", { nodes: [gemm], tensors: [kernel], opset: 6 }, /opset 7 to 25, got 6/],
    ["weights that are used again and again", { nodes: [node("Gemm", ["x", "q"], "h0"), ...Array.from({ length: 30000 }, (_, i) => node("Gemm", [`h${i}`, "q"], i === 29999 ? "y" : `h${i + 1}`))], tensors: [rawTensor("q", [4, 4], Array.from({ length: 16 }, () => 1)), rawTensor("big", [100], Array.from({ length: 100 }, () => 1))] }, /more than 4096|again and again/],
    ["a shape that is none", { nodes: [node("Reshape", ["x", "s"], "a"), node("Gemm", ["a", "w"], "y")], tensors: [kernel, shapeTensor("s", [2, -1])] }, /\(images, 4 values\), got \[2, -1\]/],
    ["no dense layer", { nodes: [node("Relu", ["x"], "y")], tensors: [kernel] }, /at least one dense layer/],
    ["a leaky slope that is no number", add(node("LeakyRelu", ["h"], "y", [real("alpha", NaN)])), /leakyRelu: expected a finite slope/],
  ]; // prettier-ignore
  it.each(refused)("refuses %s, by name", async (_, parts, message) => {
    const read = loadOnnx(onnxFile(parts), { name: "net.onnx" });
    await expect(read).rejects.toThrow(FormatError);
    await expect(read).rejects.toThrow(message);
  });

  it("refuses what is no protobuf message, a message without a graph, two inputs, and a recipe that does not fit", async () => {
    await expect(loadOnnx(new Uint8Array([0x3a, 0xff, 0xff]))).rejects.toThrow(FormatError);
    await expect(loadOnnx(new Uint8Array(0))).rejects.toThrow(/a message without a graph/);
    const plain = onnxModel({ nodes: [gemm], tensors: [kernel] });
    const two = { ...plain, graph: { ...plain.graph, input: [...(plain.graph?.input ?? []), { name: "z" }] } };
    await expect(loadOnnx(onnxCodec.encode(two))).rejects.toThrow(/one input and one output, got 2 and 1/);
    const lying = { ...plain, metadataProps: [{ key: "voxgrad", value: '{"classes":["a"],"task":"classification"}' }] };
    await expect(loadOnnx(onnxCodec.encode(lying))).rejects.toThrow(/classes: expected one for each of 2 outputs, got 1/);
    const hot = { ...plain, metadataProps: [{ key: "voxgrad", value: '{"decision":{"temperature":2,"threshold":null,"rule":"x"}}' }] };
    await expect(loadOnnx(onnxCodec.encode(hot))).rejects.toThrow(/a temperature of 1, and 2 beside it/);
  }); // prettier-ignore
});
