// Reads a WebAssembly binary: its sections, and the instructions of its functions.   (WebAssembly core specification, 5)

/** One section: its number (6 global, 8 start, 10 code, 11 data, ...) and where its contents lie. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** A place in the bytes that moves on as it reads. */
class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++];
  }

  /** An unsigned or signed number in LEB128; of a signed one, and beyond 32 bits, only the length matters here. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  skip(numbers: number, bytes = 0): void {
    for (let i = 0; i < numbers; i++) this.number();
    this.at += bytes;
  }
}

export function sectionsOf(bytes: Uint8Array): readonly Section[] {
  const reader = new Reader(bytes, 8);
  const sections: Section[] = [];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    sections.push({ id, start: reader.at, end: reader.at + size });
    reader.at += size;
  }
  return sections;
}

/** Whether each global of the module may change. */
export function globalsAreMutable(bytes: Uint8Array, section: Section): readonly boolean[] {
  const reader = new Reader(bytes, section.start);
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
  const reader = new Reader(bytes, section.start);
  const opcodes = new Set<number>();
  for (let left = reader.number(); left > 0; left--) {
    const size = reader.number();
    const stop = reader.at + size;
    for (let groups = reader.number(); groups > 0; groups--) reader.skip(1, 1);
    while (reader.at < stop) opcodes.add(skipInstruction(reader));
    if (reader.at !== stop) throw new RangeError(`walk: expected a function to end at ${stop}, got ${reader.at}`);
  }
  return opcodes;
}

/** Moves behind one instruction and returns its opcode. */
function skipInstruction(reader: Reader): number {
  const opcode = reader.byte();
  switch (opcode) {
    case 0x0e: // br_table
      reader.skip(reader.number() + 1);
      return opcode;
    case 0x1c: // select with types
      reader.skip(0, reader.number());
      return opcode;
    case 0x11: // call_indirect
      reader.skip(2);
      return opcode;
    case 0x43: // f32.const
      reader.skip(0, 4);
      return opcode;
    case 0x44: // f64.const
      reader.skip(0, 8);
      return opcode;
    case 0xfc:
      return 0xfc0000 + skipBulk(reader);
    case 0xfd:
      return 0xfd0000 + skipVector(reader);
  }
  const isBlock = opcode >= 0x02 && opcode <= 0x04;
  const hasIndex = opcode === 0x0c || opcode === 0x0d || opcode === 0x10 || (opcode >= 0x20 && opcode <= 0x26);
  const hasNumber = (opcode >= 0x3f && opcode <= 0x42) || opcode === 0xd0 || opcode === 0xd2;
  if (opcode >= 0x28 && opcode <= 0x3e) reader.skip(2);
  else if (isBlock || hasIndex || hasNumber) reader.skip(1);
  return opcode;
}

function skipBulk(reader: Reader): number {
  const opcode = reader.number();
  if (opcode === 8 || opcode === 10 || opcode === 12 || opcode === 14) reader.skip(2);
  else if (opcode > 7) reader.skip(1);
  return opcode;
}

function skipVector(reader: Reader): number {
  const opcode = reader.number();
  if (opcode <= 11 || opcode === 92 || opcode === 93) reader.skip(2);
  else if (opcode <= 13) reader.skip(0, 16);
  else if (opcode >= 21 && opcode <= 34) reader.skip(0, 1);
  else if (opcode >= 84 && opcode <= 91) reader.skip(2, 1);
  return opcode;
}
