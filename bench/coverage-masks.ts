// Prints how often the 95 % intervals of a report on masks contain the true figure: `npm run bench -- coverage-masks [SETS] [RESAMPLES] [WORLD] [N] [FIRST]`.
import { maskCoverageOf, trueMaskFigures } from "./coverage-of-masks.ts";
import type { MaskWorld } from "./coverage-of-masks.ts";
import { coverageRun, printCoverage } from "./print-coverage.ts";

const worlds: Record<string, MaskWorld> = {
  "10 % missed, the others near 0.85": { missed: 0.1, logit: 1.8, imagesPerPatient: 1 },
  "20 % missed, the others near 0.9": { missed: 0.2, logit: 2.4, imagesPerPatient: 1 },
  "none missed, near 0.9": { missed: 0, logit: 2.4, imagesPerPatient: 1 },
  "10 % of the patients missed, 4 images of each": { missed: 0.1, logit: 1.8, imagesPerPatient: 4 },
  "10 % missed, all of one size": { missed: 0.1, logit: 1.8, imagesPerPatient: 1, spread: 0 },
  "10 % missed, sizes farther apart": { missed: 0.1, logit: 1.8, imagesPerPatient: 1, spread: 1.3 },
  "none missed, near 0.98": { missed: 0, logit: 4, precision: 4, imagesPerPatient: 1 },
  "nothing found of 10 %": { missed: 0.1, logit: 2.4, imagesPerPatient: 1, isLost: true },
  "10 % missed, 30 % of the images empty": { missed: 0.1, logit: 1.8, imagesPerPatient: 1, empty: 0.3 },
};
const asked = coverageRun(process.argv.slice(2), { sets: 1000, resamples: 500, quarterFrom: 1000 });
printCoverage(worlds, asked, (world) => {
  const known = trueMaskFigures(world, 400_000);
  return (options) => maskCoverageOf({ world, ...options }, known);
});
