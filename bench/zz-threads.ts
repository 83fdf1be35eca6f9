import { bindTrainingStep, networks } from "./step.ts";
import { time, ratio } from "./harness.ts";
for (const mode of ["reproducible", "fast"] as const)
  for (const { sizes, batch } of networks) {
    const one = await bindTrainingStep(sizes, batch, mode, false, 1);
    const two = await bindTrainingStep(sizes, batch, mode, false, 2);
    for (let i = 0; i < 5; i++) {
      one.run();
      two.run();
    }
    const [a, b] = [one.weights(), two.weights()];
    const same = a.every((v, i) => Object.is(v, b[i]));
    const t = time(
      [
        { name: "one", run: one.run },
        { name: "two", run: two.run },
      ],
      { samples: 41, warmUp: 400 },
    );
    console.log(
      mode,
      sizes.join("-"),
      "same bits",
      same,
      t[0].median.toFixed(4),
      t[1].median.toFixed(4),
      "times",
      ratio(t[0], t[1]).toFixed(2),
      "min",
      (t[0].minimum / t[1].minimum).toFixed(2),
    );
    one.free();
    two.free();
  }
process.exit(0);
