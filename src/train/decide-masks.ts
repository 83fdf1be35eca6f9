// Chooses the temperature of masks on the validation set: their threshold stays 0.5.
import { createBreathe } from "../breathe.ts";
import type { Dataset } from "../data/dataset.ts";
import { createVoxelLogits } from "../metrics/mask-calibration.ts";
import type { Decision, DecisionSettings } from "./decision.ts";
import { forwardAll } from "./evaluate.ts";
import type { Model } from "./model.ts";
import { openModel } from "./predict.ts";

const half: Decision = Object.freeze({ temperature: 1, threshold: 0.5, rule: "0.5" });

/**
 * One temperature for all voxels and kinds of foreground, each voxel of an image counting as the image does. Losses whose
 * outputs are no sigmoids are left as they are.
 */
export async function decideMasks(model: Model, validation: Dataset, asked: DecisionSettings): Promise<Decision> {
  if (asked.temperature !== "fit" || !model.loss.kind.startsWith("sigmoid")) return half;
  const logits = createVoxelLogits();
  const kinds = model.maskClasses.length;
  const truth = new Uint8Array(validation.maskLength);
  const voxels = truth.length;
  const opened = await openModel(model, validation.length);
  try {
    await forwardAll(opened, validation, createBreathe(), (first, rows, probabilities) => {
      for (let row = 0; row < rows; row++) {
        validation.readMask(first + row, truth, 0);
        const weight = validation.weights ? validation.weights[first + row] : 1;
        for (let k = 0; k < kinds; k++) {
          const at = (row * kinds + k) * voxels;
          for (let voxel = 0; voxel < voxels; voxel++)
            logits.add(probabilities[at + voxel], truth[voxel] === k + 1, weight);
        }
      }
    });
  } finally {
    opened.free();
  }
  // Of a run whose numbers went wrong there is nothing to choose from.
  if (logits.isBroken) return half;
  const temperature = logits.temperature();
  const losses = { logLoss: logits.logLoss(temperature), uncalibratedLogLoss: logits.logLoss(1) };
  const validationValue = Object.freeze({ sensitivity: null, specificity: null, ...losses });
  return Object.freeze({ ...half, temperature, validationValue });
}
