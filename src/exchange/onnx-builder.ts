// A graph of ONNX as it grows: nodes by what they read, and the tensors that they know beforehand.
import { littleEndianBytes } from "../endian.ts";
import { onnxAttribute, onnxType } from "./onnx-messages.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./onnx-messages.ts";

/** A whole number, a real one (given as `{ real }`), or whole numbers. */
type AttributeValue = number | { readonly real: number } | readonly number[];

export interface OnnxBuilder {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** Adds a node and gives the name of its only output. */
  readonly node: (
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    output?: string,
  ) => string;
  /** Adds a tensor of float32 and gives its name. */
  readonly floats: (name: string, shape: readonly number[], data: Float32Array) => string;
  /** The name of a tensor of int64. */
  readonly integers: (name: string, values: readonly number[]) => string;
  /** The name of a float32 number, which is added once. */
  readonly number: (value: number) => string;
}

export function onnxBuilder(): OnnxBuilder {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const numbers = new Map<number, string>();
  function floats(name: string, shape: readonly number[], data: Float32Array): string {
    const rawData = littleEndianBytes(data);
    initializers.push({ name, dims: shape.map(BigInt), dataType: onnxType.float, rawData });
    return name;
  }
  return {
    nodes,
    initializers,
    node(op, inputs, attributes = {}, output = `${op} ${nodes.length}`) {
      const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
      nodes.push({ input: inputs, output: [output], name: `node ${nodes.length}`, opType: op, attribute });
      return output;
    },
    floats,
    integers(name, values) {
      const rawData = littleEndianBytes(BigInt64Array.from(values, BigInt));
      initializers.push({ name, dims: [BigInt(values.length)], dataType: onnxType.int64, rawData });
      return name;
    },
    number(value) {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      const name = floats(`number ${value}`, [], Float32Array.of(value));
      numbers.set(value, name);
      return name;
    },
  };
}

function attributeOf(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === "number") return { name, i: BigInt(value), type: onnxAttribute.int };
  if ("real" in value) return { name, f: value.real, type: onnxAttribute.float };
  return { name, ints: value.map(BigInt), type: onnxAttribute.ints };
}
