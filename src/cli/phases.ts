// Phases one and two as a command runs them: a meter for the steps, a line for each epoch.
import type {
  Epoch,
  LearningCurve,
  LearningCurveOptions,
  Refinement,
  RefineOptions,
  Study,
  TrainingResult,
  TrainRunOptions,
} from "../index.ts";
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
export function runRefining(run: Study, options: RefineOptions, begin: BeginMeter): Promise<Refinement> {
  return metered("refining", begin, (onEpoch) => run.refine({ ...options, onEpoch }));
}

/** Trains on parts of the training set. */
export function runLearningCurve(run: Study, options: LearningCurveOptions, begin: BeginMeter): Promise<LearningCurve> {
  return metered("learning curve", begin, (onEpoch) => run.learningCurve({ ...options, onEpoch }));
}

/** Shows every epoch of a phase of many runs; how many there are it says with the first one. */
async function metered<T>(
  phase: string,
  begin: BeginMeter,
  work: (onEpoch: NonNullable<RefineOptions["onEpoch"]>) => Promise<T>,
): Promise<T> {
  const open: { meter?: ReturnType<BeginMeter> } = {};
  let running = "";
  try {
    return await work((title, { epoch, validation }, { done, planned }) => {
      open.meter ??= begin(phase, planned);
      if (title !== running) open.meter.milestone(`trying ${title}`);
      running = title;
      open.meter.advance(done, `${title}, epoch ${epoch}: validation loss ${decimal(validation.loss)}`);
    });
  } finally {
    open.meter?.end();
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
