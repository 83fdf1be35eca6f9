// ONNX files as the exporters of PyTorch and TensorFlow write them, made by hand.
import { onnxCodec, onnxType } from "../../src/exchange/onnx-messages.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from "../../src/exchange/onnx-messages.ts";

export function node(
  op: string,
  input: readonly string[],
  output: string,
  attribute: readonly OnnxAttribute[] = [],
): OnnxNode {
  // prettier-ignore
  return { opType: op, input, output: [output], name: `/${op}_${output}`, attribute };
}

export const whole = (name: string, i: number): OnnxAttribute => ({ name, i: BigInt(i), type: 2 });
export const real = (name: string, f: number): OnnxAttribute => ({ name, f, type: 1 });

/** As raw bytes, the way PyTorch writes. */
export function rawTensor(name: string, dims: readonly number[], values: readonly number[]): OnnxTensor {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return { name, dims: dims.map(BigInt), dataType: onnxType.float, rawData };
}

/** As a list of numbers, the way some of TensorFlow's tensors are written. */
export function listedTensor(name: string, dims: readonly number[], values: readonly number[]): OnnxTensor {
  return { name, dims: dims.map(BigInt), dataType: onnxType.float, floatData: values };
}

export function shapeTensor(name: string, values: readonly number[]): OnnxTensor {
  return { name, dims: [BigInt(values.length)], dataType: onnxType.int64, int64Data: values.map(BigInt) };
}

export interface Parts {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly input?: readonly (number | string)[];
  readonly opset?: number;
}

export function onnxModel({ nodes, tensors, input = ["batch", 4], opset = 17 }: Parts): OnnxModel {
  const dim = input.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: BigInt(size) }));
  return {
    irVersion: 8n,
    producerName: "test",
    opsetImport: [{ version: BigInt(opset) }],
    graph: {
      name: "main",
      node: nodes,
      initializer: tensors,
      input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: [{ name: "y", type: { tensorType: { elemType: 1 } } }],
    },
  };
}

export const onnxFile = (parts: Parts): Uint8Array<ArrayBuffer> => onnxCodec.encode(onnxModel(parts));

const weights = (rows: number, columns: number) => Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1));

/** torch.onnx.export of Sequential(Flatten, Linear(4, 3), ReLU, Linear(3, 2)), images of 1x2x2. */
export const torchFile = (): Uint8Array<ArrayBuffer> =>
  onnxFile({
    input: ["batch", 1, 2, 2],
    tensors: [
      rawTensor("1.weight", [3, 4], weights(3, 4)),
      rawTensor("1.bias", [3], [0.1, 0.2, 0.3]),
      rawTensor("3.weight", [2, 3], weights(2, 3)),
      rawTensor("3.bias", [2], [0.4, -0.4]),
    ],
    nodes: [
      node("Flatten", ["x"], "/0/Flatten_output_0", [whole("axis", 1)]),
      node("Gemm", ["/0/Flatten_output_0", "1.weight", "1.bias"], "a", [real("alpha", 1), real("beta", 1), whole("transB", 1)]), // prettier-ignore
      node("Relu", ["a"], "b"),
      node("Gemm", ["b", "3.weight", "3.bias"], "y", [real("alpha", 1), real("beta", 1), whole("transB", 1)]),
    ],
  });

/** tf2onnx of Sequential(Flatten, Dense(3, relu), Dropout, Dense(2, softmax)), images of 2x2. */
export const tensorflowFile = (): Uint8Array<ArrayBuffer> =>
  onnxFile({
    input: ["unk__6", 2, 2],
    opset: 13,
    tensors: [
      shapeTensor("const_fold_opt__8", [-1, 4]),
      listedTensor("dense/MatMul/ReadVariableOp:0", [4, 3], weights(4, 3)),
      rawTensor("dense/BiasAdd/ReadVariableOp:0", [3], [0.1, 0.2, 0.3]),
      rawTensor("dense_1/MatMul/ReadVariableOp:0", [3, 2], weights(3, 2)),
      listedTensor("dense_1/BiasAdd/ReadVariableOp:0", [2], [0.4, -0.4]),
    ],
    nodes: [
      node("Reshape", ["x", "const_fold_opt__8"], "flat"),
      node("MatMul", ["flat", "dense/MatMul/ReadVariableOp:0"], "a"),
      node("Add", ["a", "dense/BiasAdd/ReadVariableOp:0"], "b"),
      node("Relu", ["b"], "c"),
      node("Identity", ["c"], "d"),
      node("MatMul", ["d", "dense_1/MatMul/ReadVariableOp:0"], "e"),
      node("Add", ["e", "dense_1/BiasAdd/ReadVariableOp:0"], "f"),
      node("Softmax", ["f"], "y", [whole("axis", -1)]),
    ],
  });
