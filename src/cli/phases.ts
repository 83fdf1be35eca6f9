// Phases one and two as a command runs them: a meter for the steps, a line for each epoch.
import type { Epoch, Refinement, RefineOptions, Study, TrainingResult, TrainRunOptions } from "../index.ts";
import type { BeginMeter } from "./progress.ts";
import { decimal } from "./text.ts";

/** Trains to the end. */
export async function runTraining(
  run: Study,
  options: TrainRunOptions,
  epochs: number,
  begin: BeginMeter,
): Promise<TrainingResult> {
  const { train: images } = await run.sets();
  const meter = begin("training", epochs * images);
  // A resumed run begins in the middle: the first epoch that ends tells where.
  let before = 0;
  try {
    const running = run.train({ ...options, onStep: (seen) => meter.advance(before * images + seen) });
    for (;;) {
      const next = await running.next();
      if (next.done) return next.value;
      before = next.value.epoch;
      meter.milestone(epochLine(next.value, epochs));
    }
  } finally {
    meter.end();
  }
}

/** Tries the remedies. */
export async function runRefining(run: Study, options: RefineOptions, begin: BeginMeter): Promise<Refinement> {
  // How long the search is, it says with its first epoch.
  let meter: ReturnType<BeginMeter> | null = null;
  let tried = "";
  try {
    return await run.refine({
      ...options,
      onEpoch(remedy, { epoch, validation }, { done, planned }) {
        meter ??= begin("refining", planned);
        if (remedy !== tried) meter.milestone(`trying ${remedy}`);
        tried = remedy;
        meter.advance(done, `${remedy}, epoch ${epoch}: validation loss ${decimal(validation.loss)}`);
      },
    });
  } finally {
    (meter as ReturnType<BeginMeter> | null)?.end();
  }
}

function epochLine({ epoch, totalError, validation, diagnosis }: Epoch, epochs: number): string {
  const score =
    validation.dice === null ? `accuracy ${decimal(validation.accuracy)}` : `Dice ${decimal(validation.dice)}`;
  return (
    `epoch ${epoch} of ${epochs}, total error ${totalError.toPrecision(4)}, ` +
    `validation loss ${decimal(validation.loss)}, ${score}, ${diagnosis}`
  );
}
