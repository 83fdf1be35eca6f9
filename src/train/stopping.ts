// Which epoch is the best so far, and when to stop looking for a better one: a pure function of the state before.

/** What is compared between epochs, on the validation set. */
export type Monitor = "loss" | "accuracy" | "rocAuc" | "dice";

/** JSON-safe, part of a checkpoint. */
export interface StoppingState {
  readonly bestEpoch: number;
  /** The monitored value at the best epoch; null before the first. */
  readonly bestValue: number | null;
  readonly epochsSinceBest: number;
}

export const initialStopping: StoppingState = Object.freeze({ bestEpoch: 0, bestValue: null, epochsSinceBest: 0 });

/** The state after an epoch. A value that is undefined (null), NaN or infinite is never better. */
export function nextStopping(
  state: StoppingState,
  monitor: Monitor,
  epoch: number,
  value: number | null,
): StoppingState {
  const better =
    value !== null &&
    Number.isFinite(value) &&
    (state.bestValue === null || (monitor === "loss" ? value < state.bestValue : value > state.bestValue));
  return better
    ? { bestEpoch: epoch, bestValue: value, epochsSinceBest: 0 }
    : { ...state, epochsSinceBest: state.epochsSinceBest + 1 };
}
