// Reads a WebAssembly binary: its sections, and the instructions of its functions.   (WebAssembly core specification, 5)

import { byteReader } from "../../src/wasm/binary.ts";
import type { ByteReader, Section } from "../../src/wasm/binary.ts";

/** Whether each global of the module may change. */
export function globalsAreMutable(bytes: Uint8Array, section: Section): readonly boolean[] {
  const reader = byteReader(bytes, section.start);
  return Array.from({ length: reader.number() }, () => {
    reader.byte();
    const isMutable = reader.byte() === 1;
    while (skipInstruction(reader) !== end);
    return isMutable;
  });
}

const end = 0x0b;

/** Every instruction of every function, by opcode; those behind a prefix are prefix * 65536 + number. */
export function opcodesOf(bytes: Uint8Array, section: Section): ReadonlySet<number> {
  const reader = byteReader(bytes, section.start);
  const opcodes = new Set<number>();
  for (let left = reader.number(); left > 0; left--) {
    const size = reader.number();
    const stop = reader.at + size;
    for (let groups = reader.number(); groups > 0; groups--) skip(reader, 1, 1);
    while (reader.at < stop) opcodes.add(skipInstruction(reader));
    if (reader.at !== stop) throw new RangeError(`walk: expected a function to end at ${stop}, got ${reader.at}`);
  }
  return opcodes;
}

/** Moves behind so many numbers (LEB128), then behind so many bytes. */
function skip(reader: ByteReader, numbers: number, bytes = 0): void {
  for (let i = 0; i < numbers; i++) reader.number();
  reader.skip(bytes);
}

/** Moves behind one instruction and returns its opcode. */
function skipInstruction(reader: ByteReader): number {
  const opcode = reader.byte();
  switch (opcode) {
    case 0x0e: // br_table
      skip(reader, reader.number() + 1);
      return opcode;
    case 0x1c: // select with types
      skip(reader, 0, reader.number());
      return opcode;
    case 0x11: // call_indirect
      skip(reader, 2);
      return opcode;
    case 0x43: // f32.const
      skip(reader, 0, 4);
      return opcode;
    case 0x44: // f64.const
      skip(reader, 0, 8);
      return opcode;
    case 0xfc:
      return 0xfc0000 + skipBulk(reader);
    case 0xfd:
      return 0xfd0000 + skipVector(reader);
  }
  const isBlock = opcode >= 0x02 && opcode <= 0x04;
  const hasIndex = opcode === 0x0c || opcode === 0x0d || opcode === 0x10 || (opcode >= 0x20 && opcode <= 0x26);
  const hasNumber = (opcode >= 0x3f && opcode <= 0x42) || opcode === 0xd0 || opcode === 0xd2;
  if (opcode >= 0x28 && opcode <= 0x3e) skip(reader, 2);
  else if (isBlock || hasIndex || hasNumber) skip(reader, 1);
  return opcode;
}

function skipBulk(reader: ByteReader): number {
  const opcode = reader.number();
  if (opcode === 8 || opcode === 10 || opcode === 12 || opcode === 14) skip(reader, 2);
  else if (opcode > 7) skip(reader, 1);
  return opcode;
}

function skipVector(reader: ByteReader): number {
  const opcode = reader.number();
  if (opcode <= 11 || opcode === 92 || opcode === 93) skip(reader, 2);
  else if (opcode <= 13) skip(reader, 0, 16);
  else if (opcode >= 21 && opcode <= 34) skip(reader, 0, 1);
  else if (opcode >= 84 && opcode <= 91) skip(reader, 2, 1);
  return opcode;
}
