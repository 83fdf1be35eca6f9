// Headers of safetensors files, changed in place and read as fast as they can be: ten million take a minute or two.
import { FormatError } from "../../src/errors.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors.ts";
import { drawsOf } from "./draws.ts";

const tokens = ['"', "{", "}", "[", "]", ",", ":", "0", "1", "4", "9", "-", ".", "e", "\\", " ", "F16", "BF16", "F64", "[0,8]", "__proto__", "null", '"a"', "99999999"].map((text) => new TextEncoder().encode(text)); // prettier-ignore

export interface HeaderOutcome {
  readonly read: number;
  readonly refused: number;
  readonly findings: readonly string[];
}

/** @throws nothing: what ends otherwise than with tensors that fit the file, or a FormatError, is a finding. */
export function fuzzHeaders(count: number, seed: number): HeaderOutcome {
  const tensor = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((all, length) => all * length, 1)) }); // prettier-ignore
  const seeds = [
    writeSafetensors(new Map([["a", tensor(2)], ["b", tensor(1)]]), { v: "1" }),
    writeSafetensors(new Map([["w", tensor(2, 3)]])),
    writeSafetensors(new Map([["s", tensor()], ["e", tensor(0, 4)]])),
  ]; // prettier-ignore
  // A refusal is asked for no stack, of which ten million would take half the time.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const buffers = seeds.map((bytes) => new Uint8Array(bytes.length + 32));
  let [read, refused] = [0, 0];
  const findings: string[] = [];
  for (let index = 0; index < count && findings.length < 20; index++) {
    const draws = drawsOf(seed, index);
    const which = draws.below(seeds.length);
    const [original, buffer] = [seeds[which], buffers[which]];
    buffer.set(original);
    const header = new DataView(original.buffer).getUint32(0, true);
    for (let left = 1 + draws.below(3); left > 0; left--) {
      if (draws.chance(0.1)) buffer[draws.below(8)] = draws.below(256);
      else if (draws.chance(0.3)) buffer[8 + draws.below(header)] = draws.below(256);
      else {
        const token = draws.pick(tokens);
        buffer.set(token, 8 + draws.below(header - token.length));
      }
    }
    const length = draws.chance(0.1) ? draws.below(buffer.length) : original.length;
    try {
      const { tensors } = readSafetensors(buffer.subarray(0, length));
      let bytes = 0;
      for (const { shape, data } of tensors.values()) {
        if (shape.reduce((all, size) => all * size, 1) !== data.length) findings.push(`input ${index}: ${data.length} values of ${shape.join("x")}`); // prettier-ignore
        bytes += data.length;
      }
      // No type has less than two bytes a value.
      if (2 * bytes > length) findings.push(`input ${index}: ${bytes} values in ${length} bytes`);
      read++;
    } catch (error) {
      if (error instanceof FormatError) refused++;
      else findings.push(`input ${index}: ${String(error)}`);
    }
  }
  Error.stackTraceLimit = limit;
  return { read, refused, findings };
}
