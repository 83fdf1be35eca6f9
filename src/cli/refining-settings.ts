// The settings of phase two: the search for remedies, the learning curve, more data.
import { setting } from "./setting.ts";

import { number, optional, whole, yes } from "./values.ts";

export const refiningSettings = {
  refine: setting("--refine", yes(), false, "then tries remedies against overfitting, keeps what validation prefers"),
  refineTrials: setting("--refine-trials", optional(whole(1)), null, "at most so many remedies, the first ones"),
  refineMinutes: setting(
    "--refine-minutes",
    optional(number("a number above 0", (value) => value > 0)),
    null,
    "no remedy is begun or gone on with once they have run for so long",
  ),
  refineFolds: setting(
    "--refine-folds",
    optional(whole(2, 100)),
    null,
    "judges each remedy by so many networks on parts held out in turn: for small validation sets",
  ),
  learningCurve: setting(
    "--learning-curve",
    yes(),
    false,
    "then trains on parts of the training set, and says what twice the data would bring",
  ),
};
