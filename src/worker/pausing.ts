// Pausing and aborting within a step: what a running call does after each of its steps.

/** What acts on running calls, and is to be heard before the next step. */
export interface Knocks {
  /** Whether the page has sent something that was not heard yet. */
  readonly areWaiting: boolean;
  /** Says that one was heard. */
  hear(): void;
  /** Resolves when all that were sent are heard. */
  heard(): Promise<void>;
}

/** @param shared counts them, where memory can be shared; without it they are heard when the event loop turns. */
export function createKnocks(shared: SharedArrayBuffer | null): Knocks {
  const sent = shared && new Int32Array(shared);
  let count = 0;
  let waiting: (() => void)[] = [];
  const areWaiting = () => sent !== null && Atomics.load(sent, 0) !== count;
  return {
    get areWaiting() {
      return areWaiting();
    },
    hear() {
      count = (count + 1) | 0;
      if (areWaiting()) return;
      for (const goOn of waiting) goOn();
      waiting = [];
    },
    async heard() {
      while (areWaiting()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

/** Of one study. */
export interface Pausing {
  /** Runs a call that has steps. */
  running<T>(act: () => Promise<T>): Promise<T>;
  /** After a step: undefined to go on at once, else what to wait for. */
  step(signal: AbortSignal): Promise<void> | undefined;
  /** Waits for something else than a step: what is paused meanwhile stands already. */
  idle(waitedFor: Promise<void>): Promise<void>;
  /** Resolves when every running call stands, or none runs. */
  pause(): Promise<void>;
  resume(): void;
}

export function createPausing(knocks: Knocks): Pausing {
  let isPaused = false;
  let running = 0;
  let standing = 0;
  let askers: (() => void)[] = [];
  const waiting = new Set<() => void>();

  function settle(): void {
    if (isPaused && standing < running) return;
    for (const answer of askers) answer();
    askers = [];
  }

  async function idle(waitedFor: Promise<void>): Promise<void> {
    standing++;
    settle();
    await waitedFor;
    standing--;
  }

  async function stand(signal: AbortSignal): Promise<void> {
    await knocks.heard();
    if (!isPaused || signal.aborted) return;
    standing++;
    settle();
    await new Promise<void>((resolve) => {
      const goOn = () => {
        // At once: it does not stand for a pause that is asked for right after.
        standing--;
        waiting.delete(goOn);
        signal.removeEventListener("abort", goOn);
        resolve();
      };
      waiting.add(goOn);
      signal.addEventListener("abort", goOn);
    });
  }

  return {
    async running(act) {
      running++;
      try {
        return await act();
      } finally {
        running--;
        settle();
      }
    },
    step: (signal) => (isPaused || knocks.areWaiting ? stand(signal) : undefined),
    idle,
    pause() {
      isPaused = true;
      return new Promise((resolve) => {
        askers.push(resolve);
        settle();
      });
    },
    resume() {
      isPaused = false;
      for (const goOn of [...waiting]) goOn();
      settle();
    },
  };
}
