// Phases one and two as a command runs them: a meter for the steps, a line for each epoch.
import { defaultRemedies } from "../index.ts";
import type { Epoch, Refinement, Study, TrainingResult, TrainRunOptions } from "../index.ts";
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
  const steps = images * (options.patches?.perImage ?? 1);
  const meter = begin("training", epochs * steps);
  // A resumed run begins in the middle: the first epoch that ends tells where.
  let before = 0;
  try {
    const running = run.train({ ...options, onStep: (seen) => meter.advance(before * steps + seen) });
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
export async function runRefining(
  run: Study,
  epochs: number,
  begin: BeginMeter,
  signal?: AbortSignal,
): Promise<Refinement> {
  const meter = begin("refining", defaultRemedies.length * epochs);
  let tried = "";
  let ended = 0;
  try {
    return await run.refine({
      signal,
      onEpoch(remedy, { epoch, validation }) {
        if (remedy !== tried) {
          if (tried !== "") ended += epochs;
          tried = remedy;
          meter.milestone(`trying ${remedy}`);
        }
        meter.advance(ended + epoch, `${remedy}, epoch ${epoch}: validation loss ${decimal(validation.loss)}`);
      },
    });
  } finally {
    meter.end();
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
