import { it } from "vitest";
import { readNpz } from "/work/main/src/io/npz.ts";
import { startFit } from "/work/main/src/train/fit.ts";
import { resolveTraining } from "/work/main/src/train/settings.ts";
import { evaluate } from "/work/main/src/train/evaluate.ts";
import { openModel } from "/work/main/src/train/predict.ts";
it("trains", async () => {
  for (const f of (process.env.SETS ?? "pneumoniamnist_28,brain_mri_clean_64").split(",")) {
    const s = (await readNpz(`../shared/data/${f}.npz`)) as any;
    for (const opt of JSON.parse(process.env.OPTS ?? "[{}]"))
      for (const seed of [1, 2, 3]) {
        const settings = resolveTraining(opt, s.train, "classification", seed);
        const fit = await startFit(s, settings);
        const t = performance.now();
        while (!fit.finished) {
          await fit.epoch();
        }
        const p = fit.progress;
        const b = p.history[p.stopping.bestEpoch - 1];
        console.log(
          f,
          JSON.stringify(opt),
          "seed",
          seed,
          "s",
          ((performance.now() - t) / 1000).toFixed(1),
          "epochs",
          p.epoch,
          "best",
          p.stopping.bestEpoch,
          "val loss",
          b.validation.loss.toFixed(4),
          "auc",
          b.validation.rocAuc?.toFixed(4),
          "acc",
          b.validation.accuracy.toFixed(4),
          "train",
          b.loss.toFixed(4),
          b.diagnosis,
        );
        fit.free();
      }
  }
}, 600000);
