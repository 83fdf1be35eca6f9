// Huffman codes and the bits they stand in, of a JPEG's scan (ITU-T T.81, annexes C and F.2).
import { CodecError } from "./samples.ts";

/** By length of code: the first code of it, and where its symbols begin. */
export interface HuffmanTable {
  readonly firstCode: Int32Array;
  readonly firstSymbol: Int32Array;
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** @param counts codes of 1 to 16 bits. @throws CodecError for more codes than a length can hold. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const firstCode = new Int32Array(16);
  const firstSymbol = new Int32Array(16);
  let [code, symbol] = [0, 0];
  for (let length = 0; length < 16; length++) {
    firstCode[length] = code;
    firstSymbol[length] = symbol;
    code += counts[length];
    symbol += counts[length];
    if (code > 2 << length) throw new CodecError(`expected at most ${2 << length} Huffman codes of ${length + 1} bits, got ${code}`); // prettier-ignore
    code *= 2;
  }
  return { firstCode, firstSymbol, counts, symbols };
}

/** Bits of one scan, the high bit of a byte first; ff 00 stands for ff. */
export class ScanBits {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #left = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  bit(): number {
    if (this.#left === 0) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0))
        throw new CodecError(`expected more bits at byte ${this.#at} of the JPEG stream, got its end or a marker`);
      this.#at += byte === 0xff ? 2 : 1;
      this.#bits = byte;
      this.#left = 8;
    }
    return (this.#bits >> --this.#left) & 1;
  }

  symbol({ firstCode, firstSymbol, counts, symbols }: HuffmanTable): number {
    let code = 0;
    for (let length = 0; length < 16; length++) {
      code = code * 2 + this.bit();
      const index = code - firstCode[length];
      if (index < counts[length]) return symbols[firstSymbol[length] + index];
    }
    throw new CodecError(`expected a Huffman code before byte ${this.#at} of the JPEG stream, got other bits`);
  }

  /** A number of so many bits; those with a leading 0 are negative   (F.2.2.1, EXTEND). */
  signed(length: number): number {
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 2 + this.bit();
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Goes on behind the restart marker of this number (0 to 7). */
  restart(number: number): void {
    const { [this.#at]: first, [this.#at + 1]: second } = this.#bytes;
    if (first !== 0xff || second !== 0xd0 + number)
      throw new CodecError(`expected restart marker ff d${number} at byte ${this.#at} of the JPEG stream`);
    this.#at += 2;
    this.#left = 0;
  }
}
