// What may be done to a training image so that each epoch sees another one: plain frozen values, drawn anew for every image.
import { axesOf, between, checkProbability, frozen } from "./augment-check.ts";

/** What every augmentation has. */
export interface AppliedByChance {
  /** Which part of the images it is applied to. */
  readonly probability: number;
}

export type Axis = "x" | "y" | "z";
export type PaddingMode = "constant" | "nearest" | "mirror";

/** Moves the image's content: composed with all others of its kind into one map, and resampled once. */
export type GeometricAugmentation =
  | ({ readonly kind: "crop"; readonly fraction: number } & AppliedByChance)
  | ({ readonly kind: "translate"; readonly fraction: number; readonly millimetres: number | null } & AppliedByChance)
  | ({
      readonly kind: "rotate";
      readonly degrees: number;
      readonly axis: Axis | "all" | readonly [number, number, number];
    } & AppliedByChance)
  | ({ readonly kind: "scale"; readonly fraction: number } & AppliedByChance)
  | ({ readonly kind: "stretch"; readonly fraction: number } & AppliedByChance)
  | ({ readonly kind: "shear"; readonly degrees: number } & AppliedByChance)
  | ({ readonly kind: "flip"; readonly axes: readonly Axis[] } & AppliedByChance)
  | ({ readonly kind: "deform"; readonly magnitude: number; readonly cells: number } & AppliedByChance);

/** Changes intensities, each voxel where it stands. */
export type IntensityAugmentation =
  | ({
      readonly kind: "brightness" | "contrast" | "gamma" | "gaussianNoise";
      readonly amount: number;
    } & AppliedByChance)
  | ({ readonly kind: "blur"; readonly sigma: number; readonly millimetres: boolean } & AppliedByChance)
  | ({ readonly kind: "biasField"; readonly amount: number } & AppliedByChance)
  | ({ readonly kind: "cutout"; readonly fraction: number } & AppliedByChance);

/** How images are read between and beside their voxels; not drawn. */
export interface ResamplingChoice {
  readonly kind: "resampling";
  readonly padding: PaddingMode;
  /** What is beside the image with padding "constant"; null for the image's smallest value. */
  readonly fill: number | null;
  readonly masks: "nearest" | "likeliest";
}

/** What is done to one image. */
export type ImageAugmentation = GeometricAugmentation | IntensityAugmentation | ResamplingChoice;

/** Takes another image of the batch. */
export interface MixingAugmentation extends AppliedByChance {
  readonly kind: "mixup" | "cutmix";
  /** Of the distribution Beta(alpha, alpha) of the part that the other image has. */
  readonly alpha: number;
}

export type Augmentation = ImageAugmentation | MixingAugmentation;

export interface AugmentationOptions {
  /** Which part of the images it is applied to, 0 to 1. */
  readonly probability?: number;
}

/**
 * Shows a part of the image, magnified to its whole size: a box whose sides are the image's less up to `fraction`,
 * anywhere in it.
 *
 * @param fraction 0 to 0.9; 0.1 by default.
 * @throws RangeError for another fraction or probability.
 * @example
 * ```ts
 * import { crop } from "voxgrad";
 *
 * console.log(crop(0.2)); // { kind: 'crop', fraction: 0.2, probability: 1 }
 * ```
 */
export function crop(fraction = 0.1, { probability = 1 }: AugmentationOptions = {}): GeometricAugmentation {
  between("crop", "a fraction of the size", fraction, 0, 0.9);
  return frozen({ kind: "crop", fraction, probability: checkProbability("crop", probability) });
}

/**
 * Moves the content along each axis by up to a fraction of the image's size, or by up to so many millimetres, which needs
 * images whose spacing is known.
 *
 * @param by a fraction from 0 to 1 (0.1 by default), or `{ millimetres }`.
 * @throws RangeError for another fraction or a distance below 0.
 * @example
 * ```ts
 * import { translate } from "voxgrad";
 *
 * console.log(translate(0.05).kind, translate({ millimetres: 4 }).kind); // translate translate
 * ```
 */
export function translate(
  by: number | { readonly millimetres: number } = 0.1,
  { probability = 1 }: AugmentationOptions = {},
): GeometricAugmentation {
  const isFraction = typeof by === "number";
  if (isFraction) between("translate", "a fraction of the size", by, 0, 1);
  else between("translate", "millimetres", by.millimetres, 0, 1e6);
  return frozen({
    kind: "translate",
    fraction: isFraction ? by : 0,
    millimetres: isFraction ? null : by.millimetres,
    probability: checkProbability("translate", probability),
  });
}

/**
 * Turns the content about the image's centre by up to so many degrees either way. Positive angles about z turn
 * counterclockwise as a slice is shown, x to the right and y downward; about x from z to y, about y from x to z. With "all" (the default) a volume
 * is turned about x, then y, then z, by three angles; a picture about z alone.
 *
 * @param degrees 0 to 180.
 * @throws RangeError for other degrees, or an axis without direction.
 * @example
 * ```ts
 * import { rotate } from "voxgrad";
 *
 * console.log(rotate(10).kind, rotate(15, { axis: "z", probability: 0.5 }).probability); // rotate 0.5
 * ```
 */
export function rotate(
  degrees = 10,
  {
    axis = "all",
    probability = 1,
  }: AugmentationOptions & { readonly axis?: Axis | "all" | readonly [number, number, number] } = {},
): GeometricAugmentation {
  between("rotate", "degrees", degrees, 0, 180);
  const isVector = typeof axis !== "string";
  if (isVector ? !(axis.length === 3 && axis.every(Number.isFinite) && axis.some((c) => c !== 0)) : !["x", "y", "z", "all"].includes(axis)) // prettier-ignore
    throw new RangeError(`rotate: expected the axis "x", "y", "z", "all" or a direction [x, y, z], got ${JSON.stringify(axis)}`); // prettier-ignore
  const [x, y, z] = isVector ? axis : [0, 0, 0];
  return frozen({
    kind: "rotate",
    degrees,
    axis: isVector ? Object.freeze<[number, number, number]>([x, y, z]) : axis,
    probability: checkProbability("rotate", probability),
  });
}

/**
 * Makes the content larger or smaller about the centre, by a factor of 1 / (1 + fraction) to 1 + fraction.
 *
 * @param fraction 0 to 4; 0.1 by default.
 * @throws RangeError for another fraction.
 * @example
 * ```ts
 * import { scale } from "voxgrad";
 *
 * console.log(scale(0.2).kind); // scale
 * ```
 */
export function scale(fraction = 0.1, { probability = 1 }: AugmentationOptions = {}): GeometricAugmentation {
  between("scale", "a fraction", fraction, 0, 4);
  return frozen({ kind: "scale", fraction, probability: checkProbability("scale", probability) });
}

/**
 * As `scale`, but by a factor of its own along each axis.
 *
 * @param fraction 0 to 4; 0.1 by default.
 * @throws RangeError for another fraction.
 * @example
 * ```ts
 * import { stretch } from "voxgrad";
 *
 * console.log(stretch(0.1).kind); // stretch
 * ```
 */
export function stretch(fraction = 0.1, { probability = 1 }: AugmentationOptions = {}): GeometricAugmentation {
  between("stretch", "a fraction", fraction, 0, 4);
  return frozen({ kind: "stretch", fraction, probability: checkProbability("stretch", probability) });
}

/**
 * Slants the content about the centre: what is further along one axis moves further along another, at an angle of up to
 * so many degrees; a pair of axes is drawn for each image.
 *
 * @param degrees 0 to 60; 5 by default.
 * @throws RangeError for other degrees.
 * @example
 * ```ts
 * import { shear } from "voxgrad";
 *
 * console.log(shear(8).kind); // shear
 * ```
 */
export function shear(degrees = 5, { probability = 1 }: AugmentationOptions = {}): GeometricAugmentation {
  between("shear", "degrees", degrees, 0, 60);
  return frozen({ kind: "shear", degrees, probability: checkProbability("shear", probability) });
}

/**
 * Mirrors the image along each of these axes, for each one half the time. In images of the body left and right differ:
 * only flip where a mirrored image could be another patient's.
 *
 * @param axes "x" by default, from left to right as a slice is shown; "y" and "z" likewise.
 * @param options `probability` is that of each axis, 0.5 by default.
 * @throws RangeError for another axis, or one twice.
 * @example
 * ```ts
 * import { flip } from "voxgrad";
 *
 * console.log(flip(["x", "y"]).probability); // 0.5
 * ```
 */
export function flip(
  axes: Axis | readonly Axis[] = "x",
  { probability = 0.5 }: AugmentationOptions = {},
): GeometricAugmentation {
  return frozen({ kind: "flip", axes: axesOf("flip", axes), probability: checkProbability("flip", probability) });
}

/**
 * Bends the content smoothly, as soft tissue differs from one body to the next: a grid of control points is displaced at
 * random, by up to `magnitude` of its spacing, and cubic B-splines lie between (Rueckert et al. 1999). So far it never
 * folds (Choi & Lee 2000): 0.48 in pictures, 0.40 in volumes, to which a larger magnitude is cut.
 *
 * @param options `magnitude` 0 to 0.48, 0.3 by default; `cells` of the grid along each axis, 4 by default, 1 to 32.
 * @throws RangeError for another magnitude or number of cells.
 * @example
 * ```ts
 * import { deform } from "voxgrad";
 *
 * console.log(deform({ magnitude: 0.2, cells: 3 }).kind); // deform
 * ```
 */
export function deform({
  magnitude = 0.3,
  cells = 4,
  probability = 1,
}: AugmentationOptions & { readonly magnitude?: number; readonly cells?: number } = {}): GeometricAugmentation {
  between("deform", "a magnitude in units of the grid's spacing", magnitude, 0, 0.48);
  between("deform", "cells", cells, 1, 32);
  if (!Number.isInteger(cells)) throw new RangeError(`deform: expected a whole number of cells, got ${cells}`);
  return frozen({ kind: "deform", magnitude, cells, probability: checkProbability("deform", probability) });
}

/**
 * Says how images are read between and beside their voxels; in a list of augmentations at most once, at any place.
 *
 * @param options `padding`: what lies beside the image, "constant" (the default), "nearest", its edge, or "mirror", which
 * does not repeat the edge. `fill`: the constant, null (the default) for each image's smallest value. `masks`: "nearest",
 * the class of the nearest voxel (the default), or "likeliest", each class read linearly and the largest taken.
 * @throws RangeError for other names, or a fill that is not finite.
 * @example
 * ```ts
 * import { resampling } from "voxgrad";
 *
 * console.log(resampling({ padding: "mirror" }).masks); // nearest
 * ```
 */
export function resampling({
  padding = "constant",
  fill = null,
  masks = "nearest",
}: Partial<Omit<ResamplingChoice, "kind">> = {}): ResamplingChoice {
  if (!["constant", "nearest", "mirror"].includes(padding))
    throw new RangeError(`resampling: expected the padding "constant", "nearest" or "mirror", got "${String(padding)}"`); // prettier-ignore
  if (masks !== "nearest" && masks !== "likeliest")
    throw new RangeError(`resampling: expected masks "nearest" or "likeliest", got "${String(masks)}"`);
  if (fill !== null && !Number.isFinite(fill))
    throw new RangeError(`resampling: expected a finite fill or null, got ${fill}`);
  return frozen({ kind: "resampling", padding, fill, masks });
}
