// A study: one dataset, three phases. Train, refine against the validation set, then read the sealed test set once.
import type { OpenOptions, Study, StudyOptions } from "./options.ts";

/**
 * Begins a study. Nothing happens until its first call.
 *
 * @throws StudyStateError when the storage holds a study already.
 * @example
 * ```ts
 * import { phantoms, study } from "voxgrad";
 *
 * const run = study({ data: phantoms({ count: 200, seed: 7 }), seed: 7 });
 * for await (const epoch of run.train({ epochs: 3 })) {
 *   console.log(epoch.epoch, epoch.totalError, epoch.validation.rocAuc, epoch.diagnosis);
 * }
 * const report = await run.test();
 * console.log(report.metrics.accuracy.value);
 * ```
 */
export function study(options: StudyOptions): Study {
  const given = { ...options };
  return loadedAtFirstCall(async () => {
    const { beginStudy } = await import("./phases.ts");
    return () => beginStudy(given);
  });
}

/**
 * Opens a study that a storage holds, to resume or to test it.
 * What it was begun with, a second set too, is given again, and checked against what the ledger commits to.
 */
export function openStudy(options: OpenOptions): Study {
  const given = { ...options };
  return loadedAtFirstCall(async () => {
    const { resumeStudy } = await import("./phases.ts");
    return () => resumeStudy(given);
  });
}

/** All of it is loaded at once, so that what is offline by then can still be tested. */
function loadedAtFirstCall(load: () => Promise<() => Study>): Study {
  let opened: Study | null = null;
  const calls = async () => {
    const open = await load();
    return (opened ??= open());
  };
  return Object.freeze({
    sets: async () => (await calls()).sets(),
    async *train(options) {
      return yield* (await calls()).train(options);
    },
    refine: async (options) => (await calls()).refine(options),
    learningCurve: async (options) => (await calls()).learningCurve(options),
    test: async (options) => (await calls()).test(options),
    model: async () => (await calls()).model(),
    ledger: async () => (await calls()).ledger(),
  } satisfies Study);
}
