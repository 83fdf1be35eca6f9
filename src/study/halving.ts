// Successive halving: many trials are run for a few epochs, the best of them for more, until few are run to the end.

/** A round of the search: so many trials go on until they have run so many epochs. */
export interface Rung {
  readonly trials: number;
  readonly epochs: number;
}

/** What makes a network learn more slowly, dropout above all, shows its worth only after so many epochs. */
const fewestEpochs = 10;

/** From so many trials on the first choice is made after a ninth of the epochs. */
const many = 27;

/**
 * The rungs of a search (Jamieson & Talwalkar 2016): all trials for a third of the epochs, but at least 10, and a third of
 * the trials to the end; of 27 and more all for a ninth, a third for a third, a ninth to the end. A rung that would not
 * narrow the choice is left out.
 *
 * @param trials how many are compared, at least 1
 * @param epochs what a run to the end takes at most
 */
export function rungsOf(trials: number, epochs: number): readonly Rung[] {
  const rungs: Rung[] = [];
  const parts = trials < many ? [1, 3] : [1, 3, 9];
  const widest = parts[parts.length - 1];
  for (const part of parts) {
    const rung = {
      trials: Math.ceil((trials * part) / widest),
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
