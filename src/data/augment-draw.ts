// Draws what is done to one image: a pure function of the stream's seed and epoch and of the image's index. No allocation.
import { expAt, log } from "../elementary.ts";
import type { RandomStream } from "../random.ts";
import type { ImageAugmentation } from "./augment.ts";
import { drawnLength, mostAugmentations } from "./augment-drawn.ts";

/** The word of the stream from which augmentation `place` of an image draws. */
const wordOf = (index: number, place: number) => (index * mostAugmentations + place) * drawnLength;

/** One of 2^32: a word and a half, times this, is a number of (0, 1). */
const part = 2.3283064365386963e-10;

/** Of each augmentation of a list its probability, then how much may be drawn; of a factor its logarithm. */
export function amountsOf(list: readonly ImageAugmentation[]): Float64Array {
  return Float64Array.from(list.flatMap((one) => ["probability" in one ? one.probability : 1, amountOf(one)]));
}

function amountOf(one: ImageAugmentation): number {
  switch (one.kind) {
    case "crop":
    case "cutout":
      return one.fraction;
    case "translate":
      return one.millimetres ?? one.fraction;
    case "rotate":
    case "shear":
      return one.degrees;
    case "scale":
    case "stretch":
      return log(1 + one.fraction);
    case "contrast":
    case "gamma":
      return log(1 + one.amount);
    case "brightness":
    case "gaussianNoise":
    case "biasField":
      return one.amount;
    case "blur":
      return one.sigma;
    default:
      return 0;
  }
}

/** The words of one augmentation of an image. */
const words = new Uint32Array(drawnLength);

/** into[at] = a number of (-most, most), most being amounts[place]. Numbers go by arrays, so that none is put on the heap. */
function either(word: number, amounts: Float64Array, place: number, into: Float64Array, at: number): void {
  into[at] = (2 * ((words[word] + 0.5) * part) - 1) * amounts[place];
}

/** A factor of 1 / (1 + most) to 1 + most; its logarithm is drawn evenly. */
function factor(word: number, amounts: Float64Array, place: number, into: Float64Array, at: number): void {
  either(word, amounts, place, into, at);
  if (amounts[place] === 0) into[at] = 1;
  else expAt(into, at);
}

/**
 * Fills `into` (augmentations * drawnLength) for one image.
 * @param amounts those of the list.
 * @param axes 2 for pictures, 3 for volumes, 1 for rows.
 */
export function drawAugmentations(
  list: readonly ImageAugmentation[],
  amounts: Float64Array,
  axes: number,
  stream: RandomStream,
  index: number,
  into: Float64Array,
): void {
  for (let place = 0; place < list.length; place++) {
    const augmentation = list[place];
    const at = place * drawnLength;
    into.fill(0, at, at + drawnLength);
    if (augmentation.kind === "resampling") continue;
    stream.words(words, wordOf(index, place), wordsFor(augmentation.kind));
    const probability = amounts[2 * place];
    if (augmentation.kind === "flip") {
      for (let k = 0; k < augmentation.axes.length; k++) {
        const axis = augmentation.axes[k] === "x" ? 0 : augmentation.axes[k] === "y" ? 1 : 2;
        if (axis >= axes || (words[1 + axis] + 0.5) * part >= probability) continue;
        into[at] = 1;
        into[at + 1 + axis] = 1;
      }
      continue;
    }
    if (probability < 1 && (words[0] + 0.5) * part >= probability) continue;
    into[at] = 1;
    drawOne(augmentation, axes, amounts, 2 * place + 1, into, at);
  }
}

/** How many words are drawn, the one for the probability included; whole blocks of four. */
function wordsFor(kind: ImageAugmentation["kind"]): number {
  return kind === "biasField" ? 24 : kind === "crop" || kind === "cutout" ? 8 : 4;
}

/** @param own where its amount stands. */
function drawOne(
  augmentation: Exclude<ImageAugmentation, { kind: "resampling" | "flip" }>,
  axes: number,
  amounts: Float64Array,
  own: number,
  into: Float64Array,
  at: number,
): void {
  switch (augmentation.kind) {
    case "crop":
      into[at + 1] = 1 - amounts[own] * ((words[1] + 0.5) * part);
      for (let axis = 0; axis < axes; axis++) into[at + 2 + axis] = 2 * ((words[2 + axis] + 0.5) * part) - 1;
      return;
    case "translate":
      for (let axis = 0; axis < axes; axis++) either(1 + axis, amounts, own, into, at + 1 + axis);
      return;
    case "rotate": {
      const { axis } = augmentation;
      if (typeof axis !== "string") either(1, amounts, own, into, at + 1);
      else {
        if (axes > 2 && (axis === "all" || axis === "x")) either(1, amounts, own, into, at + 1);
        if (axes > 2 && (axis === "all" || axis === "y")) either(2, amounts, own, into, at + 2);
        if (axis === "all" || axis === "z") either(3, amounts, own, into, at + 3);
      }
      return;
    }
    case "scale":
    case "contrast":
    case "gamma":
      factor(1, amounts, own, into, at + 1);
      return;
    case "stretch":
      for (let axis = 0; axis < 3; axis++) {
        if (axis < axes) factor(1 + axis, amounts, own, into, at + 1 + axis);
        else into[at + 1 + axis] = 1;
      }
      return;
    case "shear": {
      either(1, amounts, own, into, at + 1);
      const along = Math.floor((words[2] + 0.5) * part * axes);
      const other = Math.floor((words[3] + 0.5) * part * (axes - 1));
      into[at + 2] = along;
      into[at + 3] = other < along ? other : other + 1;
      return;
    }
    case "deform":
      return;
    case "brightness":
      either(1, amounts, own, into, at + 1);
      return;
    case "gaussianNoise":
    case "blur":
      into[at + 1] = (words[1] + 0.5) * part * amounts[own];
      return;
    case "biasField":
      for (let k = 1; k <= 20; k++) either(k, amounts, own, into, at + k);
      return;
    case "cutout": {
      const side = (words[1] + 0.5) * part * amounts[own];
      for (let axis = 0; axis < 3; axis++) {
        const start = axis < axes ? (words[2 + axis] + 0.5) * part * (1 - side) : 0;
        into[at + 1 + axis] = start;
        into[at + 4 + axis] = axis < axes ? start + side : 1;
      }
    }
  }
}
