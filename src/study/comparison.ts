// Whether a network is better than another by more than the noise, and how far the best of many flatters itself.
import { eachResample } from "../metrics/resamples.ts";
import type { ResampleOptions } from "../metrics/resamples.ts";
import type { FigureOf } from "../train/outcomes.ts";
import type { Monitor } from "../train/stopping.ts";

/** What one network has over another on the same images. */
export interface Advantage {
  /** The difference of the monitored figures, above 0 where the other is better. */
  readonly gain: number | null;
  /** Its standard error over draws of the images, or of whole patients; null where it cannot be drawn. */
  readonly standardError: number | null;
}

/** Above 0 where `value` is better than `than`. */
export function gainOf(monitor: Monitor, value: number | null, than: number | null): number | null {
  if (value === null || than === null) return null;
  return monitor === "loss" ? than - value : value - than;
}

/** Both are measured on the same draws: what they share, easy and hard images, falls out of the difference. */
export function advantageOf(
  monitor: Monitor,
  count: number,
  base: FigureOf,
  other: FigureOf,
  options: ResampleOptions,
): Advantage {
  const all = Int32Array.from({ length: count }, (_, image) => image);
  const gain = gainOf(monitor, other(all), base(all));
  const gains: number[] = [];
  eachResample(count, options, (drawn) => {
    const drawnGain = gainOf(monitor, other(drawn), base(drawn));
    if (drawnGain !== null) gains.push(drawnGain);
  });
  if (gains.length < 2) return { gain, standardError: null };
  const mean = gains.reduce((sum, value) => sum + value, 0) / gains.length;
  const squares = gains.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { gain, standardError: Math.sqrt(squares / (gains.length - 1)) };
}

/**
 * Whether a gain is more than the noise: above one standard error, the rule by which Breiman et al. (1984) choose between
 * models that validation cannot tell apart, once what was gained by choosing among many is taken off.
 *
 * @param optimism how far the best of them flatters itself.
 */
export function isBeyondNoise({ gain, standardError }: Advantage, optimism = 0): boolean {
  return gain !== null && standardError !== null && gain - optimism > standardError;
}

/** The best of several on the images that chose it, and what it is likely to reach on others. */
export interface Optimism {
  readonly value: number;
  readonly corrected: number;
  /** How much better than it is the chosen value looks; 0 where the draws say the contrary. */
  readonly optimism: number;
}

/**
 * Bias-corrected estimate of the best of several (Tsamardinos et al. 2018): on each draw of the images the best is chosen,
 * and measured on the images that were not drawn. Measured is what it has over the first of them, on the same images: how
 * easy these are falls out, which matters where a few patients have many images.
 *
 * @returns null where there is no choice, or no figure
 */
export function optimismOf(
  monitor: Monitor,
  count: number,
  figures: readonly FigureOf[],
  options: ResampleOptions,
): Optimism | null {
  if (figures.length < 2) return null;
  const [first] = figures;
  const all = Int32Array.from({ length: count }, (_, image) => image);
  const best = bestOf(monitor, figures, all);
  const value = best && best(all);
  const found = gainOf(monitor, value, first(all));
  if (value === null || found === null) return null;
  const isDrawn = new Uint8Array(count);
  let sum = 0;
  let images = 0;
  eachResample(count, options, (drawn) => {
    isDrawn.fill(0);
    for (const image of drawn) isDrawn[image] = 1;
    const others = all.filter((image) => isDrawn[image] === 0);
    const chosen = others.length > 0 ? bestOf(monitor, figures, drawn) : null;
    const gain = chosen && gainOf(monitor, chosen(others), first(others));
    if (gain === null) return;
    sum += others.length * gain;
    images += others.length;
  });
  if (images === 0) return null;
  const optimism = Math.max(0, found - sum / images);
  return { value, corrected: monitor === "loss" ? value + optimism : value - optimism, optimism };
}

function bestOf(monitor: Monitor, figures: readonly FigureOf[], drawn: Int32Array): FigureOf | null {
  let best: FigureOf | null = null;
  let value: number | null = null;
  for (const figure of figures) {
    const reached = figure(drawn);
    if (reached === null || (best && (gainOf(monitor, reached, value) ?? 0) <= 0)) continue;
    best = figure;
    value = reached;
  }
  return best;
}
