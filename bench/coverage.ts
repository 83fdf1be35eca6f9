// Prints how often the 95 % intervals of the report contain the true figure: `npm run bench -- coverage [SETS] [RESAMPLES] [WORLD]`.
import { coverageOf, trueFigures } from "./coverage-of.ts";
import type { World } from "./coverage-of.ts";

const [sets = 1000, resamples = 500, only] = process.argv.slice(2).map(Number);
const worlds: Record<string, World> = {
  "30 % positive, calibrated": { prevalence: 0.3, skill: 1.5, sharpness: 1, imagesPerPatient: 1 },
  "50 % positive, twice too sure": { prevalence: 0.5, skill: 1.5, sharpness: 2, imagesPerPatient: 1 },
  "20 % positive, easy, three times too sure": { prevalence: 0.2, skill: 2, sharpness: 3, imagesPerPatient: 1 },
  "40 % positive, 1.5 times too sure, 5 images of each patient": { prevalence: 0.4, skill: 1.5, sharpness: 1.5, imagesPerPatient: 5 }, // prettier-ignore
};
const counts = [50, 100, 250, 1000];
for (const [at, [name, world]] of Object.entries(worlds).entries()) {
  if (only !== undefined && at !== only) continue;
  const known = trueFigures(world, 2_000_000);
  const images = world.imagesPerPatient;
  const columns = counts.map((count) =>
    coverageOf({ world, count: images * count, sets: images * count < 5000 ? sets : sets / 4, resamples }, known),
  );
  console.log(`\n${name}; ${sets} sets (${sets / 4} of 5,000 images), ${resamples} resamples\n`);
  console.log(`| figure | true value | ${counts.map((count) => `n = ${count}`).join(" | ")} |`);
  console.log(`|${" --- |".repeat(2 + counts.length)}`);
  columns[0].forEach(({ name: figure, trueValue }, i) => {
    const cells = columns.map((column) => `${((100 * column[i].covering) / column[i].intervals).toFixed(1)}`);
    console.log(`| ${figure} | ${trueValue.toFixed(3)} | ${cells.join(" | ")} |`);
  });
}
