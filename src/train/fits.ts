// Whether a checkpoint can be gone on from: its run's settings, its arrays' lengths, its place in the epoch.
import type { Dataset } from "../data/dataset.ts";
import { FormatError } from "../errors.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { optimizerSlots } from "./optimizer-slots.ts";
import type { TrainingSettings } from "./settings.ts";

/**
 * @param name stands in error messages.
 * @throws FormatError that says what does not fit.
 */
export function checkFits(
  { settingsSha256, progress, tensors }: Checkpoint,
  settings: TrainingSettings,
  expectedSha256: string,
  train: Dataset,
  name: string,
): void {
  if (settingsSha256 !== expectedSha256) {
    throw new FormatError(
      `${name}: expected a checkpoint of this run, whose settings have the SHA-256 ${expectedSha256}, got one of a run ` +
        `with ${settingsSha256}`,
    );
  }
  const { network, optimizer } = settings;
  const length = network.parameters.reduce((sum, parameter) => sum + parameter.length, 0);
  const slots = optimizerSlots(optimizer).map((slot) => `state ${slot}`);
  for (const tensor of ["parameters", "best", ...slots, ...(settings.average ? ["average"] : [])]) {
    const got = tensors.get(tensor)?.length;
    if (got !== length)
      throw new FormatError(`${name}: expected ${length} values of "${tensor}", got ${got ?? "no such tensor"}`);
  }
  const { position } = progress;
  const { patches } = settings;
  const places = train.length * (patches?.perImage ?? 1);
  if (position > places) {
    throw new FormatError(
      `${name}: expected a place among ${places} ${patches ? "patches" : "images"}, got ${position}`,
    );
  }
}
