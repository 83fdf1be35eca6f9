// Phase two: every remedy is a run of its own, compared on the validation set alone; what does best is kept.
import type { TrainingSettings } from "../train/settings.ts";
import type { Monitor } from "../train/stopping.ts";
import { lookUpsOf, refuseAfterOpening, resultKept, untrained } from "./desk.ts";
import type { Desk } from "./desk.ts";
import type { RefinementTrial } from "./ledger.ts";
import type { Refinement, RefineOptions } from "./options.ts";
import { liveSettings } from "./record.ts";
import { applyRemedy, defaultRemedies, isApplied, remedyTitle } from "./remedy.ts";
import { runEpochs } from "./run.ts";
import type { Run } from "./run.ts";

export async function refine(desk: Desk, options: RefineOptions): Promise<Refinement> {
  const { remedies = defaultRemedies, signal, onEpoch } = options;
  const { sets, record } = await desk.open();
  const entries = await desk.entries();
  refuseAfterOpening(entries);
  if (!record.training) throw untrained("refine");
  const before = await resultKept(desk, entries);
  const base = await liveSettings(record.training, sets.train);
  const { monitor } = base;

  let lookUps = lookUpsOf(entries);
  let value = before.validation?.[monitor] ?? null;
  let best: { run: Run; settings: TrainingSettings; title: string } | null = null;
  const trials: RefinementTrial[] = [{ remedy: "none", monitor, value, weightsSha256: before.weightsSha256 }];
  for (const remedy of remedies.filter((each) => !isApplied(base, each))) {
    const settings = applyRemedy(base, remedy);
    const title = remedyTitle(remedy);
    const epochs = runEpochs(sets, settings, null, { signal }, () => Promise.resolve());
    const run = await exhaust(epochs, (epoch) => onEpoch?.(title, epoch));
    lookUps += run.result.epochs;
    const reached = run.result.validation?.[monitor] ?? null;
    trials.push({ remedy: title, monitor, value: reached, weightsSha256: run.result.weightsSha256 });
    if (!isBetter(monitor, reached, value)) continue;
    best = { run, settings, title };
    value = reached;
  }
  if (best) {
    await desk.settle(best.settings);
    await desk.keep(best.run);
  }
  const kept = best?.title ?? "none";
  const result = best?.run.result ?? before;
  await desk.log({ event: "refined", trials, kept, validationLookUps: lookUps, weightsSha256: result.weightsSha256 });
  return { ...result, trials, kept };
}

/** Whether a monitored value beats another; an undefined one never does. */
function isBetter(monitor: Monitor, value: number | null, than: number | null): boolean {
  if (value === null) return false;
  return than === null || (monitor === "loss" ? value < than : value > than);
}

async function exhaust<T, R>(generator: AsyncGenerator<T, R>, see: (value: T) => void): Promise<R> {
  for (;;) {
    const next = await generator.next();
    if (next.done) return next.value;
    see(next.value);
  }
}
