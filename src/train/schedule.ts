// Learning-rate schedules as plain frozen values, and the rate at a step: pure, by elementary.ts, the same bits everywhere.
// Definitions are PyTorch 2's. In training a step of a schedule is an epoch, counted from 0.
import { cos, pow } from "../elementary.ts";

export type Schedule =
  | { readonly kind: "constant" }
  | { readonly kind: "step"; readonly stepSize: number; readonly gamma: number }
  | { readonly kind: "exponential"; readonly gamma: number }
  | { readonly kind: "cosine"; readonly maxSteps: number; readonly minimum: number }
  | {
      readonly kind: "cosineWarmRestarts";
      readonly firstCycle: number;
      readonly cycleMultiplier: number;
      readonly minimum: number;
    }
  | { readonly kind: "linear"; readonly startFactor: number; readonly endFactor: number; readonly steps: number }
  | { readonly kind: "polynomial"; readonly power: number; readonly steps: number }
  | {
      readonly kind: "oneCycle";
      readonly maximum: number;
      readonly steps: number;
      readonly warmupFraction: number;
      readonly divisor: number;
      readonly finalDivisor: number;
    }
  | {
      readonly kind: "reduceOnPlateau";
      readonly factor: number;
      readonly patience: number;
      readonly threshold: number;
      readonly minimum: number;
    };

/** The schedule of a kind. */
export type ScheduleOf<K extends Schedule["kind"]> = Extract<
  Schedule,
  { kind: K }
>; /** What a schedule of a kind is made of. */
export type ScheduleOptions<K extends Schedule["kind"]> = Omit<ScheduleOf<K>, "kind">;

/** The same rate at every step. */
export function constantRate(): ScheduleOf<"constant"> {
  return Object.freeze({ kind: "constant" });
}

/** Times gamma every `stepSize` steps. */
export function stepDecay({
  stepSize,
  gamma = 0.1,
}: Partial<ScheduleOptions<"step">> & { stepSize: number }): ScheduleOf<"step"> {
  return checked({ kind: "step", stepSize, gamma });
}

/** Times gamma at every step. */
export function exponentialDecay({ gamma }: ScheduleOptions<"exponential">): ScheduleOf<"exponential"> {
  return checked({ kind: "exponential", gamma });
}

/** Half a cosine from the initial rate to `minimum` over `maxSteps` steps, and up again after them (Loshchilov & Hutter 2017). */
export function cosineDecay({
  maxSteps,
  minimum = 0,
}: Partial<ScheduleOptions<"cosine">> & { maxSteps: number }): ScheduleOf<"cosine"> {
  return checked({ kind: "cosine", maxSteps, minimum });
}

/** Cosine decay that starts anew after `firstCycle` steps, each cycle `cycleMultiplier` times as long as the one before. */
export function cosineWarmRestarts(
  options: Partial<ScheduleOptions<"cosineWarmRestarts">> & { firstCycle: number },
): ScheduleOf<"cosineWarmRestarts"> {
  const { firstCycle, cycleMultiplier = 1, minimum = 0 } = options;
  return checked({ kind: "cosineWarmRestarts", firstCycle, cycleMultiplier, minimum });
}

/** From startFactor to endFactor times the initial rate over `steps` steps: a warm-up. */
export function linearRamp(options: Partial<ScheduleOptions<"linear">> = {}): ScheduleOf<"linear"> {
  const { startFactor = 1 / 3, endFactor = 1, steps = 5 } = options;
  return checked({ kind: "linear", startFactor, endFactor, steps });
}

/** The initial rate times (1 - step / steps)^power. */
export function polynomialDecay({
  power = 1,
  steps,
}: Partial<ScheduleOptions<"polynomial">> & { steps: number }): ScheduleOf<"polynomial"> {
  return checked({ kind: "polynomial", power, steps });
}

/** Up from maximum / divisor to `maximum` and down to that start / finalDivisor, by half cosines (Smith & Topin 2019). */
export function oneCycle(
  options: Partial<ScheduleOptions<"oneCycle">> & { maximum: number; steps: number },
): ScheduleOf<"oneCycle"> {
  const { maximum, steps, warmupFraction = 0.3, divisor = 25, finalDivisor = 1e4 } = options;
  return checked({ kind: "oneCycle", maximum, steps, warmupFraction, divisor, finalDivisor });
}

/** Times `factor` when the validation loss has not fallen by the relative `threshold` for more than `patience` epochs. */
export function reduceOnPlateau(
  options: Partial<ScheduleOptions<"reduceOnPlateau">> = {},
): ScheduleOf<"reduceOnPlateau"> {
  const { factor = 0.1, patience = 10, threshold = 1e-4, minimum = 0 } = options;
  return checked({ kind: "reduceOnPlateau", factor, patience, threshold, minimum });
}

/** The learning rate at a step counted from 0. That of reduceOnPlateau depends on losses: see plateauNext. */
export function learningRateAt(schedule: Schedule, initial: number, step: number): number {
  switch (schedule.kind) {
    case "constant":
    case "reduceOnPlateau":
      return initial;
    case "step":
      return initial * pow(schedule.gamma, Math.floor(step / schedule.stepSize));
    case "exponential":
      return initial * pow(schedule.gamma, step);
    case "cosine":
      return cosineBetween(initial, schedule.minimum, step / schedule.maxSteps);
    case "cosineWarmRestarts": {
      let length = schedule.firstCycle;
      let since = step;
      while (since >= length) {
        since -= length;
        length *= schedule.cycleMultiplier;
      }
      return cosineBetween(initial, schedule.minimum, since / length);
    }
    case "linear": {
      const { startFactor, endFactor, steps } = schedule;
      return initial * (startFactor + (endFactor - startFactor) * Math.min(1, step / steps));
    }
    case "polynomial":
      return initial * pow(1 - Math.min(step, schedule.steps) / schedule.steps, schedule.power);
    case "oneCycle": {
      const { maximum, steps, warmupFraction, divisor, finalDivisor } = schedule;
      const start = maximum / divisor;
      const peak = warmupFraction * steps - 1;
      if (step < peak) return cosineBetween(start, maximum, step / peak);
      return cosineBetween(maximum, start / finalDivisor, Math.min(1, (step - peak) / (steps - 1 - peak)));
    }
  }
}

/** From `start` at 0 to `end` at 1 along half a cosine. */
function cosineBetween(start: number, end: number, part: number): number {
  return end + ((start - end) * (1 + cos(Math.PI * part))) / 2;
}

/** Where reduceOnPlateau stands. JSON-safe, part of a checkpoint. */
export interface PlateauState {
  readonly learningRate: number;
  /** The lowest loss so far; null before the first. */
  readonly best: number | null;
  readonly epochsSinceBest: number;
}

export function plateauStart(initial: number): PlateauState {
  return Object.freeze({ learningRate: initial, best: null, epochsSinceBest: 0 });
}

/** The state after an epoch with this validation loss; NaN or infinite is no better. As PyTorch: a change of the rate below 1e-8 is not made. */
export function plateauNext(schedule: ScheduleOf<"reduceOnPlateau">, state: PlateauState, loss: number): PlateauState {
  if (loss < (state.best ?? Infinity) * (1 - schedule.threshold)) {
    return Object.freeze({ ...state, best: loss, epochsSinceBest: 0 });
  }
  const epochsSinceBest = state.epochsSinceBest + 1;
  if (epochsSinceBest <= schedule.patience) return Object.freeze({ ...state, epochsSinceBest });
  const lower = Math.max(state.learningRate * schedule.factor, schedule.minimum);
  const learningRate = state.learningRate - lower > 1e-8 ? lower : state.learningRate;
  return Object.freeze({ learningRate, best: state.best, epochsSinceBest: 0 });
}

const atLeastOne = new Set(["stepSize", "maxSteps", "firstCycle", "cycleMultiplier", "steps"]);
const belowOne = new Set(["factor", "warmupFraction"]);
const above0 = new Set(["maximum", "divisor", "finalDivisor", "startFactor", "gamma"]);

function checked<T extends Schedule>(schedule: T): T {
  for (const [name, value] of Object.entries(schedule) as [string, unknown][]) {
    if (name === "kind") continue;
    const fail = (what: string): never => {
      throw new RangeError(`${schedule.kind} schedule: expected ${name} ${what}, got ${String(value)}`);
    };
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) fail("of at least 0");
    else if (atLeastOne.has(name) && !(Number.isSafeInteger(value) && value >= 1)) fail("a whole number of at least 1");
    else if (belowOne.has(name) && !(value > 0 && value < 1)) fail("between 0 and 1");
    else if (above0.has(name) && value === 0) fail("above 0");
  }
  return Object.freeze(schedule);
}
