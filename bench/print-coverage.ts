// Prints a table of how often intervals contain the true figure, for each of some worlds.
import type { Coverage } from "./coverage-of.ts";

const counts = [50, 100, 250, 1000];

export interface CoverageRun {
  readonly sets: number;
  readonly resamples: number;
  /** Of sets of so many images or more a quarter is drawn. */
  readonly quarterFrom: number;
  /** The number of the only world to print, from 0; all when left out. */
  readonly only?: number;
}

/** @param measured of a world: the coverage of each figure on so many sets of so many images */
export function printCoverage<World extends { readonly imagesPerPatient: number }>(
  worlds: Readonly<Record<string, World>>,
  { sets, resamples, quarterFrom, only }: CoverageRun,
  measured: (world: World) => (options: { count: number; sets: number; resamples: number }) => Coverage[],
): void {
  for (const [at, [name, world]] of Object.entries(worlds).entries()) {
    if (only !== undefined && at !== only) continue;
    const of = measured(world);
    const setsOf = (count: number) => (count * world.imagesPerPatient < quarterFrom ? sets : Math.ceil(sets / 4));
    const columns = counts.map((count) =>
      of({ count: count * world.imagesPerPatient, sets: setsOf(count), resamples }),
    );
    console.log(`\n${name}; ${counts.map(setsOf).join(", ")} sets, ${resamples} resamples\n`);
    console.log(`| figure | true value | ${counts.map((count) => `n = ${count}`).join(" | ")} |`);
    console.log(`|${" --- |".repeat(2 + counts.length)}`);
    columns[0].forEach(({ name: figure, trueValue }, i) => {
      const cells = columns.map((column) => ((100 * column[i].covering) / column[i].intervals).toFixed(1));
      console.log(`| ${figure} | ${trueValue.toFixed(3)} | ${cells.join(" | ")} |`);
    });
  }
}
