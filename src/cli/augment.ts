// Augmentations as people write them: "rotate=10,deform,flip=xy@0.3", a name, an amount, a probability.
import * as voxgrad from "../index.ts";
import type { Augmentation, AugmentationOptions, Axis } from "../index.ts";
import { suggest } from "./usage.ts";
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
  mixup: voxgrad.mixup,
  cutmix: voxgrad.cutmix,
};

/** What stands behind a name in place of an amount, for those that take no number. */
const byWord: Readonly<Record<string, (word: string | undefined, options: AugmentationOptions) => Augmentation>> = {
  flip: (axes = "x", options) => voxgrad.flip([...axes] as Axis[], options),
  padding(padding = "constant", { probability }) {
    if (probability !== undefined) throw new RangeError("padding: expected no probability, since nothing is drawn");
    return voxgrad.resampling({ padding: padding as "constant" });
  },
};

const names = [...Object.keys(byAmount), ...Object.keys(byWord)];

/** @throws RangeError or TypeError that says what is wrong with it. */
export function augmentationOf(text: string): Augmentation {
  const [, name, word, chance] = /^(\w+)(?:=([^@]+))?(?:@(.+))?$/.exec(text.trim()) ?? [];
  if (name === undefined)
    throw new RangeError("expected a name, then an amount and a probability if wanted, as in flip=xy@0.3");
  const options = chance === undefined ? {} : { probability: Number(chance) };
  if (Object.hasOwn(byAmount, name)) return byAmount[name](word === undefined ? undefined : Number(word), options);
  if (Object.hasOwn(byWord, name)) return byWord[name](word, options);
  throw new RangeError(`expected the name of an augmentation, got "${name}". ${suggest(name, names)}`);
}

/** What is wrong with a word of a list; null where nothing is. */
function wrong(word: unknown): string | null {
  if (typeof word !== "string") return 'expected text such as "rotate=10"';
  try {
    augmentationOf(word);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Names with commas between, each with an amount and a probability if wanted; a list of them in a file. */
export function augmentations(): Kind<readonly string[]> {
  return {
    valueName: "LIST",
    expected: "a list such as rotate=10,deform,flip=xy@0.5, or none",
    read: (text) => (text === "none" || text === "" ? [] : text.split(",").map((part) => part.trim())),
    check: (value) =>
      Array.isArray(value) && value.every((word) => wrong(word) === null)
        ? Object.freeze(value as string[])
        : undefined,
    explain(value) {
      const words: readonly unknown[] = Array.isArray(value) ? value : [];
      const first = words.find((word) => wrong(word) !== null);
      return first === undefined ? "" : `${JSON.stringify(first)}: ${wrong(first)}`;
    },
  };
}
