// The rate of reduceOnPlateau, which depends on losses, from epoch to epoch.
import type { PlateauState, ScheduleOf } from "./schedule.ts";

export function plateauStart(initial: number): PlateauState {
  return Object.freeze({ learningRate: initial, best: null, epochsSinceBest: 0 });
}

/** The state after an epoch with this validation loss; NaN or infinite is no better. As PyTorch: a change of the rate below 1e-8 is not made. */
export function plateauNext(schedule: ScheduleOf<"reduceOnPlateau">, state: PlateauState, loss: number): PlateauState {
  if (loss < (state.best ?? Infinity) * (1 - schedule.threshold)) {
    return Object.freeze({ ...state, best: loss, epochsSinceBest: 0 });
  }
  const epochsSinceBest = state.epochsSinceBest + 1;
  if (epochsSinceBest <= schedule.patience) return Object.freeze({ ...state, epochsSinceBest });
  const lower = Math.max(state.learningRate * schedule.factor, schedule.minimum);
  const learningRate = state.learningRate - lower > 1e-8 ? lower : state.learningRate;
  return Object.freeze({ learningRate, best: state.best, epochsSinceBest: 0 });
}
