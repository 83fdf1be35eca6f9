import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { calls } from "./calls.ts";
import type { Argument, ArrayRole } from "./calls.ts";
import { builds, buildsOf, edgeLengths, Workbench } from "./workbench.ts";

type Name = keyof typeof calls;
const names = Object.keys(calls) as Name[];

type Kernel = (...given: number[]) => unknown;
const kernelOf = (bench: Workbench, name: Name) => (bench.kernels as unknown as Record<Name, Kernel>)[name];

interface Case {
  readonly rows: number;
  readonly columns: number;
  /** Bytes that every array begins behind a multiple of 16. */
  readonly shift: number;
  readonly seed: number;
  /** Whether infinities, NaN, subnormal and huge numbers are among the values. */
  readonly extreme: boolean;
}

const extremes = [NaN, Infinity, -Infinity, -0, 1e-45, -1e-40, 3.4e38, -3.4e38, 88.7, -104];

const isArray = (argument: Argument): argument is ArrayRole =>
  typeof argument === "string" && !["n", "rows", "columns"].includes(argument);

function valuesOf(role: ArrayRole, length: number, columns: number, next: () => number, extreme: boolean): number[] {
  return Array.from({ length }, () => {
    if (role === "labels") return Math.floor(next() * columns);
    if (role === "out" || role === "losses" || role === "columnOut") return 77;
    if (role === "part" || role === "square" || role === "weights" || role === "rowWeights") return next();
    return extreme && next() < 0.2 ? extremes[Math.floor(next() * extremes.length)] : (2 * next() - 1) * 8;
  });
}

/** The bits of floats (or integers), NaN being one value: how a NaN is made decides its other bits. */
function bitsAt(bench: Workbench, address: number, length: number): number[] {
  const floats = bench.readFloats(address, length);
  return Array.from(bench.readIntegers(address, length), (bits, i) => (Number.isNaN(floats[i]) ? 0x7fc00000 : bits));
}

/** Roles whose values are float64, written as floats. */
const float64 = new Set<ArrayRole>(["doubles", "statistics", "rowStatistics"]);

/** Floats that an array has. */
function lengthOf(role: ArrayRole, rows: number, columns: number): number {
  switch (role) {
    case "losses":
    case "labels":
    case "rowWeights":
      return rows;
    case "weights":
    case "columnOut":
    case "columnInout":
      return columns;
    case "doubles":
      return 8 * Math.ceil(columns / 4);
    case "statistics":
      return 32 * Math.ceil(columns / 4);
    case "rowStatistics":
      return 4 * rows;
    case "count":
      return 1;
    default:
      return rows * columns;
  }
}

/** Runs a kernel: what it returns, and the bits of every array after it */
function run(bench: Workbench, name: Name, { rows, columns, shift, seed, extreme }: Case) {
  bench.reset();
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const arrays: { role: ArrayRole; address: number; values: number[] }[] = [];
  const given = calls[name].map((argument) => {
    if (argument === "n") return rows * columns;
    if (argument === "rows") return rows;
    if (argument === "columns") return columns;
    if (!isArray(argument)) return argument;
    const length = lengthOf(argument, rows, columns);
    const values = valuesOf(argument, length, columns, next, extreme && !float64.has(argument));
    const address = argument === "labels" ? bench.integers(values, shift) : bench.floats(values, shift);
    arrays.push({ role: argument, address, values });
    return address;
  });
  const returned = kernelOf(bench, name)(...given);
  bench.checkGuards();
  const after = arrays.map(({ role, address, values }) => ({
    role,
    values,
    bits: bitsAt(bench, address, values.length),
  }));
  return { returned, after };
}

/** Kernels with tests of their own. */
const overVolumes = new Set(
  "pairVoxels padLabels pointsConstant pointsNearest pointsMirror gatherVolume gatherSlice gatherNearest gatherLikeliest drawControl splineField imageRange smallest addNoise biasField blurAxisConstant blurAxisNearest blurAxisMirror flip flipLabels fillBox copyBox".split(
    " ",
  ),
);

const buildsAMode = buildsOf("reproducible").length;

const isOfElements = (name: Name) => calls[name].includes("n");

const drawn = fc.record({
  rows: fc.integer({ min: 0, max: 4 }),
  columns: fc.oneof(fc.constantFrom(...edgeLengths.filter((n) => n > 0)), fc.integer({ min: 1, max: 70 })),
  shift: fc.constantFrom(0, 4, 8, 12),
  seed: fc.nat(),
  extreme: fc.boolean(),
});

describe("every kernel", () => {
  let benches: Workbench[];
  beforeAll(async () => {
    benches = await Promise.all(builds.map((build) => Workbench.create(build, 1 << 20)));
  });

  it("is in the table of calls, but for products, dense layers, what reads their panels, and those over volumes", () => {
    const exported = Object.entries(benches[1].kernels).filter(([, value]) => typeof value === "function");
    const others = exported
      .map(([name]) => name)
      .filter(
        (name) =>
          !overVolumes.has(name) &&
          !/^(matmul|dense|advance|heapBase$|isFused$|runCalls$|limitUnitNorms$|__)|Limit$/.test(name),
      );
    expect(others.sort()).toEqual([...names].sort());
  });

  it.each(names)(
    "%s: a mode's builds give the same bits at any length, alignment and value, write nothing outside and no input",
    (name) => {
      fc.assert(
        fc.property(drawn, (one) => {
          const shape = isOfElements(name) ? { ...one, rows: 1, columns: one.columns * Math.min(one.rows, 1) } : one;
          const found = benches.map((bench) => run(bench, name, shape));
          for (const [i, one] of found.entries()) {
            expect(one).toEqual(found[i - (i % buildsAMode)]);
            for (const { role, values, bits } of one.after) {
              if (!["in", "part", "weights", "rowWeights"].includes(role)) continue;
              const before = new Int32Array(Float32Array.from(values).buffer);
              expect(bits.filter((after, j) => !Number.isNaN(values[j]) && after !== before[j])).toEqual([]);
            }
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  // limitNorm scales by a norm of all elements.
  it.each(
    names.filter(
      (name) =>
        name !== "limitNorm" && isOfElements(name) && calls[name].some((role) => role === "out" || role === "inout"),
    ),
  )("%s: an element's bits do not depend on how many stand behind it, nor on the alignment", (name) => {
    const longest = run(benches[1], name, { rows: 1, columns: 40, shift: 0, seed: 5, extreme: false });
    const whole = longest.after.map(({ values }) => values);
    for (const columns of edgeLengths) {
      for (const shift of [0, 4, 8, 12]) {
        const part = runOn(benches[1], name, whole, columns, shift);
        part.forEach((bits, i) => expect(bits).toEqual(longest.after[i].bits.slice(0, columns)));
      }
    }
  });
});

/** Runs a kernel of elements on the first `n` of given arrays. */
function runOn(bench: Workbench, name: Name, arrays: number[][], n: number, shift: number): number[][] {
  bench.reset();
  let at = 0;
  const addresses: number[] = [];
  const given = calls[name].map((argument) => {
    if (argument === "n") return n;
    if (!isArray(argument)) return Number(argument);
    addresses.push(bench.floats(arrays[at++].slice(0, n), shift));
    return addresses[addresses.length - 1];
  });
  kernelOf(bench, name)(...given);
  bench.checkGuards();
  return addresses.map((address) => bitsAt(bench, address, n));
}
