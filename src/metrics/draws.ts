// Draws of whole resamples, many at a time: xoshiro128** (Blackman & Vigna 2021), its state a block of Philox for each
// resample, so that a resample is a pure function of (seed, its number) and 10^8 draws take a fraction of a second.
import { multiplyHigh } from "../philox.ts";
import { stream } from "../random.ts";

export interface Draws {
  /** Fills `into` with integers of [0, below), each exactly as likely; 1 <= below < 2^32. */
  fill(resample: number, below: number, into: Int32Array): void;
  /** Counts how often each of counts.length units is drawn in as many draws. */
  count(resample: number, counts: Int32Array): void;
}

/** @throws RangeError for a seed that is no integer from 0 to 2^53 - 1 */
export function createDraws(seed: number): Draws {
  const random = stream(seed, "bootstrap");
  const draw = (resample: number, below: number, times: number, into: Int32Array, isCount: boolean) => {
    let a = random.bits(4 * resample) | 1;
    let b = random.bits(4 * resample + 1) | 0;
    let c = random.bits(4 * resample + 2) | 0;
    let d = random.bits(4 * resample + 3) | 0;
    const uneven = (4294967296 - below) % below;
    for (let i = 0; i < times;) {
      const five = Math.imul(b, 5);
      const word = Math.imul((five << 7) | (five >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      // Multiply-high with rejection (Lemire 2019).
      if (Math.imul(word, below) >>> 0 < uneven) continue;
      const unit = multiplyHigh(word, below) >>> 0;
      if (isCount) into[unit]++;
      else into[i] = unit;
      i++;
    }
  };
  return {
    fill: (resample, below, into) => draw(resample, below, into.length, into, false),
    count(resample, counts) {
      counts.fill(0);
      draw(resample, counts.length, counts.length, counts, true);
    },
  };
}
