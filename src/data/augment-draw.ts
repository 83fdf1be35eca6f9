// Draws what is done to one image: a pure function of the stream's seed and epoch and of the image's index. No allocation.
import { exp, log } from "../elementary.ts";
import type { RandomStream } from "../random.ts";
import type { ImageAugmentation } from "./augment.ts";
import { drawnLength, mostAugmentations } from "./augment-drawn.ts";

/** The word of the stream from which augmentation `place` of an image draws. */
const wordOf = (index: number, place: number) => (index * mostAugmentations + place) * drawnLength;

/** A number of (0, 1), one of 2^32. */
function unit(stream: RandomStream, word: number): number {
  return (stream.bits(word) + 0.5) * 2.3283064365386963e-10;
}

/** A number of (-most, most). */
function either(stream: RandomStream, word: number, most: number): number {
  return (2 * unit(stream, word) - 1) * most;
}

/** A factor of 1 / (1 + most) to 1 + most; its logarithm is drawn evenly. */
function factor(stream: RandomStream, word: number, most: number): number {
  return most === 0 ? 1 : exp(either(stream, word, log(1 + most)));
}

/** Fills `into` (augmentations * drawnLength) for one image. @param axes 2 for pictures, 3 for volumes, 1 for rows. */
export function drawAugmentations(
  list: readonly ImageAugmentation[],
  axes: number,
  stream: RandomStream,
  index: number,
  into: Float64Array,
): void {
  for (let place = 0; place < list.length; place++) {
    const augmentation = list[place];
    const at = place * drawnLength;
    const word = wordOf(index, place);
    into.fill(0, at, at + drawnLength);
    if (augmentation.kind === "resampling") continue;
    if (augmentation.kind === "flip") {
      for (let k = 0; k < augmentation.axes.length; k++) {
        const axis = augmentation.axes[k] === "x" ? 0 : augmentation.axes[k] === "y" ? 1 : 2;
        if (axis >= axes || unit(stream, word + 1 + axis) >= augmentation.probability) continue;
        into[at] = 1;
        into[at + 1 + axis] = 1;
      }
      continue;
    }
    if (augmentation.probability < 1 && unit(stream, word) >= augmentation.probability) continue;
    into[at] = 1;
    drawOne(augmentation, axes, stream, word, into, at);
  }
}

function drawOne(
  augmentation: Exclude<ImageAugmentation, { kind: "resampling" | "flip" }>,
  axes: number,
  stream: RandomStream,
  word: number,
  into: Float64Array,
  at: number,
): void {
  switch (augmentation.kind) {
    case "crop":
      into[at + 1] = 1 - augmentation.fraction * unit(stream, word + 1);
      for (let axis = 0; axis < axes; axis++) into[at + 2 + axis] = either(stream, word + 2 + axis, 1);
      return;
    case "translate": {
      const most = augmentation.millimetres ?? augmentation.fraction;
      for (let axis = 0; axis < axes; axis++) into[at + 1 + axis] = either(stream, word + 1 + axis, most);
      return;
    }
    case "rotate": {
      const { degrees, axis } = augmentation;
      if (typeof axis !== "string") into[at + 1] = either(stream, word + 1, degrees);
      else {
        if (axes > 2 && (axis === "all" || axis === "x")) into[at + 1] = either(stream, word + 1, degrees);
        if (axes > 2 && (axis === "all" || axis === "y")) into[at + 2] = either(stream, word + 2, degrees);
        if (axis === "all" || axis === "z") into[at + 3] = either(stream, word + 3, degrees);
      }
      return;
    }
    case "scale":
    case "contrast":
    case "gamma":
      into[at + 1] = factor(stream, word + 1, "fraction" in augmentation ? augmentation.fraction : augmentation.amount);
      return;
    case "stretch":
      for (let axis = 0; axis < 3; axis++)
        into[at + 1 + axis] = axis < axes ? factor(stream, word + 1 + axis, augmentation.fraction) : 1;
      return;
    case "shear": {
      into[at + 1] = either(stream, word + 1, augmentation.degrees);
      const along = Math.floor(unit(stream, word + 2) * axes);
      const other = Math.floor(unit(stream, word + 3) * (axes - 1));
      into[at + 2] = along;
      into[at + 3] = other < along ? other : other + 1;
      return;
    }
    case "deform":
      return;
    case "brightness":
      into[at + 1] = either(stream, word + 1, augmentation.amount);
      return;
    case "gaussianNoise":
      into[at + 1] = unit(stream, word + 1) * augmentation.amount;
      return;
    case "blur":
      into[at + 1] = unit(stream, word + 1) * augmentation.sigma;
      return;
    case "biasField":
      for (let k = 1; k <= 20; k++) into[at + k] = either(stream, word + k, augmentation.amount);
      return;
    case "cutout": {
      const side = unit(stream, word + 1) * augmentation.fraction;
      for (let axis = 0; axis < 3; axis++) {
        const start = axis < axes ? unit(stream, word + 2 + axis) * (1 - side) : 0;
        into[at + 1 + axis] = start;
        into[at + 4 + axis] = axis < axes ? start + side : 1;
      }
    }
  }
}
