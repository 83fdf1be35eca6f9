// A run of training: epochs of steps, their figures on both sets, the best weights kept, to stop and go on at any step.
import type { Dataset } from "../data/dataset.ts";
import { readAhead } from "../data/read-ahead.ts";
import { isMixing } from "../data/mixing.ts";
import { drawOrderOf, drawsOf, samplingOfParts } from "../data/draw-order.ts";
import { checkTotalWeight } from "../data/weights.ts";
import { DivergenceError } from "../errors.ts";
import { bindPass } from "../model/pass.ts";
import { initializeWeights, readFlat, readWeights, writeFlat, writeWeights } from "../model/weight-block.ts";
import type { Weights } from "../model/weights.ts";
import { stream } from "../random.ts";
import { availableMode } from "../wasm/modes.ts";
import type { KernelBuild } from "../wasm/builds.ts";
import type { NumericMode } from "../wasm/modes.ts";
import { allocateFor } from "./team.ts";
import type { ThreadOptions } from "./team.ts";
import { createBreathe } from "../breathe.ts";
import { bindAverage } from "./averaging.ts";
import { diagnose, majorityShare } from "./diagnosis.ts";
import { bindDenominator } from "./denominator.ts";
import { evaluateWithError, takeStatistics } from "./evaluate.ts";
import { bindFeed } from "./feed.ts";
import { bindForward } from "./lists.ts";
import { frozenLayers } from "./freeze.ts";
import { optimizerSlots } from "./optimizer-slots.ts";
import type { Epoch, Progress, RunState } from "./progress.ts";
import { learningRateAt, plateauNext, plateauStart } from "./schedule.ts";
import type { TrainingSettings } from "./settings.ts";
import { bindStep } from "./step.ts";
import { initialStopping, nextStopping } from "./stopping.ts";
import { bindTaking } from "./taking.ts";
import { withTensors } from "./carried-tensors.ts";

/** How a run's multiply-adds were rounded. JSON-safe. */
export interface Arithmetic {
  readonly numericMode: NumericMode;
  /** Whether a multiply-add was rounded once. */
  readonly fused: boolean;
  /** Threads that shared the work, and why there were not more; the bits are the same with any number. */
  readonly threads: number;
  readonly threadsReason: string | null;
}

export interface TrainingSets {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** How a run begins: with drawn weights, with given ones, with a model's where they fit, or where an earlier run stood. */
export type Beginning =
  | { readonly kind: "drawn" }
  | { readonly kind: "given"; readonly weights: Weights }
  | { readonly kind: "from"; readonly weights: Weights }
  | { readonly kind: "resumed"; readonly state: RunState };

/** 2^-12: its square shows whether a multiply-add is rounded once. */
const smallEnough = 0.000244140625;

/** Hears after a step how many of the epoch's images the weights have seen; `state()` is that of the step meanwhile. */
export type OnStep = (images: number) => Promise<void> | void;

/** A run in progress. It owns its memory: call free() when done. */
export interface Fit {
  readonly settings: TrainingSettings;
  readonly progress: Progress;
  /** Whether the epochs are used up or patience is at its end. */
  readonly finished: boolean;
  /** How products are rounded here: `fast` is `reproducible` where the engine has no relaxed SIMD. */
  readonly arithmetic: Arithmetic;
  /** Bytes of WebAssembly memory that the run reserved. */
  readonly bytes: number;
  /**
   * Runs to the end of the next epoch.
   * @param onStep hears how many of the epoch's images (or patches) the weights have seen; what it promises is waited for.
   * @throws DivergenceError when a loss, gradient or weight is no longer finite; the best weights are kept.
   * @throws the signal's reason when it is aborted: after the running step, with `state()` exactly there.
   */
  epoch(signal?: AbortSignal, onStep?: OnStep): Promise<Epoch>;
  /** The weights of the best epoch so far (the initial ones before the first). */
  bestWeights(): Weights;
  /** Everything that is needed to go on from here to the last bit: copies. */
  state(): RunState;
  free(): void;
  [Symbol.dispose](): void;
}

/**
 * Reserves memory and sets the initial weights.
 * @param build the settings' numeric mode, as far as the engine has it, or kernels as `voxgrad/wasm` has them.
 * @param threads as many as gain by it where they are left out.
 */
export async function startFit(
  sets: TrainingSets,
  settings: TrainingSettings,
  beginning: Beginning = { kind: "drawn" },
  build: KernelBuild = settings.numericMode,
  threads: ThreadOptions = {},
): Promise<Fit> {
  const { network, optimizer, schedule, batchSize, seed, sampling } = settings;
  checkTotalWeight("training", sets.train);
  checkTotalWeight("validation", sets.validation);
  // What not every run has is loaded for those that have it.
  const views = settings.patches ? await import("../data/patch-views.ts") : null;
  const patches = views && settings.patches ? views.trainingPatches(sets.train, settings.patches, seed) : null;
  /** What steps are made of. Figures are of the sets' whole images. */
  const train = patches ?? sets.train;
  const slots = optimizerSlots(optimizer);
  const augmentation = settings.augment.length > 0 ? await import("./augmentation.ts") : null;
  const mixingOf = settings.augment.some(isMixing) ? await import("./mixing.ts") : null;
  const augmentPlan = augmentation?.planFor(settings, sets.train, train) ?? null;
  const { block, reason } = await allocateFor(
    settings,
    { state: slots, augmentation: augmentPlan, mixing: mixingOf?.mixingBytes(settings) ?? 0 },
    build,
    threads,
  );
  const pass = bindPass(network, block, true, { frozen: frozenLayers(network, settings.freeze) });
  const feed = bindFeed(block, settings, pass.output);
  const drawOrder = drawOrderOf(samplingOfParts(sampling, settings.patches?.perImage ?? 1), train);
  // Without weights no gradient is multiplied by them.
  const { labels: labelsAt, imageWeights: weightsAt } = feed.regions;
  const mixing = mixingOf?.bindMixing(settings, sets.train, block, feed) ?? null;
  const denominatorOf = bindDenominator(settings, train, feed, mixing);
  const step = bindStep(settings, block, {
    ...feed.regions,
    imageWeights: train.weights ? weightsAt : 0,
    // A mixed image is of several classes.
    labels: mixing ? 0 : labelsAt,
  });
  const averaging = bindAverage(settings, block);
  const augmenting = (augmentPlan && augmentation?.bindAugmentation(augmentPlan, block)) ?? null;
  const take = bindTaking(train, feed, step, augmenting, mixing);
  const evaluator = { block, pass, feed, settings, forward: bindForward(network, block) };
  const breathe = createBreathe();
  const ahead = readAhead(train);
  const majority = majorityShare(sets.train);
  const batches = optimizer.kind === "gradientDescent" ? Math.ceil(train.length / batchSize) : settings.accumulate;

  const parameters = block.floats("parameters");
  const resume = (name: string, into: Float32Array, state: RunState) =>
    writeFlat(network, state.tensors.get(name) ?? new Float32Array(), into);
  if (beginning.kind === "resumed") resume("parameters", parameters, beginning.state);
  else if (beginning.kind === "given") writeWeights(network, beginning.weights, parameters);
  else initializeWeights(network, seed, parameters);
  if (beginning.kind === "from" && settings.from) {
    writeWeights(network, withTensors(readWeights(network, parameters), beginning.weights, settings.from), parameters);
  }
  averaging?.begin();
  const best = parameters.slice();
  let progress: Progress;
  if (beginning.kind === "resumed") {
    resume("best", best, beginning.state);
    for (const name of slots) resume(`state ${name}`, block.floats(`state ${name}`), beginning.state);
    if (averaging) resume("average", block.floats("average"), beginning.state);
    progress = beginning.state.progress;
    step.restore(progress.counters);
  } else {
    const plateau = schedule.kind === "reduceOnPlateau" ? plateauStart(optimizer.learningRate) : null;
    const counters = step.counters();
    progress = { epoch: 0, position: 0, history: [], stopping: initialStopping, plateau, counters };
  }
  /** Images of the running epoch that the weights have seen. */
  let { position } = progress;

  function diverged(what: string, layer: string): never {
    const epoch = progress.epoch + 1;
    // Found at the end of an epoch, it belongs to the last step.
    const number = Math.floor(Math.min(position, train.length - 1) / (batchSize * batches)) + 1;
    const { bestEpoch } = progress.stopping;
    throw new DivergenceError(
      `training diverged in epoch ${epoch}, step ${number}: ${what} of "${layer}" is NaN or infinite. ` +
        `The weights of ${bestEpoch > 0 ? `epoch ${bestEpoch}` : "the start"} are kept. ` +
        "Lower the learning rate, clip the gradients, or look for extreme pixels.",
      { epoch, step: number, layer },
    );
  }

  async function closeEpoch(started: number, learningRate: number): Promise<Epoch> {
    const number = progress.epoch + 1;
    const broken = step.nonFinite("parameters");
    if (broken !== null) diverged("a weight", broken);
    averaging?.closeEpoch(number);
    const swapBack = averaging?.isReady(number) ? averaging.swapIn() : null;
    try {
      if (swapBack && settings.average?.kind === "swa") await takeStatistics(evaluator, train, breathe);
      return await figureEpoch(number, started, learningRate);
    } finally {
      swapBack?.();
    }
  }

  /** Figures of the weights as they are, or of their average in their place. */
  async function figureEpoch(number: number, started: number, learningRate: number): Promise<Epoch> {
    const { figures: trainFigures, error: trainError } = await evaluateWithError(evaluator, sets.train, breathe);
    const judged = await evaluateWithError(evaluator, sets.validation, breathe);
    const validationFigures = judged.figures;
    if (!Number.isFinite(trainFigures.loss)) diverged("the training loss", "output");
    if (!Number.isFinite(validationFigures.loss)) diverged("the validation loss", "output");
    const stopping = nextStopping(progress.stopping, settings.monitor, number, validationFigures[settings.monitor]);
    const isBest = stopping.bestEpoch === number;
    if (isBest) best.set(parameters);
    const curves = [...progress.history, { ...trainFigures, validation: validationFigures }];
    const epoch: Epoch = Object.freeze({
      epoch: number,
      ...trainFigures,
      validation: validationFigures,
      penalty: step.penalty(),
      learningRate,
      seconds: (performance.now() - started) / 1000,
      best: isBest,
      ...diagnose(curves, { train: trainError, validation: judged.error }, majority),
    });
    const { plateau } = progress;
    position = 0;
    progress = {
      epoch: number,
      position,
      history: [...progress.history, epoch],
      stopping,
      plateau:
        plateau && schedule.kind === "reduceOnPlateau" ? plateauNext(schedule, plateau, validationFigures.loss) : null,
      counters: step.counters(),
    };
    return epoch;
  }

  async function epoch(signal?: AbortSignal, onStep?: OnStep): Promise<Epoch> {
    const started = performance.now();
    const number = progress.epoch + 1;
    const { plateau } = progress;
    const learningRate = plateau ? plateau.learningRate : learningRateAt(schedule, optimizer.learningRate, number - 1);
    patches?.begin(number);
    const order = drawOrder(stream(seed, "shuffle", number));
    mixing?.begin(number);
    augmenting?.begin(number, sampling === "shuffle" ? null : drawsOf(order, train.length));
    while (position < train.length) {
      signal?.throwIfAborted();
      const rows = Math.min(batchSize * batches, train.length - position);
      const denominator = denominatorOf(order, position, rows);
      for (let at = 0; at < rows; at += batchSize) {
        const count = Math.min(batchSize, rows - at);
        const first = position + at;
        const pending = ahead(order, first, count, Math.min(batchSize, train.length - first - count));
        if (pending) await pending;
        const taken = take(order, first, count, denominator, at > 0, number);
        const isFinite = typeof taken === "boolean" ? taken : await taken;
        if (!isFinite) diverged("the output", step.nonFiniteOutput(count));
      }
      const updated = step.update(learningRate);
      const isMoved = typeof updated === "boolean" ? updated : await updated;
      if (!isMoved) diverged("a gradient", step.nonFinite("gradients") ?? "output");
      position += rows;
      const kept = onStep?.(position);
      if (kept) await kept;
      const pause = breathe();
      if (pause) await pause;
    }
    return closeEpoch(started, learningRate);
  }

  return {
    settings,
    get progress() {
      return { ...progress, position };
    },
    get finished() {
      const { epochs, patience } = settings;
      return progress.epoch >= epochs || (patience !== null && progress.stopping.epochsSinceBest >= patience);
    },
    arithmetic: Object.freeze({
      numericMode: typeof build === "string" ? availableMode(build) : settings.numericMode,
      fused: block.kernels.isFused(smallEnough) === 1,
      threads: block.team?.threads ?? 1,
      threadsReason: reason,
    }),
    bytes: block.bytes,
    epoch,
    bestWeights: () => readWeights(network, best),
    state: () => ({
      progress: { ...progress, position, counters: step.counters() },
      tensors: new Map([
        ["parameters", readFlat(network, parameters)],
        ["best", readFlat(network, best)],
        ...slots.map((name) => [`state ${name}`, readFlat(network, block.floats(`state ${name}`))] as const),
        ...(averaging ? [["average", readFlat(network, block.floats("average"))] as const] : []),
      ]),
    }),
    free: () => block.free(),
    [Symbol.dispose]: () => block.free(),
  };
}
