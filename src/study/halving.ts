// Successive halving: many trials are run for a few epochs, the best of them for more, until few are run to the end.

/** A round of the search: so many trials go on until they have run so many epochs. */
export interface Rung {
  readonly trials: number;
  readonly epochs: number;
}

/** What makes a network learn more slowly, dropout above all, shows its worth only after so many epochs. */
const fewestEpochs = 10;

/**
 * The rungs of a search (Jamieson & Talwalkar 2016): all trials for a ninth of the epochs, but at least 10, a third of the
 * trials for a third, a ninth of them to the end. A rung that would not narrow the choice is left out.
 *
 * @param trials how many are compared, at least 1
 * @param epochs what a run to the end takes at most
 */
export function rungsOf(trials: number, epochs: number): readonly Rung[] {
  const rungs: Rung[] = [];
  for (const part of [1, 3, 9]) {
    const rung = {
      trials: Math.ceil((trials * part) / 9),
      epochs: Math.max(Math.ceil(epochs / part), Math.min(fewestEpochs, epochs)),
    };
    const longer = rungs[0] as Rung | undefined;
    if (!longer || (rung.trials > longer.trials && rung.epochs < longer.epochs)) rungs.unshift(rung);
    else if (rung.trials > longer.trials) rungs[0] = { ...longer, trials: rung.trials };
  }
  return Object.freeze(rungs);
}

/** Epochs that a search runs at most: what a trial has run on one rung it does not run again on the next. */
export function plannedEpochs(rungs: readonly Rung[]): number {
  return rungs.reduce((sum, { trials, epochs }, i) => sum + trials * (epochs - (rungs[i - 1]?.epochs ?? 0)), 0);
}
