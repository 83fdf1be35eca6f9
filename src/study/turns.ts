// One phase of a study at a time: they write one ledger, and each goes by what the last one wrote.
import { StudyStateError } from "../errors.ts";

/** Runs a phase, if no other runs. */
export interface Turns {
  <T>(phase: string, act: () => Promise<T>): Promise<T>;
  /** The same for what yields: its turn begins with the first value asked for, and lasts until it ends or is left. */
  generator<T, R>(phase: string, act: () => AsyncGenerator<T, R>): AsyncGenerator<T, R>;
}

/** @throws StudyStateError from every call while another has not come to its end. */
export function createTurns(): Turns {
  let running: string | null = null;

  function take(phase: string): void {
    if (running !== null) {
      throw new StudyStateError(
        `study: expected ${phase}() to be called when ${running}() has come to its end, got both at once. ` +
          `Await ${running}(), iterate over it to its end, or leave its loop.`,
      );
    }
    running = phase;
  }

  async function turn<T>(phase: string, act: () => Promise<T>): Promise<T> {
    take(phase);
    try {
      return await act();
    } finally {
      running = null;
    }
  }

  async function* generator<T, R>(phase: string, act: () => AsyncGenerator<T, R>): AsyncGenerator<T, R> {
    take(phase);
    try {
      return yield* act();
    } finally {
      running = null;
    }
  }

  return Object.assign(turn, { generator });
}
