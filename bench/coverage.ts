// Prints how often the 95 % intervals of the report contain the true figure: `npm run bench -- coverage [SETS] [RESAMPLES] [WORLD] [N] [FIRST]`.
import { coverageOf, trueFigures } from "./coverage-of.ts";
import type { World } from "./coverage-of.ts";
import { coverageRun, printCoverage } from "./print-coverage.ts";

const worlds: Record<string, World> = {
  "30 % positive, calibrated": { prevalence: 0.3, skill: 1.5, sharpness: 1, imagesPerPatient: 1 },
  "50 % positive, twice too sure": { prevalence: 0.5, skill: 1.5, sharpness: 2, imagesPerPatient: 1 },
  "20 % positive, easy, three times too sure": { prevalence: 0.2, skill: 2, sharpness: 3, imagesPerPatient: 1 },
  "40 % positive, 1.5 times too sure, 5 images of each patient": { prevalence: 0.4, skill: 1.5, sharpness: 1.5, imagesPerPatient: 5 }, // prettier-ignore
  "the same, 1 to 40 images of each patient, 5 in the middle": { prevalence: 0.4, skill: 1.5, sharpness: 1.5, imagesPerPatient: 5, spread: 0.8 }, // prettier-ignore
};
const asked = coverageRun(process.argv.slice(2), { sets: 1000, resamples: 500, quarterFrom: 4000 });
printCoverage(worlds, asked, (world) => {
  const known = trueFigures(world, 2_000_000);
  return (options) => coverageOf({ world, ...options }, known);
});
