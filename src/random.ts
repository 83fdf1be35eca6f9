// Random numbers from named streams: every draw is a pure function of (seed, name, epoch, index), so nothing needs to
// be saved to go on in the middle of an epoch, and any draw can be made again.
import { log } from "./elementary.ts";
import { multiplyHigh, philox } from "./philox.ts";

/** The streams; a stream's number is part of its draws and never changes. */
const streamNumbers = {
  init: 1,
  shuffle: 2,
  dropout: 3,
  augment: 4,
  split: 5,
  phantom: 6,
  bootstrap: 7,
  patch: 8,
} as const;

export type StreamName = keyof typeof streamNumbers;

/** What a block of bits is drawn for: the third counter word, so that kinds of draws share nothing; the last two by kernels. */
export const drawKinds = {
  bits: 0,
  uniform: 1,
  normal: 2,
  integer: 3,
  permutation: 4,
  deformation: 5,
  noise: 6,
} as const;

/** Draws by index. Kinds of draws do not share bits: uniform(3) says nothing about normal(3). Only permutation makes an array. */
export interface RandomStream {
  /** The key of the dropout kernel: the low 32 bits of the seed, and the rest. */
  readonly key: readonly [number, number];
  /** The second counter word of the dropout kernel: the stream's number in the top 8 bits, the epoch in the others. */
  readonly counter: number;
  /** 32 random bits, an integer of [0, 2^32); index < 2^34. */
  bits(index: number): number;
  /** bits(first) to bits(first + count - 1). Allocates nothing, not even a number that is returned. */
  words(into: Uint32Array, first: number, count: number): void;
  /** A multiple of 2^-53 in [0, 1); index < 2^33. */
  uniform(index: number): number;
  /** A draw of the standard normal distribution, of at most 8.21 in magnitude; index < 2^33. */
  normal(index: number): number;
  /** An integer of [0, below), each exactly as likely; 1 <= below < 2^32, index < 2^34. */
  integer(index: number, below: number): number;
  /** The integers 0 to n - 1 in random order (Fisher & Yates); `index` tells permutations of one stream apart. */
  permutation(n: number, index?: number): Int32Array;
}

/**
 * A stream of random numbers.
 * @param seed an integer 0 <= seed < 2^53
 * @param epoch an integer 0 <= epoch < 2^24, for streams that start anew in every epoch
 * @throws RangeError for another seed or epoch
 */
export function stream(seed: number, name: StreamName, epoch = 0): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`seed: expected an integer from 0 to 2^53 - 1, got ${seed}. Give one, as in { seed: 7 }.`);
  if (!Number.isInteger(epoch) || epoch < 0 || epoch >= 16777216)
    throw new RangeError(`epoch: expected an integer from 0 to 2^24 - 1, got ${epoch}. Train for fewer epochs.`);
  return new PhiloxStream([seed >>> 0, Math.floor(seed / 4294967296)], ((streamNumbers[name] << 24) | epoch) >>> 0);
}

class PhiloxStream implements RandomStream {
  /** The block drawn last (4 words), and the counter words 0, 2, 3 it is of: consecutive indices share a block. */
  readonly #last = new Uint32Array([0, 0, 0, 0, 0, 0xffffffff, 0]);

  constructor(
    readonly key: readonly [number, number],
    readonly counter: number,
  ) {}

  /** Has the block of word `index` of what is drawn for (use, number) in #last. */
  #bring(index: number, use: number, number: number): void {
    const last = this.#last;
    const block = Math.floor(index / 4);
    if (last[4] !== block || last[5] !== use || last[6] !== number) {
      if (block >>> 0 !== block)
        throw new RangeError(`random: expected an index whose draw lies below 2^34 words, got word ${index}.`);
      philox(last, this.key[0], this.key[1], block, this.counter, use, number);
      last[4] = block;
      last[5] = use;
      last[6] = number;
    }
  }

  #word(index: number, use: number, number: number): number {
    this.#bring(index, use, number);
    return this.#last[index & 3];
  }

  bits(index: number): number {
    return this.#word(index, drawKinds.bits, 0);
  }

  words(into: Uint32Array, first: number, count: number): void {
    for (let k = 0; k < count; k++) {
      this.#bring(first + k, drawKinds.bits, 0);
      into[k] = this.#last[(first + k) & 3];
    }
  }

  uniform(index: number): number {
    const high = this.#word(2 * index, drawKinds.uniform, 0);
    const low = this.#word(2 * index + 1, drawKinds.uniform, 0);
    return (high * 2097152 + (low >>> 11)) * 1.1102230246251565e-16;
  }

  normal(index: number): number {
    const high = this.#word(2 * index, drawKinds.normal, 0);
    const low = this.#word(2 * index + 1, drawKinds.normal, 0);
    // The middle of one of 2^52 equal intervals: never 0 or 1.
    return normalQuantile((high * 1048576 + (low >>> 12) + 0.5) * 2.220446049250313e-16);
  }

  integer(index: number, below: number): number {
    if (below >>> 0 !== below || below === 0)
      throw new RangeError(`random integer: expected a bound from 1 to 2^32 - 1, got ${below}.`);
    return this.#below(index, below, drawKinds.integer, 0);
  }

  /** Multiply-high with rejection (Lemire 2019): a draw again is the same word of a block of its own. */
  #below(index: number, below: number, kind: number, number: number): number {
    let word = this.#word(index, kind, number);
    let low = Math.imul(word, below) >>> 0;
    if (low < below) {
      const uneven = (4294967296 - below) % below;
      for (let attempt = 1; low < uneven; attempt++) {
        word = this.#word(index, kind + 256 * attempt, number);
        low = Math.imul(word, below) >>> 0;
      }
    }
    return multiplyHigh(word, below) >>> 0;
  }

  permutation(n: number, index = 0): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.#below(i, i + 1, drawKinds.permutation, index);
      const moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }
}

/** The x with Phi(x) = p, for 0 < p < 1, to 1e-15 relatively. (Wichura 1988, Algorithm AS 241, PPND16) */
function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const above = horner(
      r,
      2509.0809287301227,
      33430.57558358813,
      67265.7709270087,
      45921.95393154987,
      13731.69376550946,
      1971.5909503065513,
      133.14166789178438,
      3.3871328727963665,
    );
    const under = horner(
      r,
      5226.495278852854,
      28729.085735721943,
      39307.89580009271,
      21213.794301586597,
      5394.196021424751,
      687.1870074920579,
      42.31333070160091,
      1,
    );
    return (q * above) / under;
  }
  const tail = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const isFar = tail > 5;
  const r = isFar ? tail - 5 : tail - 1.6;
  const above = isFar
    ? horner(
        r,
        2.0103343992922881e-7,
        2.7115555687434876e-5,
        0.0012426609473880784,
        0.026532189526576124,
        0.29656057182850487,
        1.7848265399172913,
        5.463784911164114,
        6.657904643501103,
      )
    : horner(
        r,
        0.0007745450142783414,
        0.022723844989269184,
        0.2417807251774506,
        1.2704582524523684,
        3.6478483247632045,
        5.769497221460691,
        4.630337846156546,
        1.4234371107496835,
      );
  const under = isFar
    ? horner(
        r,
        2.0442631033899397e-15,
        1.421511758316446e-7,
        1.8463183175100548e-5,
        0.0007868691311456133,
        0.014875361290850615,
        0.1369298809227358,
        0.599832206555888,
        1,
      )
    : horner(
        r,
        1.0507500716444169e-9,
        0.0005475938084995345,
        0.015198666563616457,
        0.14810397642748008,
        0.6897673349851,
        1.6763848301838038,
        2.053191626637759,
        1,
      );
  return q < 0 ? -above / under : above / under;
}

/** The polynomial with these coefficients, highest power first. */
function horner(
  x: number,
  c7: number,
  c6: number,
  c5: number,
  c4: number,
  c3: number,
  c2: number,
  c1: number,
  c0: number,
): number {
  return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0;
}
