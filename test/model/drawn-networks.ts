// Drawn networks of dense layers, for property tests.
import fc from "fast-check";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import type { Layer } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import type { Network } from "../../src/model/network.ts";

/** Networks of up to four dense layers, with and without biases, names and other layers between them. */
export const networks: fc.Arbitrary<Network> = fc
  .record({
    input: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
    layers: fc.array(
      fc.record({
        outputs: fc.integer({ min: 1, max: 9 }),
        bias: fc.boolean(),
        isNamed: fc.boolean(),
        more: fc.nat(2),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ input, layers }) => {
    const list = layers.flatMap(({ outputs, bias, isNamed, more }, i): Layer[] => [
      dense(outputs, { bias, ...(isNamed ? { name: `layer ${i}` } : {}) }),
      ...(more > 0 ? [relu()] : []),
      ...(more > 1 ? [dropout(0.5)] : []),
    ]);
    return network(list, { input });
  });
