// Augmentations as people write them: "rotate=10,deform,flip=xy@0.3", a name, an amount, a probability.
import * as voxgrad from "../index.ts";
import type { Augmentation, AugmentationOptions, Axis } from "../index.ts";
import type { Kind } from "./values.ts";

type Make = (amount: number | undefined, options: AugmentationOptions) => Augmentation;

/** Those that take one number, the largest change. */
const byAmount: Readonly<Record<string, Make>> = {
  crop: voxgrad.crop,
  translate: voxgrad.translate,
  rotate: voxgrad.rotate,
  scale: voxgrad.scale,
  stretch: voxgrad.stretch,
  shear: voxgrad.shear,
  deform: (magnitude, options) => voxgrad.deform({ ...(magnitude === undefined ? {} : { magnitude }), ...options }),
  brightness: voxgrad.brightness,
  contrast: voxgrad.contrast,
  gamma: voxgrad.gamma,
  gaussianNoise: voxgrad.gaussianNoise,
  blur: voxgrad.blur,
  biasField: voxgrad.biasField,
  cutout: voxgrad.cutout,
};

/** What stands behind a name in place of an amount, for those that take no number. */
const byWord: Readonly<Record<string, (word: string | undefined, options: AugmentationOptions) => Augmentation>> = {
  flip: (axes = "x", options) => voxgrad.flip([...axes] as Axis[], options),
  padding: (padding = "constant") => voxgrad.resampling({ padding: padding as "constant" }),
};

export const augmentationNames = [...Object.keys(byAmount), ...Object.keys(byWord)];

/** @throws RangeError or TypeError that says what is wrong with it; null where there is no such augmentation. */
export function augmentationOf(text: string): Augmentation | null {
  const [, name = "", word, chance] = /^(\w+)(?:=([^@]+))?(?:@(.+))?$/.exec(text.trim()) ?? [];
  const options = chance === undefined ? {} : { probability: Number(chance) };
  if (Object.hasOwn(byAmount, name)) return byAmount[name](word === undefined ? undefined : Number(word), options);
  return Object.hasOwn(byWord, name) ? byWord[name](word, options) : null;
}

/** Names with commas between, each with an amount and a probability if wanted; a list of them in a file. */
export function augmentations(): Kind<readonly string[]> {
  return {
    valueName: "LIST",
    expected: `names among ${augmentationNames.join(", ")}, as in rotate=10,deform,flip=xy@0.5, or none`,
    read: (text) => (text === "none" || text === "" ? [] : text.split(",").map((part) => part.trim())),
    check(value) {
      if (!Array.isArray(value)) return undefined;
      const isKnown = (word: unknown) => {
        try {
          return typeof word === "string" && augmentationOf(word) !== null;
        } catch {
          return false;
        }
      };
      return value.every(isKnown) ? Object.freeze(value as string[]) : undefined;
    },
  };
}
