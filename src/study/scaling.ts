// How pixels are scaled in a study: fitted on the training set, or given beforehand and audited.
import { checkNormalization, prepareNormalization } from "../data/normalization.ts";
import type { Normalization } from "../data/normalization.ts";
import { LeakageError } from "../errors.ts";
import { normalizationKindOf } from "../train/settings.ts";
import type { TrainOptions } from "../train/settings.ts";
import type { Desk } from "./desk.ts";
import { leakageError } from "./leakage.ts";

export interface Scaling {
  /** What the options come to: the kind where it was fitted here. */
  readonly asked: Normalization["kind"] | Normalization;
  readonly normalization: Normalization;
}

/**
 * @throws LeakageError where the given figures are those of validation or test images too and the study is to stop; and
 * where pixels came scaled by such figures, the study is to drop, and nothing undoes them.
 */
export async function settleScaling(desk: Desk, options: TrainOptions): Promise<Scaling> {
  const { sets, record } = await desk.open();
  const { leakage } = record.division;
  const kind = normalizationKindOf(options);
  if (typeof options.normalization === "object") {
    checkNormalization(options.normalization, sets.train);
    const pairs = await desk.auditScaling(options.normalization);
    if (pairs.length > 0) {
      if (leakage === "stop") throw leakageError(pairs, null);
      const fittedOn = pairs.map(({ b }) => b.set);
      await desk.log({ event: "scaling audited", leakage, kind, fittedOn });
    }
    if (pairs.length === 0 || leakage === "allow") {
      return { asked: options.normalization, normalization: options.normalization };
    }
  }
  const audited = (await desk.entries()).find((entry) => entry.event === "audited");
  if (leakage === "drop" && (audited?.pairs.statistics ?? 0) > 0 && kind !== "pixelZScore") {
    throw new LeakageError(
      "leakage: expected normalization pixelZScore, which undoes that pixels were scaled by figures of other sets than the " +
        `training set, got ${kind}. Take pixelZScore, or scale on the training set alone.`,
    );
  }
  return { asked: kind, normalization: await prepareNormalization(kind, sets.train) };
}
