// The calls of studies, carried out in the worker.
import { openStudy, study, StudyStateError, verifyStudy } from "../index.ts";
import type { OpenOptions, Report, Storage, Study, StudyOptions, TestOptions, TrainRunOptions } from "../index.ts";
import type { DataDescription, StorageDescription } from "./descriptions.ts";
import { buffersOf } from "./encode.ts";
import type { Act, Context } from "./host.ts";
import { datasetOf, storageOf } from "./materials.ts";
import type { CallName } from "./protocol.ts";

interface KeptStudy {
  readonly study: Study;
  readonly storage: Storage;
}

type StudyCall = Exclude<CallName, "predict" | "saliency" | "occlusion">;

/** What a study is begun, opened or verified with: what the library takes, but for what is described. */
interface Described {
  readonly data: DataDescription;
  readonly moreData?: DataDescription | null;
  readonly storage?: StorageDescription;
}

export function callsOfStudies(): Readonly<Record<StudyCall, Act>> {
  const studies = new Map<number, KeptStudy>();

  const keep =
    (create: (options: StudyOptions & OpenOptions) => Study): Act =>
    async (context, given) => {
      const made = await makeDescribed(given as Described);
      // What is no data is refused by name.
      const data = made.data ?? (await datasetOf((given as Described).data, "data"));
      studies.set(context.study, { study: create({ ...made, data }), storage: made.storage });
      return { value: null };
    };

  /** Something that is done with a study. */
  const on =
    (act: (kept: KeptStudy, context: Context, given: never) => Promise<unknown>): Act =>
    async (context, given) => {
      const kept = studies.get(context.study);
      if (!kept) throw new StudyStateError("worker: expected a study that was begun or opened here, got none");
      return { value: await act(kept, context, given as never) };
    };

  /** The same of what has steps: it can be paused. */
  const stepping = (act: (study: Study, context: Context, given: object) => Promise<unknown>): Act =>
    on((kept, context, given) => context.pausing.running(() => act(kept.study, context, given)));

  return {
    study: keep(study),
    openStudy: keep(openStudy),
    sets: on(({ study }) => study.sets()),
    ledger: on(({ study }) => study.ledger()),
    train: stepping(train),
    refine: stepping((study, context, given) => study.refine({ ...given, ...hooks(context) })),
    learningCurve: stepping((study, context, given) => study.learningCurve({ ...given, ...hooks(context) })),
    test: on(({ study }, _, given: RemoteTest) => test(study, given)),
    model: async (context, ...given) => ({
      ...(await on(({ study }) => study.model())(context, ...given)),
      transfer: buffersOf,
    }),
    async verifyStudy({ signal, hears, tell }, given) {
      const onEpoch = (...told: readonly unknown[]) => tell("trialEpoch", ...told);
      const options = { ...(await makeDescribed(given as Described)), signal };
      return { value: await verifyStudy(hears("trialEpoch") ? { ...options, onEpoch } : options) };
    },
    async pause({ pausing }) {
      await pausing.pause();
      return { value: null };
    },
    resume({ pausing }) {
      pausing.resume();
      return Promise.resolve({ value: null });
    },
    files: on(({ storage }) => storage.list()),
    read: on(({ storage }, _, name: string) => storage.read(name)),
    write: on(async ({ storage }, _, texts: Readonly<Record<string, string>>) => {
      for (const [name, text] of Object.entries(texts)) await storage.write(name, new TextEncoder().encode(text));
      return null;
    }),
  };
}

async function makeDescribed({ data, moreData, storage = "memory", ...rest }: Described) {
  return {
    ...rest,
    storage: await storageOf(storage, "storage"),
    data: data ? await datasetOf(data, "data") : null,
    ...(moreData ? { moreData: await datasetOf(moreData, "moreData") } : {}),
  };
}

function hooks({ signal, step, tell, hears }: Context) {
  return {
    signal,
    onStep: step,
    ...(hears("trialEpoch") ? { onEpoch: (...given: readonly unknown[]) => tell("trialEpoch", ...given) } : {}),
  };
}

/** Tells every epoch. The page's loop may be `ahead` epochs behind; then it is waited for. */
async function train(study: Study, context: Context, given: TrainRunOptions & { readonly ahead?: number }) {
  const { ahead = 8, ...options } = given;
  const { loop, pausing, signal, step, tell } = context;
  const epochs = study.train({
    ...options,
    signal,
    onStep: step,
    onRefusedCheckpoint: ({ name, message }) => tell("refusedCheckpoint", { name, message }),
  });
  for (let told = 0; ;) {
    const { done, value } = await epochs.next();
    if (done) return value;
    if (!loop.isLeft) tell("epoch", value);
    told++;
    while (!loop.isLeft && told >= loop.asked + ahead) {
      await pausing.idle(new Promise<void>((resolve) => (loop.changed = resolve)));
    }
    if (loop.isLeft) {
      await epochs.return(undefined as never);
      return null;
    }
  }
}

type RemoteTest = Omit<TestOptions, "pages"> & { readonly pages: readonly string[] };

/** Makes the pages of these names here: the report as HTML. */
async function test(study: Study, { pages, ...options }: RemoteTest): Promise<Report> {
  if (pages.length === 0) return study.test(options);
  const { reportHtml } = await import("../report.ts");
  return study.test({ ...options, pages: Object.fromEntries(pages.map((name) => [name, reportHtml])) });
}
