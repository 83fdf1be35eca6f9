// Naive float64 twins of the optimizers: one step of one weight, from the papers' equations.

/** The scalars of a step; each rule reads its own. */
export interface Constants {
  readonly rate: number;
  readonly momentum: number;
  readonly share: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
  /** Steps taken, this one included: for the corrections of moments that began at 0. */
  readonly t: number;
}

/** A weight and what is remembered of it, by the names of optimizerSlots. */
export type State = Record<string, number>;

type Rule = (state: State, gradient: number, constants: Constants) => void;

/** g + decay w: weight decay as part of the gradient. */
const decayed = (state: State, g: number, c: Constants) => g + c.decay * state.w;

function moments(state: State, g: number, { beta1, beta2 }: Constants): void {
  state.m = beta1 * state.m + (1 - beta1) * g;
  state.v = beta2 * state.v + (1 - beta2) * g * g;
}

const corrected = (moment: number, beta: number, t: number) => moment / (1 - beta ** t);

export const rules: Record<string, Rule> = {
  sgdStep(state, g, c) {
    state.w -= c.rate * decayed(state, g, c);
  },
  momentumStep(state, g, c) {
    state.velocity = c.momentum * state.velocity + c.share * decayed(state, g, c);
    state.w -= c.rate * state.velocity;
  },
  nesterovStep(state, g, c) {
    const d = decayed(state, g, c);
    state.velocity = c.momentum * state.velocity + c.share * d;
    state.w -= c.rate * (d + c.momentum * state.velocity);
  },
  adamStep(state, g, c) {
    moments(state, decayed(state, g, c), c);
    state.w -= (c.rate * corrected(state.m, c.beta1, c.t)) / (Math.sqrt(corrected(state.v, c.beta2, c.t)) + c.epsilon);
  },
  amsgradStep(state, g, c) {
    moments(state, decayed(state, g, c), c);
    state.largest = Math.max(state.largest, state.v);
    const root = Math.sqrt(corrected(state.largest, c.beta2, c.t));
    state.w -= (c.rate * corrected(state.m, c.beta1, c.t)) / (root + c.epsilon);
  },
  adamaxStep(state, g, c) {
    const d = decayed(state, g, c);
    state.m = c.beta1 * state.m + (1 - c.beta1) * d;
    state.u = Math.max(c.beta2 * state.u, Math.abs(d) + c.epsilon);
    state.w -= (c.rate * corrected(state.m, c.beta1, c.t)) / state.u;
  },
  rmspropStep(state, g, c) {
    const d = decayed(state, g, c);
    state.v = c.beta2 * state.v + (1 - c.beta2) * d * d;
    state.w -= (c.rate * d) / (Math.sqrt(state.v) + c.epsilon);
  },
  rmspropMomentumStep(state, g, c) {
    const d = decayed(state, g, c);
    state.v = c.beta2 * state.v + (1 - c.beta2) * d * d;
    state.velocity = c.momentum * state.velocity + d / (Math.sqrt(state.v) + c.epsilon);
    state.w -= c.rate * state.velocity;
  },
  rmspropCenteredStep(state, g, c) {
    const d = decayed(state, g, c);
    state.v = c.beta2 * state.v + (1 - c.beta2) * d * d;
    state.average = c.beta2 * state.average + (1 - c.beta2) * d;
    state.velocity = c.momentum * state.velocity + d / (Math.sqrt(state.v - state.average ** 2) + c.epsilon);
    state.w -= c.rate * state.velocity;
  },
  adagradStep(state, g, c) {
    const d = decayed(state, g, c);
    state.squares += d * d;
    state.w -= (c.rate * d) / (Math.sqrt(state.squares) + c.epsilon);
  },
  adadeltaStep(state, g, c) {
    const d = decayed(state, g, c);
    state.v = c.beta2 * state.v + (1 - c.beta2) * d * d;
    const change = (Math.sqrt(state.accumulated + c.epsilon) / Math.sqrt(state.v + c.epsilon)) * d;
    state.accumulated = c.beta2 * state.accumulated + (1 - c.beta2) * change * change;
    state.w -= c.rate * change;
  },
  nadamStep(state, g, c) {
    const d = decayed(state, g, c);
    moments(state, d, c);
    const root = Math.sqrt(corrected(state.v, c.beta2, c.t)) + c.epsilon;
    // The rates of gradient and moment are the caller's: here rate, and rate * momentum.
    state.w -= (c.rate * d + c.rate * c.momentum * state.m) / root;
  },
  radamStep(state, g, c) {
    // The rectification is the caller's: here share.
    moments(state, decayed(state, g, c), c);
    state.w -= (c.rate * state.m * c.share) / (Math.sqrt(state.v) + c.epsilon);
  },
};
