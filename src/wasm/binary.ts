// The kernels' WebAssembly file as bytes: its sections, and the one byte by which shared memory differs from unshared.
// (WebAssembly Core 1, section 5.5; limits with a shared flag from the threads proposal.)

/** One section: its number, and where its content lies in the file. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

export const sectionIds = { import: 2, memory: 5, global: 6, start: 8, data: 11, dataCount: 12 } as const;

const headerBytes = 8;
const importKinds = { function: 0, table: 1, memory: 2, global: 3 } as const;
/** Flags of a memory's limits: bit 0, it has a maximum; bit 1, it is shared. */
const hasMaximum = 1;
const isShared = 2;

/** A place in a file's bytes that moves on as it reads. */
export interface ByteReader {
  byte(): number;
  /** An unsigned number in LEB128. Of a signed one, and beyond 53 bits, only the length is read rightly. */
  number(): number;
  skip(bytes: number): void;
  readonly at: number;
}

export function byteReader(bytes: Uint8Array, start: number): ByteReader {
  let at = start;
  const byte = () => bytes[at++];
  function number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const next = byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
    }
  }
  return {
    byte,
    number,
    skip: (count: number) => void (at += count),
    get at() {
      return at;
    },
  };
}

/** The sections of a module in the order of the file. */
export function sectionsOf(bytes: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  const reader = byteReader(bytes, headerBytes);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const length = reader.number();
    sections.push({ id, start: reader.at, end: reader.at + length });
    reader.skip(length);
  }
  return sections;
}

/**
 * A copy that imports an unshared memory: the limits' flags lose their shared bit, 3 becomes 1. The kernels use no atomic
 * instruction, so nothing else differs.
 * @throws TypeError when the file imports no memory.
 */
export function withUnsharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  copy[memoryFlagsAt(bytes)] &= ~isShared;
  return copy;
}

/** The bytes of a build as a memory's buffer, shared or not, wants them. */
export function bytesFor(buffer: ArrayBufferLike, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const isShared = typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
  return isShared ? bytes : withUnsharedMemory(bytes);
}

/** Where the flags of the imported memory's limits stand. */
function memoryFlagsAt(bytes: Uint8Array): number {
  const section = sectionsOf(bytes).find(({ id }) => id === sectionIds.import);
  if (section) {
    const reader = byteReader(bytes, section.start);
    for (let left = reader.number(); left > 0; left--) {
      reader.skip(reader.number()); // module
      reader.skip(reader.number()); // name
      switch (reader.byte()) {
        case importKinds.memory:
          return reader.at;
        case importKinds.function:
          reader.number();
          break;
        case importKinds.table:
          reader.byte();
          if ((reader.byte() & hasMaximum) !== 0) reader.number();
          reader.number();
          break;
        case importKinds.global:
          reader.skip(2);
      }
    }
  }
  throw new TypeError("kernels: expected a WebAssembly file that imports its memory, got one that does not");
}
