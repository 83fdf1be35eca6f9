// Prints a table of how often intervals contain the true figure, for each of some worlds.
import type { Coverage } from "./coverage-of.ts";

const allCounts = [50, 100, 250, 1000];

/** What a command line asks for: `[SETS] [RESAMPLES] [WORLD] [N] [FIRST]`, "all" for every world or every n. */
export interface CoverageRun {
  readonly sets: number;
  readonly resamples: number;
  /** Of sets of so many images or more a quarter is drawn. */
  readonly quarterFrom: number;
  /** The number of the only world to print, from 0, and the only n; all when left out. */
  readonly only?: number;
  readonly count?: number;
  /** The seed of the first set, from 2: what a method was chosen by is not what it is checked by. */
  readonly first?: number;
}

/** What every measured world is given. */
export interface CoverageAsked {
  /** Images of each set, and how many sets. */
  readonly count: number;
  readonly sets: number;
  readonly resamples: number;
  readonly first: number;
}

/** @param given the words of the command line */
export function coverageRun(given: readonly string[], defaults: CoverageRun): CoverageRun {
  const [sets, resamples, only, count, first] = given.map((word) => (word === "all" ? undefined : Number(word)));
  return {
    sets: sets ?? defaults.sets,
    resamples: resamples ?? defaults.resamples,
    quarterFrom: defaults.quarterFrom,
    only,
    count,
    first,
  };
}

/** @param measured of a world: the coverage of each figure on so many sets of so many images */
export function printCoverage<World extends { readonly imagesPerPatient: number }>(
  worlds: Readonly<Record<string, World>>,
  { sets, resamples, quarterFrom, only, count: onlyCount, first = 2 }: CoverageRun,
  measured: (world: World) => (options: CoverageAsked) => Coverage[],
): void {
  const counts = onlyCount === undefined ? allCounts : [onlyCount];
  for (const [at, [name, world]] of Object.entries(worlds).entries()) {
    if (only !== undefined && at !== only) continue;
    const of = measured(world);
    const setsOf = (count: number) => (count * world.imagesPerPatient < quarterFrom ? sets : Math.ceil(sets / 4));
    const columns = counts.map((count) =>
      of({ count: count * world.imagesPerPatient, sets: setsOf(count), resamples, first }),
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
