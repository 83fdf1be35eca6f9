// What an optimizer keeps of each weight.
import type { Optimizer } from "./optimizer.ts";

/** The arrays, each as large as the weights, that an optimizer keeps from step to step. */
export function optimizerSlots(optimizer: Optimizer): readonly string[] {
  switch (optimizer.kind) {
    case "gradientDescent":
      return [];
    case "sgd":
      return optimizer.momentum > 0 ? ["velocity"] : [];
    case "adam":
    case "adamw":
      return optimizer.amsgrad ? ["m", "v", "largest"] : ["m", "v"];
    case "nadam":
    case "radam":
      return ["m", "v"];
    case "adamax":
      return ["m", "u"];
    case "rmsprop":
      if (optimizer.centered) return ["v", "average", "velocity"];
      return optimizer.momentum > 0 ? ["v", "velocity"] : ["v"];
    case "adagrad":
      return ["squares"];
    case "adadelta":
      return ["v", "accumulated"];
  }
}
