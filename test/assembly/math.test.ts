import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Address, Kernels } from "../../src/wasm/kernels.ts";
import { erf } from "../oracle/erf.ts";
import { ulpError32 } from "../oracle/ulp.ts";
import { builds, edgeLengths, modes, Workbench } from "./workbench.ts";

interface Subject {
  name: string;
  bound: number;
  run: (kernels: Kernels, y: Address, x: Address, n: number) => void;
  truth: (x: number) => number;
  /** Where the function promises its bound. */
  within?: (x: number) => boolean;
}

/** The lane functions through the kernels that are nothing but one of them. */
const subjects: Subject[] = [
  { name: "exp", bound: 1, run: (k, ...at) => k.expForward(...at), truth: Math.exp },
  { name: "log", bound: 1, run: (k, ...at) => k.logForward(...at), truth: Math.log },
  {
    name: "log1p on [0, 1]",
    bound: 1.5,
    run: (k, ...at) => k.log1pForward(...at),
    truth: Math.log1p,
    within: (x) => !(x < 0 || x > 1),
  },
  {
    name: "expm1 of negative numbers",
    bound: 1,
    run: (k, y, x, n) => k.eluForward(y, x, n, 1),
    truth: Math.expm1,
    within: (x) => !(x > 0),
  },
  { name: "tanh", bound: 2.5, run: (k, ...at) => k.tanhForward(...at), truth: Math.tanh },
  { name: "erf", bound: 1.5, run: (k, ...at) => k.erfForward(...at), truth: erf },
  {
    name: "sigmoid",
    bound: 2.5,
    run: (k, ...at) => k.sigmoidForward(...at),
    truth: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  },
  {
    name: "softplus",
    bound: 2.5,
    run: (k, ...at) => k.softplusForward(...at),
    truth: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  },
];

const chunk = 1 << 20;

/** Chunks 0 to 3: 4 million bit patterns, over all exponents and both signs; chunks 4 to 6: 3 million values of [-20, 20]. */
function fillArguments(x: Float32Array, part: number): void {
  const bits = new Uint32Array(x.buffer, x.byteOffset, x.length);
  for (let i = 0; i < chunk; i++) {
    const j = i * 4 + part;
    if (part < 4) bits[i] = j * 1024 + (Math.imul(j, 2654435761) >>> 22);
    else x[i] = ((i * 3 + part - 4) / (chunk * 1.5) - 1) * 20;
  }
}

describe.each(modes)(
  "elementary functions, %s, over 4 million bit patterns and 3 million values of [-20, 20]",
  (mode) => {
    let benches: Workbench[];
    beforeAll(async () => {
      benches = await Promise.all([Workbench.create(`${mode}.debug`), Workbench.create(`${mode}.release`)]);
    });

    it.each(subjects)("$name is within $bound ulp, in the same bits from both builds", (subject) => {
      const placed = benches.map((bench) => {
        bench.reset();
        return { bench, x: bench.reserve(chunk * 4), y: bench.reserve(chunk * 4) };
      });
      let worst = 0;
      for (let part = 0; part < 7; part++) {
        const [debug, release] = placed.map(({ bench, x, y }) => {
          fillArguments(new Float32Array(bench.memory.buffer, x, chunk), part);
          subject.run(bench.kernels, y, x, chunk);
          return bench.readFloats(y, chunk);
        });
        const x = placed[0].bench.readFloats(placed[0].x, chunk);
        for (let i = 0; i < chunk; i++) {
          if (subject.within?.(x[i]) === false) continue;
          if (!Object.is(debug[i], release[i])) expect.fail(`at ${x[i]}: debug ${debug[i]}, release ${release[i]}`);
          const error = ulpError32(release[i], subject.truth(x[i]));
          if (error > subject.bound) expect.fail(`at ${x[i]}: got ${release[i]}, ${error} ulp from the truth`);
          worst = Math.max(worst, error);
        }
      }
      expect(worst).toBeGreaterThan(0.5);
      expect(worst).toBeLessThanOrEqual(subject.bound);
    });
  },
);

describe.each(builds)("elementary functions (%s build)", (build) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await Workbench.create(build);
  });

  function evaluate(subject: Subject, values: ArrayLike<number>, shift = 0): Float32Array {
    bench.reset();
    const x = bench.floats(values, shift);
    const y = bench.floats(new Float32Array(values.length).fill(NaN), shift);
    subject.run(bench.kernels, y, x, values.length);
    bench.checkGuards();
    return bench.readFloats(y, values.length);
  }

  const least = 2 ** -149;
  const largest = 3.4028234663852886e38;
  it.each([
    ["exp", [-Infinity, -200, -0, 0, 89, Infinity, NaN], [0, 0, 1, 1, Infinity, Infinity, NaN]],
    ["log", [-Infinity, -least, -0, 0, 1, Infinity, NaN], [NaN, NaN, -Infinity, -Infinity, 0, Infinity, NaN]],
    ["log1p on [0, 1]", [0, least, NaN], [0, least, NaN]],
    ["expm1 of negative numbers", [-Infinity, -largest, -least, -0, NaN], [-1, -1, -least, -0, NaN]],
    ["tanh", [-Infinity, -largest, -least, -0, 0, 20, Infinity, NaN], [-1, -1, -least, -0, 0, 1, 1, NaN]],
    ["erf", [-Infinity, -largest, -least, -0, 0, 4, Infinity, NaN], [-1, -1, -least, -0, 0, 1, 1, NaN]],
    ["sigmoid", [-Infinity, -largest, -0, 0, least, Infinity, NaN], [0, 0, 0.5, 0.5, 0.5, 1, NaN]],
    ["softplus", [-Infinity, -largest, largest, Infinity, NaN], [0, 0, largest, Infinity, NaN]],
  ] as [string, number[], number[]][])("%s has its exact values at %j", (name, x, want) => {
    const subject = subjects.find((candidate) => candidate.name === name)!;
    expect([...evaluate(subject, x)]).toEqual(want);
  });

  it.each(subjects)("$name of an element has the same bits at every place, length and alignment", (subject) => {
    const value = subject.within ? fc.float({ min: 0, max: 1, noNaN: true }) : fc.float({ noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), fc.constantFrom(0, 4, 8, 12), (values, shift) => {
        const alone = values.map((x) => evaluate(subject, [x])[0]);
        expect([...evaluate(subject, values, shift)]).toEqual(alone);
      }),
    );
  });

  it.each(subjects)("$name works in place at every length around the vector edge", (subject) => {
    for (const length of edgeLengths) {
      const values = Float32Array.from({ length }, (_, i) => (i + 1) / 40);
      const want = evaluate(subject, values);
      bench.reset();
      const x = bench.floats(values);
      subject.run(bench.kernels, x, x, length);
      bench.checkGuards();
      expect([...bench.readFloats(x, length)]).toEqual([...want]);
    }
  });
});
