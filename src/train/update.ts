// The calls of an update: penalties, clipping, the optimizer, max-norm, the moving average.
import { countersAPart, parameterPlaces } from "../model/plan.ts";
import type { Block } from "../wasm/memory.ts";
import { emaShare } from "./averaging.ts";
import type { Lists } from "./lists.ts";
import { frozenLayers } from "./freeze.ts";
import { learnedPlaces, partsOf } from "./learned-places.ts";
import { optimizerSlots } from "./optimizer-slots.ts";
import type { TrainingSettings } from "./settings.ts";
import { isWhole } from "./whole.ts";
import { addUpdate } from "./updater.ts";
import type { Counters } from "./updater.ts";

export interface Update {
  counters(): Counters;
  restore(counters: Counters): void;
  /** Carries the update out: as update() of a step. */
  run(learningRate: number): boolean | Promise<boolean>;
  /** l1 * sum |w| + l2 * sum w^2 of what is penalised, as it is. */
  penalty(): number;
}

/** Writes the list, once, behind those of the gradients. Frozen layers are not in it. */
export function bindUpdate(settings: TrainingSettings, block: Block, lists: Lists): Update {
  const { network, optimizer, clip, regularization, average } = settings;
  const { l1, l2, maxNorm, biases } = regularization;
  const { kernels } = block;
  const parameters = block.address("parameters");
  const gradients = block.address("gradients");
  const { floats, learnedFloats } = parameterPlaces(network.parameters);
  const places = learnedPlaces(network, frozenLayers(network, settings.freeze));
  const penalised = places.filter(({ role }) => role === "weight" || biases);
  const list = lists.update();

  list.requireFinite(gradients, learnedFloats);
  if (l1 > 0 || l2 > 0) {
    for (const { offset, length } of penalised) {
      list.recorder.addPenaltyGradient(gradients + 4 * offset, parameters + 4 * offset, length, l1, l2);
    }
  }
  if (clip?.kind === "value") list.recorder.clamp(gradients, gradients, learnedFloats, -clip.maximum, clip.maximum);
  if (clip?.kind === "norm") list.recorder.limitNorm(gradients, learnedFloats, clip.maximum);

  const slots = optimizerSlots(optimizer).map((name) => block.address(`state ${name}`));
  const { counting } = lists;
  const isExempt = optimizer.weightDecay > 0 && !biases;
  const parts = partsOf(places, (role) => !isExempt || role === "weight");
  // Each part counts for itself, and all count the same.
  const updaters = parts.map(({ offset, length, decays }, i) => {
    const counters = {
      counting: { ...counting, address: counting.address + 8 * countersAPart * i },
      numbers: lists.counters.map((own) => own.subarray(countersAPart * i)),
    };
    const own = decays ? optimizer : { ...optimizer, weightDecay: 0 };
    const at = (base: number) => base + 4 * offset;
    return addUpdate(list, own, counters, at(parameters), at(gradients), slots.map(at), length);
  });
  if (maxNorm !== null) {
    for (const { role, placed, offset } of places) {
      if (role !== "weight") continue;
      list.recorder.limitUnitNorms(parameters + 4 * offset, placed.outputs, placed.inputs, maxNorm);
    }
  }
  const averageCall = list.length;
  if (average?.kind === "ema") list.recorder.averageStep(block.address("average"), parameters, floats, 0);

  return {
    counters: () => updaters[0].counters(),
    restore(counters) {
      for (const updater of updaters) updater.restore(counters);
    },
    run(learningRate) {
      if (average?.kind === "ema") list.setScalar(averageCall, 0, emaShare(average.decay, lists.counters[0][1]));
      for (let i = 0; i < updaters.length; i++) {
        updaters[i].setRate(learningRate);
        updaters[i].prepare();
      }
      return isWhole(list.run());
    },
    penalty() {
      let penalty = 0;
      for (const { offset, length } of penalised) {
        if (l1 > 0) penalty += l1 * kernels.sumOfAbsolutes(parameters + 4 * offset, length);
        if (l2 > 0) penalty += l2 * kernels.sumOfSquares(parameters + 4 * offset, length);
      }
      return penalty;
    },
  };
}
