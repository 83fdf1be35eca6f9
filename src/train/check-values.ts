// Options of training that are values of the library, refused by their kind where they are something else.
import { checkOptions } from "../known-options.ts";
import { kindOf } from "../kind.ts";
import type { TrainOptions } from "./settings.ts";

/** Which values functions of the library make: what they have, and how one is made. */
const made = {
  network: ["withInput", "network([dense(64), relu(), dense(2)])"],
  loss: ["kind", "softmaxCrossEntropy()"],
  optimizer: ["kind", "adam({ learningRate: 0.001 })"],
  schedule: ["kind", "cosineDecay({ maxSteps: 60 })"],
  average: ["kind", "ema()"],
  clip: ["kind", "clipNorm(1)"],
  patches: ["perImage", "patches({ size: 32 })"],
  from: ["weights", "await run.model()"],
} as const satisfies { readonly [Option in keyof TrainOptions]: readonly [string, string] };

/** @throws TypeError for an option that is not of its kind: the name of an optimizer, or a function that was not called. */
export function checkValues(options: TrainOptions): void {
  for (const [option, [mark, example]] of Object.entries(made)) {
    refuseUnless((value) => mark in value, option, options[option as keyof TrainOptions], example);
  }
  const { augment = [], freeze = [], regularization = {}, decision = {} } = options;
  refuseUnless(Array.isArray, "augment", augment, "[rotate(10), deform()]");
  for (const one of augment) refuseUnless((value) => "kind" in value, "augment", one, "rotate(10)");
  refuseUnless(Array.isArray, "freeze", freeze, '["hidden 1"]');
  checkOptions("train regularization", regularization, ["l1", "l2", "maxNorm", "biases"]);
  checkOptions("train decision", decision, ["threshold", "temperature"]);
}

function refuseUnless(isOne: (value: object) => boolean, option: string, given: unknown, example: string): void {
  if (given === undefined || given === null || (typeof given === "object" && isOne(given))) return;
  throw new TypeError(`train ${option}: expected a value such as ${example}, got ${kindOf(given)}`);
}
