// How often the 95 % intervals of a segmentation's report contain the true figure, in made-up worlds of masks.
import { exp } from "../src/elementary.ts";
import type { Interval } from "../src/metrics/intervals.ts";
import { stream } from "../src/random.ts";
import { maskIntervals } from "../src/report/mask-intervals.ts";
import type { MaskIntervals } from "../src/report/mask-intervals.ts";
import { resampledMasks } from "../src/report/resampled-masks.ts";
import type { MaskLayout } from "../src/report/resampled-masks.ts";
import type { Coverage, CoverageOptions } from "./coverage-of.ts";

/** Images of one foreground class: most masks are good, some are missed. */
export interface MaskWorld {
  /** The part of the patients whose masks are missed: their recall is even between 0 and 0.7. */
  readonly missed: number;
  /** The logit of the recall of the others, on average; its standard deviation is 0.6. */
  readonly logit: number;
  readonly imagesPerPatient: number;
  /** The standard deviation of the logarithm of the volumes; 0.8. */
  readonly spread?: number;
  /** The logit of the precision, on average; 1.8. */
  readonly precision?: number;
  /** Nothing is found of the missed. */
  readonly isLost?: boolean;
  /** The part of the images without foreground, every tenth of which is given some; 0. */
  readonly empty?: number;
}

const voxels = 4096;
const unmeasured = { value: null, reason: "not drawn" };

export function drawMasks(world: MaskWorld, count: number, seed: number) {
  const {
    missed,
    logit,
    imagesPerPatient,
    spread = 0.8,
    precision: precisionLogit = 1.8,
    isLost = false,
    empty = 0,
  } = world;
  const random = stream(seed, "phantom");
  const patientOf = (i: number) => Math.floor(i / imagesPerPatient);
  /** Two draws each: of the image, and of its patient, so that images of one patient are alike. */
  const noise = (kind: number, i: number) => {
    const own = random.normal(2 * (kind * count + i));
    if (imagesPerPatient === 1) return own;
    return Math.sqrt(0.5) * (own + random.normal(2 * (kind * count + patientOf(i)) + 1));
  };
  const confusions: number[][][] = [];
  const surfaces = Array.from({ length: count }, (_, i) => {
    const even = random.uniform(count + i);
    const isMissed = random.uniform(patientOf(i)) < missed;
    const ofMissed = isLost ? 0 : 0.7 * even;
    const recall = isMissed ? ofMissed : 1 / (1 + exp(-(logit + 0.6 * noise(1, i))));
    const drawn = 1 + Math.min(voxels / 4, Math.floor(120 * exp(spread * noise(2, i))));
    const chance = empty > 0 ? random.uniform(2 * count + i) : 1;
    const volume = chance < empty ? 0 : drawn;
    const precision = 1 / (1 + exp(-(precisionLogit + 0.6 * noise(3, i))));
    const found = Math.round(volume * recall);
    const seen = chance < empty ? (chance < empty / 10 ? drawn : 0) : Math.max(1, found);
    const wrong = Math.min(voxels / 4, Math.round(seen * (1 / precision - 1)));
    confusions.push([
      [voxels - volume - wrong, wrong],
      [volume - found, found],
    ]);
    const distance = isMissed ? 20 + 40 * (1 - even) : 3 * exp(0.6 * noise(4, i));
    return { hausdorff: { value: distance }, hausdorff95: unmeasured, meanSurfaceDistance: unmeasured };
  });
  const groups = Array.from({ length: count }, (_, i) => `${patientOf(i)}`);
  return { confusions, surfaces, classes: 1, groups };
}

/** A figure: its true value's place, and its interval on a set. */
interface Watched {
  readonly name: string;
  readonly at: (layout: MaskLayout) => number;
  readonly interval: (intervals: MaskIntervals) => Interval;
}

const images = (name: Parameters<MaskIntervals["ofImages"]>[0]): Watched => ({
  name: `${name}, mean over images`,
  at: (layout) => layout.ofImages(name),
  interval: (intervals) => intervals.ofImages(name),
});
const whole = (name: Parameters<MaskIntervals["ofWhole"]>[0]): Watched => ({
  name: `${name}, voxels pooled`,
  at: (layout) => layout.ofWhole(name),
  interval: (intervals) => intervals.ofWhole(name),
});
const foreground = (name: Parameters<MaskIntervals["ofForeground"]>[0]): Watched => ({
  name: `${name}, voxels pooled`,
  at: (layout) => layout.ofForeground(name),
  interval: (intervals) => intervals.ofForeground(name),
});
const watched: readonly Watched[] = [
  images("dice"),
  images("volumeSimilarity"),
  images("hausdorff"),
  foreground("dice"),
  foreground("jaccard"),
  foreground("recall"),
  foreground("precision"),
  foreground("specificity"),
  foreground("negativePredictiveValue"),
  whole("accuracy"),
  whole("balancedAccuracy"),
  whole("matthews"),
  whole("kappa"),
];

/** All figures of so many images of a world that they are as good as the true ones. */
export function trueMaskFigures(world: MaskWorld, population: number) {
  const { layout, of } = resampledMasks(drawMasks(world, population, 1));
  return { layout, figures: Float64Array.from(of(new Int32Array(population).fill(1))) };
}

/** @param count images of each set */
export function maskCoverageOf(
  { world, count, sets, resamples, first = 2 }: Omit<CoverageOptions, "world"> & { readonly world: MaskWorld },
  { layout, figures }: ReturnType<typeof trueMaskFigures>,
): Coverage[] {
  const found = watched.map(({ name, at }) => ({ name, trueValue: figures[at(layout)], intervals: 0, covering: 0 }));
  for (let set = 0; set < sets; set++) {
    const { groups, ...drawn } = drawMasks(world, count, first + set);
    const intervals = maskIntervals(drawn, world.imagesPerPatient > 1 ? groups : null, first + set, resamples);
    watched.forEach(({ interval }, i) => {
      const ends = interval(intervals).interval;
      if (!ends) return;
      found[i].intervals++;
      if (ends[0] <= found[i].trueValue && found[i].trueValue <= ends[1]) found[i].covering++;
    });
  }
  return found;
}
