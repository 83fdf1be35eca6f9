// What is done to an image when it is read, before anything learns from it: plain values, applied in their order.

/** A plain value that JSON keeps. */
export type Preprocessing =
  | { readonly kind: "window"; readonly centre: number; readonly width: number }
  | { readonly kind: "percentileClip"; readonly low: number; readonly high: number }
  | { readonly kind: "rescale"; readonly to: readonly [low: number, high: number] }
  | { readonly kind: "standardize" }
  | { readonly kind: "resampleTo"; readonly size: readonly number[] }
  | { readonly kind: "resampleTo"; readonly spacing: number | readonly number[] }
  | { readonly kind: "centreCropOrPad"; readonly size: readonly number[]; readonly fill: number | null }
  | { readonly kind: "gray" };

/**
 * What lies within `width` about `centre` goes from 0 to 1, what is below or above becomes 0 or 1
 * (DICOM PS3.3 C.11.2.1.3.2, LINEAR_EXACT). For CT both are Hounsfield units.
 *
 * @throws RangeError unless the width is above 0.
 * @example
 * ```ts
 * import { fromStructure, preprocess, valuesOf, window } from "voxgrad";
 *
 * const scan = fromStructure({ data: Int16Array.of(-1000, 0, 40, 400), dims: [4] });
 * console.log(valuesOf(preprocess(scan, [window({ centre: 40, width: 400 })]))); // 0, 0.4, 0.5, 1
 * ```
 */
export function window({ centre, width }: { readonly centre: number; readonly width: number }): Preprocessing {
  if (!Number.isFinite(centre) || !(width > 0 && width < Infinity))
    throw new RangeError(
      `window: expected a centre and a width above 0, such as { centre: 40, width: 400 }, got ${centre} and ${width}`,
    );
  return Object.freeze({ kind: "window", centre, width });
}

/**
 * Values below one percentile of the image, or above another, take its value: stray dark and light voxels no longer count.
 * Percentiles lie between neighbours as `numpy.percentile` has them.
 *
 * @throws RangeError unless 0 <= low < high <= 100.
 * @example
 * ```ts
 * import { percentileClip } from "voxgrad";
 *
 * console.log(percentileClip({ low: 1, high: 99 }).kind); // percentileClip
 * ```
 */
export function percentileClip({
  low = 0,
  high = 100,
}: {
  readonly low?: number;
  readonly high?: number;
}): Preprocessing {
  if (!(low >= 0 && low < high && high <= 100))
    throw new RangeError(`percentileClip: expected 0 <= low < high <= 100, got ${low} and ${high}`);
  return Object.freeze({ kind: "percentileClip", low, high });
}

/**
 * The image's smallest value becomes the first number and its largest the second; where all are alike, the first.
 *
 * @throws RangeError unless the first is below the second.
 * @example
 * ```ts
 * import { rescale } from "voxgrad";
 *
 * console.log(rescale({ to: [-1, 1] }).kind); // rescale
 * ```
 */
export function rescale({ to: [low, high] = [0, 1] }: { readonly to?: readonly [number, number] } = {}): Preprocessing {
  if (!(Number.isFinite(low) && low < high && high < Infinity))
    throw new RangeError(`rescale: expected two numbers, the smaller one first, got ${low} and ${high}`);
  return Object.freeze({ kind: "rescale", to: Object.freeze([low, high] as const) });
}

/**
 * (x - mean) / deviation over the image's own values; 0 where all are alike.
 *
 * @example
 * ```ts
 * import { standardize } from "voxgrad";
 *
 * console.log(standardize().kind); // standardize
 * ```
 */
export function standardize(): Preprocessing {
  return Object.freeze({ kind: "standardize" });
}

/**
 * Another number of voxels over the same field of view (`size`, slowest index first as in `shape`), or voxels of another
 * spacing about the same centre (`spacing` in millimetres, x first as in `spacing`; one number for all axes). Between
 * voxels it is linear, for masks the nearest voxel's.
 *
 * @throws RangeError for a size that is no whole number of at least 1, or a spacing that is not above 0.
 * @example
 * ```ts
 * import { fromStructure, preprocess, resampleTo } from "voxgrad";
 *
 * const slice = fromStructure({ data: new Uint8Array(64), dims: [8, 8], spacing: [0.5, 0.5] });
 * console.log(preprocess(slice, [resampleTo({ spacing: 1 })]).shape); // [ 4, 4 ]
 * console.log(preprocess(slice, [resampleTo({ size: [16, 16] })]).spacing); // [ 0.25, 0.25 ]
 * ```
 */
export function resampleTo(
  to: { readonly size: readonly number[] } | { readonly spacing: number | readonly number[] },
): Preprocessing {
  if ("size" in to) return Object.freeze({ kind: "resampleTo", size: sizeOf("resampleTo", to.size) });
  const { spacing } = to;
  const all = typeof spacing === "number" ? [spacing] : spacing;
  if (all.length === 0 || !all.every((distance) => distance > 0 && distance < Infinity))
    throw new RangeError(`resampleTo: expected a spacing above 0 in millimetres, got ${all.join(", ")}`);
  return Object.freeze({ kind: "resampleTo", spacing: typeof spacing === "number" ? spacing : Object.freeze([...spacing]) }); // prettier-ignore
}

/**
 * Cuts off what is beyond `size` (slowest index first) about the centre, and adds what is missing: `fill`, or where it is
 * left out the image's smallest value, which is air in CT; background in masks. Where an odd number of voxels is cut off
 * or added, one more goes at the end.
 *
 * @throws RangeError for a size that is no whole number of at least 1.
 * @example
 * ```ts
 * import { centreCropOrPad, fromStructure, preprocess, valuesOf } from "voxgrad";
 *
 * const row = fromStructure({ data: Uint8Array.of(3, 1, 2), dims: [3] });
 * console.log(valuesOf(preprocess(row, [centreCropOrPad({ size: [5] })]))); // 1, 3, 1, 2, 1
 * ```
 */
export function centreCropOrPad({
  size,
  fill = null,
}: {
  readonly size: readonly number[];
  readonly fill?: number | null;
}): Preprocessing {
  if (fill !== null && !Number.isFinite(fill))
    throw new RangeError(`centreCropOrPad: expected a finite number to fill with, got ${fill}`);
  return Object.freeze({ kind: "centreCropOrPad", size: sizeOf("centreCropOrPad", size), fill });
}

/**
 * Colours as one gray: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded where pixels are whole numbers; alpha is left
 * out. A gray image stays as it is.
 *
 * @example
 * ```ts
 * import { fromStructure, gray, preprocess } from "voxgrad";
 *
 * const picture = fromStructure({ data: new Uint8ClampedArray(4 * 6), width: 3, height: 2 });
 * console.log(preprocess(picture, [gray()]).shape); // [ 2, 3 ]
 * ```
 */
export function gray(): Preprocessing {
  return Object.freeze({ kind: "gray" });
}

function sizeOf(name: string, size: readonly number[]): readonly number[] {
  if (size.length > 0 && size.every((length) => Number.isSafeInteger(length) && length >= 1))
    return Object.freeze([...size]);
  throw new RangeError(
    `${name}: expected a size in whole numbers of at least 1, such as [64, 64], got [${size.join(", ")}]`,
  );
}

/** In words: "window({ centre: 40, width: 400 })". */
export function preprocessingTitle({ kind, ...options }: Preprocessing): string {
  const parts = Object.entries(options as Record<string, unknown>)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${JSON.stringify(value).replaceAll(",", ", ")}`);
  return `${kind}(${parts.length > 0 ? `{ ${parts.join(", ")} }` : ""})`;
}
