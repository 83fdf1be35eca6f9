// Times functions against one another: warmed up, then in turns, so that what else the machine does hits all of them.

export interface Timing {
  readonly name: string;
  /** Milliseconds of one call. */
  readonly minimum: number;
  readonly median: number;
  /** Half of all samples lie within this fraction of the median. */
  readonly spread: number;
  /** In the order in which they were taken: sample i of every task was taken in the same turn. */
  readonly samples: readonly number[];
}

export interface Task {
  readonly name: string;
  readonly run: () => void;
}

export interface TimingOptions {
  /** Samples of each task. */
  readonly samples?: number;
  /** A sample calls its task until so many milliseconds have passed. */
  readonly milliseconds?: number;
  /** Calls before the first sample last so long; engines compile hot code meanwhile. */
  readonly warmUp?: number;
}

/** Interleaved: one sample of each task, then the next of each. */
export function time(tasks: readonly Task[], options: TimingOptions = {}): Timing[] {
  const { samples = 41, milliseconds = 1.5, warmUp = 60 } = options;
  const calls = tasks.map(({ run }) => warm(run, warmUp, milliseconds));
  const found: number[][] = tasks.map(() => []);
  for (let sample = 0; sample < samples; sample++) {
    tasks.forEach(({ run }, i) => {
      const start = performance.now();
      for (let call = 0; call < calls[i]; call++) run();
      found[i].push((performance.now() - start) / calls[i]);
    });
  }
  return tasks.map(({ name }, i) => summarize(name, found[i]));
}

/** The median over the turns of one task's time over another's: what slows a whole turn down does not show. */
export function ratio(one: Timing, other: Timing): number {
  const ratios = one.samples.map((sample, i) => sample / other.samples[i]).sort((a, b) => a - b);
  return ratios[ratios.length >> 1];
}

/** Runs a task for a while; returns how many calls fill a sample. */
function warm(run: () => void, warmUp: number, milliseconds: number): number {
  const start = performance.now();
  let calls = 0;
  let fastest = Infinity;
  do {
    const before = performance.now();
    run();
    calls++;
    fastest = Math.min(fastest, performance.now() - before);
  } while (performance.now() - start < warmUp || calls < 3);
  return Math.max(1, Math.ceil(milliseconds / Math.max(fastest, 1e-3)));
}

export function summarize(name: string, samples: number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const median = at(0.5);
  return { name, minimum: sorted[0], median, spread: (at(0.75) - at(0.25)) / 2 / median, samples };
}
