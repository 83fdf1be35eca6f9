import fc from "fast-check";
import { expect, it } from "vitest";
import { multiplyHigh, philox } from "../src/philox.ts";
import { knownAnswers, philoxOracle } from "./oracle/philox.ts";

const word = fc.nat({ max: 0xffffffff });

function block(key: readonly number[], counter: readonly number[]): number[] {
  const words = new Uint32Array(4);
  philox(words, key[0], key[1], counter[0], counter[1], counter[2], counter[3]);
  return [...words];
}

it.each(knownAnswers)("philox of counter $counter and key $key is Random123's known answer", (answer) => {
  expect(block(answer.key, answer.counter)).toEqual(answer.words);
});

it("philox is bit for bit its twin in big integers", () => {
  fc.assert(
    fc.property(fc.tuple(word, word), fc.tuple(word, word, word, word), (key, counter) => {
      expect(block(key, counter)).toEqual(philoxOracle(key, counter));
    }),
  );
});

it("multiplyHigh is the high half of the 64-bit product", () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(multiplyHigh(a, b) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
    }),
  );
  expect(multiplyHigh(0xffffffff, 0xffffffff) >>> 0).toBe(0xfffffffe);
});
