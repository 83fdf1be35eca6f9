// What was drawn for an image, in words: "rotate z 4.1°, flip x, brightness +3 %".
import type { Augmentation, AugmentationRecord, RecordedAugmentation } from "../index.ts";

/** @param list that the record is of. */
export function recordText({ applied }: AugmentationRecord, list: readonly Augmentation[]): string {
  // A number stays with its axis and its unit, whatever the width.
  const words = applied.map((one) =>
    textOf(one, list[one.place]).replaceAll(/ (?=%|mm)|(?<=\b[xyz]) (?=[+−×])/g, "\u00a0"),
  );
  return words.length > 0 ? words.join(", ") : "nothing drawn";
}

const signed = (value: number, digits: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
const percent = (value: number) => `${signed(100 * value, 0)} %`;
const degrees = (value: number) => `${signed(value, 1)}°`;

function textOf({ kind, drawn }: RecordedAugmentation, augmentation: Augmentation): string {
  const axes = ["x", "y", "z"].filter((axis) => (drawn[axis] ?? 0) !== 0);
  switch (kind) {
    case "crop":
      return `crop to ${(100 * drawn["size"]).toFixed(0)} %`;
    case "translate": {
      const inMillimetres = "millimetres" in augmentation && typeof augmentation.millimetres === "number";
      const moved = (axis: string) => (inMillimetres ? `${signed(drawn[axis], 1)} mm` : percent(drawn[axis]));
      return `move ${axes.map((axis) => `${axis} ${moved(axis)}`).join(", ")}`;
    }
    case "rotate":
      if ("axis" in augmentation && typeof augmentation.axis !== "string") return `rotate ${degrees(drawn["x"])}`;
      return `rotate ${axes.map((axis) => `${axis} ${degrees(drawn[axis])}`).join(", ")}`;
    case "stretch":
      return `stretch ${axes.filter((axis) => drawn[axis] !== 1).map((axis) => `${axis} ×${drawn[axis].toFixed(2)}`).join(", ")}`; // prettier-ignore
    case "flip":
      return `flip ${axes.join(", ")}`;
    case "scale":
    case "contrast":
      return `${kind} ×${drawn["factor"].toFixed(2)}`;
    case "gamma":
      return `gamma ${drawn["exponent"].toFixed(2)}`;
    case "shear":
      return `shear ${degrees(drawn["degrees"])}`;
    case "brightness":
      return `brightness ${percent(drawn["shift"])}`;
    case "gaussianNoise":
      return `noise ${(100 * drawn["deviation"]).toFixed(1)} %`;
    case "blur":
      return `blur ${drawn["sigma"].toFixed(1)}`;
    case "biasField":
      return "bias field";
    default:
      return kind;
  }
}
