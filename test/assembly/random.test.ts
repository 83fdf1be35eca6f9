import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { stream } from "../../src/random.ts";
import { knownAnswers, philoxOracle } from "../oracle/philox.ts";
import { builds, edgeLengths, Workbench } from "./workbench.ts";

const word = fc.nat({ max: 0xffffffff });

describe.each(builds)("philox kernel (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function fill(n: number, key: readonly number[], counter: readonly number[], shift = 0): Uint32Array {
    bench.reset();
    const out = bench.reserve(n * 4, shift);
    bench.kernels.philoxFill(out, n, key[0], key[1], counter[0], counter[1], counter[2], counter[3]);
    bench.checkGuards();
    return new Uint32Array(bench.readIntegers(out, n).buffer);
  }

  it.each(knownAnswers)("of counter $counter and key $key gives Random123's known answer", (answer) => {
    expect([...fill(4, answer.key, answer.counter)]).toEqual(answer.words);
  });

  it("gives word i % 4 of block counter0 + i / 4, wrapping at 2^32, at any length and alignment", () => {
    const length = fc.oneof(fc.constantFrom(...edgeLengths), fc.nat({ max: 70 }));
    const counter0 = fc.oneof(word, fc.integer({ min: 0xfffffff0, max: 0xffffffff }));
    fc.assert(
      fc.property(
        length,
        fc.tuple(word, word),
        fc.tuple(counter0, word, word, word),
        fc.constantFrom(0, 4, 8, 12),
        (n, key, counter, shift) => {
          const want = Array.from({ length: Math.ceil(n / 4) }, (_, i) =>
            philoxOracle(key, [(counter[0] + i) % 2 ** 32, ...counter.slice(1)]),
          );
          expect([...fill(n, key, counter, shift)]).toEqual(want.flat().slice(0, n));
        },
      ),
    );
  });

  it("gives the bits of a stream", () => {
    const draws = stream(2 ** 53 - 1, "augment", 12);
    const want = Array.from({ length: 100 }, (_, i) => draws.bits(40 + i));
    expect([...fill(100, draws.key, [10, draws.counter, 0, 0])]).toEqual(want);
  });
});
