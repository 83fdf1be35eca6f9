// `study` and `openStudy` where importing voxgrad loads no study: the first call loads it.
import type { OpenOptions, Study, StudyOptions } from "./options.ts";

/** As `study` of study.ts. */
export function study(options: StudyOptions): Study {
  const given = { ...options };
  return loadedAtFirstCall((loaded) => loaded.study(given));
}

/** As `openStudy` of study.ts. */
export function openStudy(options: OpenOptions): Study {
  const given = { ...options };
  return loadedAtFirstCall((loaded) => loaded.openStudy(given));
}

interface Loaded {
  study(options: StudyOptions): Study;
  openStudy(options: OpenOptions): Study;
}

/** All of it is loaded at once, so that a page that is offline by then can still test. */
function loadedAtFirstCall(open: (loaded: Loaded) => Study): Study {
  let opened: Study | null = null;
  const calls = async () => {
    const loaded = await import("./study.ts");
    return (opened ??= open(loaded));
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
