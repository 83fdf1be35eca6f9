// The figures as the reports list them: by name, with what each means in plain words.
import type { Figure } from "./figure.ts";
import type { Report } from "./record.ts";

/** A figure as the reports list it. */
export interface NamedFigure {
  readonly name: string;
  readonly meaning: string;
  readonly figure: Figure;
}

/** The figures in the order a reader wants them; what masks have no use for is left out. */
export function namedFigures({ metrics, task, classes }: Report): NamedFigure[] {
  const list = task === "classification" ? labelFigures(classes) : maskFigures();
  return list.map(([key, name, meaning]) => ({ name, meaning, figure: metrics[key] }));
}

type Key = "accuracy" | "balancedAccuracy" | "recall" | "specificity" | "precision" | "dice" | "f1" | "rocAuc";
type Row = readonly [key: Key, name: string, meaning: string];

function labelFigures(classes: readonly string[]): Row[] {
  if (classes.length !== 2)
    return [
      [
        "rocAuc",
        "ROC AUC",
        "how often an image of a class scores higher for it than one of another class; 0.5 is guessing",
      ],
      ["accuracy", "Accuracy", "images whose class is right"],
      ["balancedAccuracy", "Balanced accuracy", "the mean of the recalls: each class counts the same"],
      ["recall", "Recall", "of the images of a class, how many were recognised"],
      ["specificity", "Specificity", "of the images of other classes, how many were not taken for it"],
      ["precision", "Precision", "of the images called a class, how many are of it"],
      ["dice", "Dice (F1)", "recall and precision in one: their harmonic mean"],
    ];
  const [negative, positive] = classes;
  return [
    ["rocAuc", "ROC AUC", `how often a "${positive}" image scores above a "${negative}" one; 0.5 is guessing`],
    ["accuracy", "Accuracy", "images whose class is right"],
    ["balancedAccuracy", "Balanced accuracy", "the mean of recall and specificity: each class counts the same"],
    ["recall", "Recall (sensitivity)", `of the "${positive}" images, how many were found`],
    ["specificity", "Specificity", `of the "${negative}" images, how many were called so`],
    ["precision", "Precision", `of the images called "${positive}", how many are`],
    ["dice", "Dice (F1)", "recall and precision in one: their harmonic mean"],
  ];
}

function maskFigures(): Row[] {
  return [
    ["dice", "Mean Dice", "overlap of the masks, averaged over the images that have foreground"],
    ["f1", "Dice of all voxels", "overlap of all masks taken as one"],
    ["recall", "Recall (sensitivity)", "of the foreground voxels, how many were found"],
    ["precision", "Precision", "of the voxels called foreground, how many are"],
    ["specificity", "Specificity", "of the other voxels, how many were left alone"],
    ["accuracy", "Accuracy", "voxels whose class is right, background included"],
    ["balancedAccuracy", "Balanced accuracy", "the mean of the recalls, background included"],
  ];
}
