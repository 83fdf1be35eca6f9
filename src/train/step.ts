// One training step: a batch goes forward, its loss comes back as gradients, the optimizer moves the weights.
import { createMaskDrawer } from "../model/dropout.ts";
import { lossBackward, lossForward } from "../model/loss-calls.ts";
import type { LossRegions } from "../model/loss-calls.ts";
import { bindPass } from "../model/pass.ts";
import type { DrawMask } from "../model/pass.ts";
import { gradientLists, parameterPlaces, regionOf } from "../model/plan.ts";
import type { CallList } from "../wasm/calls.ts";
import type { Block } from "../wasm/memory.ts";
import { frozenLayers } from "./freeze.ts";
import { bindLists } from "./lists.ts";
import type { TrainingSettings } from "./settings.ts";
import { bindUpdate } from "./update.ts";
import { isWhole } from "./whole.ts";
import type { Counters } from "./updater.ts";

/**
 * The kernels of a step, bound to a block that was allocated for the network's plan. A step is two lists of calls, which
 * the kernels carry out without coming back: nothing here allocates once a list for its batch is written.
 */
export interface Step {
  /** What the optimizer counts from update to update. */
  counters(): Counters;
  restore(counters: Counters): void;
  /**
   * Forward, loss and backward of the batch in the block.
   * @param rows images in the batch.
   * @param denominator what the total error's gradient is divided by: of the whole group of batches for its mean.
   * @param add whether to add to the gradients of earlier batches of the group.
   * @param epoch and `position`, the place of the batch's first image in the epoch's order, choose the dropout masks.
   * @returns false when the total error is NaN or infinite: then nothing went backward. A promise where another thread is
   * waited for: it fails with a ThreadError when that has ended.
   */
  gradients(
    rows: number,
    denominator: number,
    add: boolean,
    epoch: number,
    position: number,
  ): boolean | Promise<boolean>;
  /** The sum of the images' losses of the batch whose gradients were taken last. */
  totalError(): number;
  /**
   * Adds the penalties' gradients, clips, updates every weight that is not frozen, limits norms, moves the average.
   * @returns false when a gradient is NaN or infinite: then nothing was changed. A promise as for gradients().
   */
  update(learningRate: number): boolean | Promise<boolean>;
  /** l1 * sum |w| + l2 * sum w^2 of what is penalised, as it is. */
  penalty(): number;
  /** The layer that owns the first gradient or weight that is NaN or infinite; null when all are finite. */
  nonFinite(region: "gradients" | "parameters"): string | null;
  /** The first layer whose output for these images is NaN or infinite, or "loss". */
  nonFiniteOutput(rows: number): string;
}

/** A list for batches of one size, and where in it stands what changes from batch to batch. */
interface GradientList {
  readonly list: CallList;
  readonly write: (rows: number, add: boolean) => void;
  rows: number;
  add: boolean;
  lossCall: number;
  /** What the loss's backward divides by. */
  denominator: number;
  /** Calls that draw the dropout layers' masks, in order. */
  readonly maskCalls: number[];
}

export function bindStep(settings: TrainingSettings, block: Block, regions: LossRegions): Step {
  const { network, loss, seed } = settings;
  const frozen = frozenLayers(network, settings.freeze);
  const { kernels } = block;
  const masks = createMaskDrawer(network, seed);
  const parameters = block.address("parameters");
  const gradients = block.address("gradients");
  const columns = network.placed[network.placed.length - 1].outputs;
  const { offsets, lengths, floats } = parameterPlaces(network.parameters);
  const callLists = bindLists(network, block);

  function createGradientList(place: number): GradientList {
    const list = callLists.gradients(place);
    const pass = bindPass(network, block, true, { kernels: list.recorder, frozen });
    const made: GradientList = {
      list,
      rows: 0,
      add: false,
      lossCall: 0,
      denominator: 1,
      maskCalls: [],
      write(rows, add) {
        list.clear(rows);
        made.rows = rows;
        made.add = add;
        made.maskCalls.length = 0;
        const drawMask: DrawMask = (mask, count, placed, ordinal) => {
          made.maskCalls.push(list.length);
          masks.draw(list.recorder, mask, count, placed, ordinal);
        };
        pass.forward(rows, drawMask, "batch");
        made.lossCall = list.length;
        lossForward(list.recorder, loss, regions, rows, columns);
        lossBackward(list.recorder, loss, pass.gradient, regions, rows, columns, 1);
        made.denominator = 1;
        pass.backward(rows, add);
      },
    };
    return made;
  }

  const lists = Array.from({ length: gradientLists }, (_, i) => createGradientList(i));
  /** The next list to be written over when a batch of a new size comes. */
  let oldest = 0;
  let current = lists[0];

  function listFor(rows: number, add: boolean): GradientList {
    for (let i = 0; i < lists.length; i++) if (lists[i].rows === rows && lists[i].add === add) return lists[i];
    const list = lists[oldest];
    oldest = (oldest + 1) % lists.length;
    list.write(rows, add);
    return list;
  }

  const update = bindUpdate(settings, block, callLists);

  return {
    counters: () => update.counters(),
    restore: (counters) => update.restore(counters),
    gradients(rows, denominator, add, epoch, position) {
      current = listFor(rows, add);
      const { list, maskCalls } = current;
      masks.begin(epoch, position);
      for (let i = 0; i < maskCalls.length; i++) masks.redraw(list, maskCalls[i], rows, i);
      if (denominator !== current.denominator) {
        current.denominator = denominator;
        list.setLastScalar(current.lossCall + 1, 1 / denominator);
      }
      return isWhole(list.run());
    },
    totalError: () => current.list.result(current.lossCall),
    update: (learningRate) => update.run(learningRate),
    penalty: () => update.penalty(),
    nonFinite(region) {
      const at = kernels.firstNonFinite(region === "gradients" ? gradients : parameters, floats);
      if (at < 0) return null;
      const owner = network.parameters.find((_, i) => offsets[i] <= at && at < offsets[i] + lengths[i]);
      return owner?.placed.title ?? "output";
    },
    nonFiniteOutput(rows) {
      const broken = network.placed.find(
        (placed) => kernels.firstNonFinite(block.address(regionOf.output(placed)), rows * placed.outputs) >= 0,
      );
      return broken?.title ?? "loss";
    },
  };
}
