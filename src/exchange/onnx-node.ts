// A node of an ONNX file as it is asked: its attributes with their defaults, and what is refused about it.
import { FormatError } from "../errors.ts";
import type { OnnxAttribute, OnnxNode } from "./onnx-messages.ts";

export interface NodeReader {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** @throws FormatError, which names the node. */
  fail(what: string): never;
  whole(name: string, otherwise: number): number;
  real(name: string, otherwise: number): number;
  attribute(name: string): OnnxAttribute | null;
  /** @throws FormatError when the node has an attribute that is none of these. */
  knows(...names: readonly string[]): void;
}

export function nodeReader(node: OnnxNode, file: string): NodeReader {
  const { opType = "", domain = "", name = "", attribute: attributes = [] } = node;
  const fail = (what: string): never => {
    throw new FormatError(`${file}: node "${name}" (${domain ? `${domain}.` : ""}${opType}): expected ${what}`);
  };
  if (domain !== "" && domain !== "ai.onnx") fail("an operation of ONNX itself");
  const attribute = (wanted: string) => attributes.find((one) => one.name === wanted) ?? null;
  return {
    op: opType,
    inputs: node.input ?? [],
    output: node.output?.[0] ?? "",
    fail,
    attribute,
    whole(wanted, otherwise) {
      const found = attribute(wanted);
      return found ? Number(found.i ?? 0n) : otherwise;
    },
    real(wanted, otherwise) {
      const found = attribute(wanted);
      return found ? (found.f ?? 0) : otherwise;
    },
    knows(...names) {
      const other = attributes.find((one) => !names.includes(one.name ?? ""));
      if (other) fail(`no attribute "${other.name ?? ""}"`);
      if (new Set(attributes.map((one) => one.name)).size !== attributes.length) fail("each attribute once");
    },
  };
}
