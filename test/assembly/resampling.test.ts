import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { cornersAt, linearAt, voxelAt } from "../oracle/resampling.ts";
import { readVectors } from "../vectors/read.ts";
import type { Tensor } from "../vectors/read.ts";
import { mapOf, resample, resampleLabels, sizesOf } from "./volumes.ts";
import type { PaddingName, Sampling } from "./volumes.ts";
import { builds, tensorError, Workbench } from "./workbench.ts";

interface Case {
  readonly transform: string;
  readonly image: Tensor;
  readonly outputToInputMatrix?: Tensor;
  readonly offset?: Tensor;
  readonly displacement?: Tensor;
  readonly padding: PaddingName;
  readonly fill: number;
  readonly linear: Tensor;
  readonly labels: Tensor;
  readonly nearestLabels: Tensor | null;
  readonly sigma: number;
  readonly truncate: number;
  readonly smoothed: Tensor;
}

const cases = readVectors<Case>("resampling");
const titled = cases.map((one, i) => ({
  ...one,
  title: `${i}: ${one.transform} of ${one.image.shape.join("x")}, ${one.padding}`,
}));

function samplingOf(one: Case): Sampling {
  const sizes = sizesOf(one.image.shape);
  const { padding, fill } = one;
  if (one.displacement) {
    const axes = one.image.shape.length;
    const n = one.image.data.length;
    const { data } = one.displacement;
    const field = Array.from({ length: axes }, (_, axis) => data.slice((axes - 1 - axis) * n, (axes - axis) * n));
    return { sizes, padding, fill, map: new Array<number>(12).fill(0), field };
  }
  return { sizes, padding, fill, map: mapOf(one.outputToInputMatrix!.data, one.offset!.data) };
}

/** Where output voxel v of the case reads, (z, y, x). */
function placesOf({ sizes, map, field }: Sampling): number[][] {
  const places: number[][] = [];
  for (let z = 0, v = 0; z < sizes[0]; z++)
    for (let y = 0; y < sizes[1]; y++)
      for (let x = 0; x < sizes[2]; x++, v++) {
        const at = [x, y, z];
        const moved = at.map(
          (own, i) => own + map[4 * i] + at.reduce((s, c, j) => s + map[4 * i + 1 + j] * c, 0) + (field?.[i]?.[v] ?? 0),
        );
        // One slice has no neighbours along z: it is read within itself.
        if (sizes[0] === 1) moved[2] = 0;
        places.push(moved.reverse());
      }
  return places;
}

const benches = new Map<string, Workbench>();
beforeAll(async () => {
  for (const build of builds) benches.set(build, await Workbench.create(build, 4 << 20));
});
const release = () => benches.get("reproducible.release")!;

describe("as SciPy has it", () => {
  it("there are 80 cases", () => {
    expect(cases.length).toBe(80);
  });

  it.each(titled.filter(({ transform }) => transform !== "gaussianSmoothing"))(
    "$title: linear to 1e-5 of the largest, nearest exactly but at ties, in every build",
    (one) => {
      const sampling = samplingOf(one);
      for (const bench of benches.values()) {
        expect(tensorError(resample(bench, one.image.data, sampling), one.linear.data)).toBeLessThan(1e-5);
        if (!one.nearestLabels) continue;
        const nearest = resampleLabels(bench, one.labels.data, sampling, "nearest");
        const wrong = placesOf(sampling).flatMap((place, v) => {
          const isTie = place.some((c) => Math.abs(c - Math.floor(c) - 0.5) < 1e-4);
          return isTie || nearest[v] === one.nearestLabels!.data[v] ? [] : [v];
        });
        expect(wrong).toEqual([]);
      }
    },
  );

  it.each(titled.filter(({ transform }) => transform === "gaussianSmoothing"))(
    "$title: to 1e-5 of the largest",
    (one) => {
      const radius = Math.floor(one.truncate * one.sigma + 0.5);
      const taps = Array.from({ length: 2 * radius + 1 }, (_, k) =>
        Math.exp(-((k - radius) ** 2) / (2 * one.sigma ** 2)),
      );
      const sum = taps.reduce((a, b) => a + b);
      for (const bench of benches.values()) {
        bench.reset();
        const x = bench.floats(one.image.data, 4);
        const weights = bench.floats(taps.map((tap) => tap / sum));
        const [depth, height, width] = sizesOf(one.image.shape);
        const axes = [
          [depth * height, width, 1],
          [depth, height, width],
          [1, depth, height * width],
        ].slice(0, one.image.shape.length);
        const most = Math.max(...axes.map(([, length, inner]) => (length + 2 * radius) * inner));
        const scratch = bench.reserve(4 * most, 4);
        for (const [outer, length, inner] of axes)
          bench.kernels.blurAxisConstant(x, x, weights, scratch, outer, length, inner, radius);
        bench.checkGuards();
        expect(tensorError(bench.readFloats(x, one.image.data.length), one.smoothed.data)).toBeLessThan(1e-5);
      }
    },
  );
});

const paddings = ["constant", "nearest", "mirror"] as const;

const drawn = fc.record({
  sizes: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 19 })),
  padding: fc.constantFrom(...paddings),
  fill: fc.constantFrom(0, -3, 7.25),
  map: fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 12, maxLength: 12 }),
  seed: fc.nat(),
  colours: fc.integer({ min: 1, max: 4 }),
  withField: fc.boolean(),
});

function* values(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 31 - 1;
  }
}
const take = (source: Generator<number, never>, n: number) => Array.from({ length: n }, () => source.next().value);

describe("a drawn volume under a drawn map", () => {
  it("has what the twin in float64 finds at each place, to 2e-5, at any size, colours, padding; builds agree", () => {
    fc.assert(
      fc.property(drawn, ({ sizes, padding, fill, map, seed, colours, withField }) => {
        const source = values(seed);
        const n = sizes[0] * sizes[1] * sizes[2];
        const field = withField ? [0, 1, 2].map(() => take(source, n).map((d) => 3 * d)) : undefined;
        const sampling: Sampling = { sizes, padding, fill, map, field };
        const image = take(source, n * colours).map(Math.fround);
        const got = resample(release(), image, sampling, colours);
        placesOf(sampling).forEach((place, v) => {
          for (let colour = 0; colour < colours; colour++) {
            const data = Array.from({ length: n }, (_, i) => image[i * colours + colour]);
            const want = linearAt({ sizes, data }, place, padding, fill);
            expect(Math.abs(got[v * colours + colour] - want)).toBeLessThan(2e-5 * Math.max(1, Math.abs(fill)));
          }
        });
        for (const [build, bench] of benches)
          if (build.startsWith("reproducible")) expect(resample(bench, image, sampling, colours)).toEqual(got);
      }),
      { numRuns: 150 },
    );
  });

  it("has the class of the nearest voxel, and the likeliest class of its neighbours, away from ties", () => {
    fc.assert(
      fc.property(drawn, ({ sizes, padding, map, seed }) => {
        const source = values(seed);
        const n = sizes[0] * sizes[1] * sizes[2];
        const sampling: Sampling = { sizes, padding, map };
        const labels = take(source, n).map((u) => Math.floor(2 * (u + 1)));
        const volume = { sizes, data: labels };
        const nearest = resampleLabels(release(), labels, sampling, "nearest");
        const likeliest = resampleLabels(release(), labels, sampling, "likeliest");
        placesOf(sampling).forEach((place, v) => {
          if (place.every((c) => Math.abs(c - Math.floor(c) - 0.5) > 1e-4)) {
            const round = place.map((c) => Math.floor(c + 0.5));
            expect(nearest[v]).toBe(voxelAt(volume, round, padding, 0));
          }
          const weights = new Map<number, number>();
          for (const { weight, value } of cornersAt(volume, place, padding, 0))
            weights.set(value, (weights.get(value) ?? 0) + weight);
          const largest = Math.max(...weights.values());
          expect(weights.get(likeliest[v]) ?? 0).toBeGreaterThan(largest - 1e-4);
        });
      }),
      { numRuns: 150 },
    );
  });

  it("stays inside its copy for maps that are infinite or NaN, and without a move gives the image to the last bit", () => {
    const image = take(values(3), 4 * 5 * 6).map(Math.fround);
    for (const padding of paddings) {
      for (const wild of [NaN, Infinity, -Infinity, 1e30, -1e30]) {
        const map = [wild, 0.1, wild, 0, 1, wild, 0, 0, 0, 0, 0, wild];
        expect(resample(release(), image, { sizes: [4, 5, 6], padding, map }).length).toBe(120);
      }
      const still = { sizes: [4, 5, 6] as const, padding, map: new Array<number>(12).fill(0) };
      expect([...resample(release(), image, still)]).toEqual(image);
    }
  });
});
