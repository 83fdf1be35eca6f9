// The part of ONNX's messages that a dense network needs, as onnx.proto has them (github.com/onnx/onnx, IR version 8).
import { codecOf } from "./protobuf.ts";
import type { Codec, Tables } from "./protobuf.ts";

const tables: Tables = {
  Model: {
    ir_version: [1, "int64"],
    producer_name: [2, "string"],
    producer_version: [3, "string"],
    doc_string: [6, "string"],
    graph: [7, "Graph"],
    opset_import: [8, "OperatorSet", "many"],
    metadata_props: [14, "Entry", "many"],
  },
  OperatorSet: { domain: [1, "string"], version: [2, "int64"] },
  Entry: { key: [1, "string"], value: [2, "string"] },
  Graph: {
    node: [1, "Node", "many"],
    name: [2, "string"],
    initializer: [5, "Tensor", "many"],
    input: [11, "ValueInfo", "many"],
    output: [12, "ValueInfo", "many"],
  },
  Node: {
    input: [1, "string", "many"],
    output: [2, "string", "many"],
    name: [3, "string"],
    op_type: [4, "string"],
    attribute: [5, "Attribute", "many"],
    domain: [7, "string"],
  },
  Attribute: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "Tensor"],
    floats: [7, "float", "many"],
    ints: [8, "int64", "many"],
    type: [20, "int32"],
  },
  Tensor: {
    dims: [1, "int64", "many"],
    data_type: [2, "int32"],
    float_data: [4, "float", "many"],
    int32_data: [5, "int32", "many"],
    int64_data: [7, "int64", "many"],
    name: [8, "string"],
    raw_data: [9, "bytes"],
    double_data: [10, "double", "many"],
    data_location: [14, "int32"],
  },
  ValueInfo: { name: [1, "string"], type: [2, "Type"] },
  Type: { tensor_type: [1, "TensorType"] },
  TensorType: { elem_type: [1, "int32"], shape: [2, "Shape"] },
  Shape: { dim: [1, "Dimension", "many"] },
  Dimension: { dim_value: [1, "int64"], dim_param: [2, "string"] },
};

export interface OnnxTensor {
  dims?: readonly bigint[];
  dataType?: number;
  floatData?: readonly number[];
  int32Data?: readonly number[];
  int64Data?: readonly bigint[];
  doubleData?: readonly number[];
  name?: string;
  rawData?: Uint8Array;
  /** 1: in another file. */
  dataLocation?: number;
}

export interface OnnxAttribute {
  name?: string;
  f?: number;
  i?: bigint;
  s?: Uint8Array;
  t?: OnnxTensor;
  floats?: readonly number[];
  ints?: readonly bigint[];
  type?: number;
}

export interface OnnxNode {
  input?: readonly string[];
  output?: readonly string[];
  name?: string;
  opType?: string;
  attribute?: readonly OnnxAttribute[];
  domain?: string;
}

export interface OnnxValue {
  name?: string;
  type?: {
    tensorType?: { elemType?: number; shape?: { dim?: readonly { dimValue?: bigint; dimParam?: string }[] } };
  };
}

export interface OnnxGraph {
  node?: readonly OnnxNode[];
  name?: string;
  initializer?: readonly OnnxTensor[];
  input?: readonly OnnxValue[];
  output?: readonly OnnxValue[];
}

export interface OnnxModel {
  irVersion?: bigint;
  producerName?: string;
  producerVersion?: string;
  docString?: string;
  graph?: OnnxGraph;
  opsetImport?: readonly { domain?: string; version?: bigint }[];
  metadataProps?: readonly { key?: string; value?: string }[];
}

/** Numbers of the types of tensors. */
export const onnxType = { float: 1, int32: 6, int64: 7, float16: 10, double: 11, bfloat16: 16 } as const;
/** Numbers of the types of attributes. */
export const onnxAttribute = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

/** Made once: this file is loaded by whoever reads or writes ONNX, and by nobody else. */
export const onnxCodec: Codec<OnnxModel> = /* @__PURE__ */ codecOf<OnnxModel>(tables, "Model");
