// voxgrad's public API, in the order of the data.

// data
export { arrayDataset, subset } from "./data/dataset.ts";
export { withPositive } from "./data/positive.ts";
export type { ArrayDatasetOptions, ByteRegion, Dataset, DatasetSplit, Pixels } from "./data/dataset.ts";
export { orientationOf } from "./data/image-geometry.ts";
export type { ImageGeometry } from "./data/image-geometry.ts";
export { customDataset } from "./data/custom-dataset.ts";
export type { CustomDatasetOptions } from "./data/custom-dataset.ts";
export { joinDatasets } from "./data/join.ts";
export type { Values } from "./data/truth.ts";
export { pixelTypeOf, valuesOf } from "./data/image.ts";
export type { DicomOrigin, Image, Palette, PixelType, Rescale, StoredPixels, Table, Window } from "./data/image.ts";
export { rgbOf } from "./data/image-colours.ts";
export { factsOf } from "./data/image-facts.ts";
export type { ImageFacts } from "./data/image-facts.ts";
export { fromStructure } from "./data/structure.ts";
export type {
  ArrayStructure,
  DirectionCosines,
  ImageStructure,
  ItkStructure,
  NiftiStructure,
  PictureStructure,
} from "./data/structure.ts";
export {
  centreCropOrPad,
  gray,
  percentileClip,
  preprocessingTitle,
  resampleTo,
  rescale,
  standardize,
  window,
} from "./data/preprocessing.ts";
export type { Preprocessing } from "./data/preprocessing.ts";
export { preprocess, preprocessMask } from "./data/preprocess.ts";
export { phantoms } from "./data/phantom.ts";
export type { PhantomOptions } from "./data/phantom.ts";
export { audit } from "./data/audit.ts";
export type { Audit, AuditedSet, AuditOptions, AuditPair, ImagePlace, LeakKind } from "./data/audit.ts";
export { split } from "./data/split.ts";
export type { Split, SplitOptions, SplitSource } from "./data/split.ts";
export { folds } from "./data/folds.ts";
export type { Fold, FoldsOptions } from "./data/folds.ts";
export { similarityGroups } from "./data/likeness.ts";
export { balancedClassWeights } from "./data/class-weights.ts";
export { patches } from "./data/patches.ts";
export type { Patches, PatchOptions } from "./data/patches.ts";
export type { Sampling } from "./data/sampling.ts";
export { fitNormalization, prepareNormalization } from "./data/normalization.ts";
export type { Normalization } from "./data/normalization.ts";

export { crop, deform, flip, resampling, rotate, scale, shear, stretch, translate } from "./data/augment.ts";
export type {
  AppliedByChance,
  Augmentation,
  AugmentationOptions,
  Axis,
  GeometricAugmentation,
  ImageAugmentation,
  IntensityAugmentation,
  MixingAugmentation,
  PaddingMode,
  ResamplingChoice,
} from "./data/augment.ts";
export { biasField, blur, brightness, contrast, cutout, gamma, gaussianNoise } from "./data/augment-intensity.ts";
export { cutmix, mixup } from "./data/mixing.ts";
export { checkAugmentation } from "./data/augment-set.ts";
export { augmented, replay } from "./data/augmented.ts";
export type { AugmentedImage, AugmentedOptions } from "./data/augmented.ts";
export type { AugmentationRecord, RecordedAugmentation } from "./data/augment-record.ts";

// the network
export {
  dense,
  dropout,
  spatialDropout,
  gaussianDropout,
  elu,
  gelu,
  geluTanh,
  leakyRelu,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./model/layers.ts";
export type {
  ActivationLayer,
  DenseLayer,
  DenseOptions,
  DropoutLayer,
  GaussianDropoutLayer,
  Layer,
  LayerOptions,
  NoiseLayer,
  SpatialDropoutLayer,
} from "./model/layers.ts";
export { batchNorm, layerNorm } from "./model/normalization-layers.ts";
export type { BatchNormLayer, LayerNormLayer, NormalizationLayer } from "./model/normalization-layers.ts";
export { constant, glorot, he, lecun, torchLinear, zeros } from "./model/init.ts";
export type { Initializer } from "./model/init.ts";
export { network } from "./model/network.ts";
export type { Network, NetworkOptions } from "./model/network.ts";
export type { Plan, PlanOptions } from "./model/plan.ts";
export type { Parameter, ParameterRole, PlacedLayer } from "./model/shapes.ts";
export type { Tensor, Weights } from "./model/weights.ts";
export { provideKernels } from "./wasm/builds.ts";
export type { CompiledKernels, ProvidedKernels } from "./wasm/builds.ts";
export { hasRelaxedSimd } from "./wasm/modes.ts";
export type { NumericMode } from "./wasm/modes.ts";
export type { Layout, Region } from "./wasm/layout.ts";

// what is wrong with its answers
export {
  huber,
  meanAbsoluteError,
  meanSquaredError,
  sigmoidCrossEntropy,
  sigmoidDice,
  sigmoidFocal,
  softmaxCrossEntropy,
} from "./model/loss.ts";
export type { Loss, LossOf, Reduction, SigmoidCrossEntropy, SoftmaxCrossEntropy, WithReduction } from "./model/loss.ts";

// training
export {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  gradientDescent,
  nadam,
  radam,
  rmsprop,
  sgd,
} from "./train/optimizer.ts";
export type {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  GradientDescent,
  Nadam,
  Optimizer,
  OptimizerOptions,
  Radam,
  Rmsprop,
  Sgd,
} from "./train/optimizer.ts";
export {
  constantRate,
  cosineDecay,
  cosineWarmRestarts,
  exponentialDecay,
  learningRateAt,
  linearRamp,
  oneCycle,
  polynomialDecay,
  reduceOnPlateau,
  stepDecay,
} from "./train/schedule.ts";
export type { PlateauState, Schedule, ScheduleOf, ScheduleOptions } from "./train/schedule.ts";
export { ema, swa } from "./train/average.ts";
export type { Average } from "./train/average.ts";
export { clipNorm, clipValue, regularization } from "./train/regularization.ts";
export type { Clipping, Regularization } from "./train/regularization.ts";
export { hiddenLayers, outputsFor, resolveTraining } from "./train/settings.ts";
export type { Task, TrainingSettings, TrainOptions } from "./train/settings.ts";
export type { Monitor, StoppingState } from "./train/stopping.ts";
export type { SetFigures } from "./train/figures.ts";
export { explainDiagnosis } from "./train/explain-diagnosis.ts";
export type { CurvePoint, Diagnosis, Evidence } from "./train/diagnosis.ts";
export type { Epoch, Progress, RunState } from "./train/progress.ts";
export type { Counters } from "./train/updater.ts";
export { startFit } from "./train/fit.ts";
export type { ThreadOptions } from "./train/team.ts";
export type { Arithmetic, Beginning, Fit, OnStep, TrainingSets } from "./train/fit.ts";
export type { WarmStart } from "./train/warm-start.ts";
export type { Decision, DecisionOptions, DecisionSettings } from "./train/decision.ts";
export { loadModel, saveModel } from "./train/model.ts";
export type { Model } from "./train/model.ts";
export type { Familiar, FamiliarFeatures, FamiliarRange } from "./train/familiar.ts";
export { withFamiliar } from "./train/familiarize.ts";
export type { Novelty } from "./train/novelty.ts";
export { predict } from "./train/predict.ts";
export type { ClassPredictions, MaskPredictions } from "./train/predict.ts";
export type { SamplingOptions, Uncertainty } from "./train/uncertainty.ts";
export { occlusion } from "./train/occlusion.ts";
export type { OcclusionOptions } from "./train/occlusion.ts";
export { saliency } from "./train/saliency.ts";
export type { ExplanationMaps, ExplanationOptions } from "./train/explained.ts";

// the three phases
export { openStudy, study } from "./study/study.ts";
export { verifyStudy } from "./study/verify.ts";
export type { Verification, VerifyOptions } from "./study/verify.ts";
export type { StudyProblem } from "./study/seal.ts";
export type {
  LearningCurve,
  LearningCurveOptions,
  LearningCurvePoint,
  OpenOptions,
  RefineOptions,
  Refinement,
  Study,
  StudyOptions,
  StudySets,
  TestOptions,
  TrainRunOptions,
} from "./study/options.ts";
export { readHistory } from "./study/keep.ts";
export { defaultRemedies, gentleAugmentation, strongAugmentation } from "./study/remedy.ts";
export type { Remedy } from "./study/remedy.ts";
export type { TrainingResult } from "./study/run.ts";
export type { LeakagePolicy } from "./study/leakage.ts";
export type { CertifiedIds, CommittedSet, Kept, LedgerEvent, RefinementTrial } from "./study/events.ts";
export type { LedgerEntry } from "./study/ledger.ts";
export type { Optimism } from "./study/comparison.ts";
export { memoryStorage } from "./storage/memory.ts";
export type { Storage } from "./storage/storage.ts";

// measures
export {
  accuracy,
  balancedAccuracy,
  confusionMatrix,
  dice,
  f1,
  jaccard,
  likeliestClasses,
  macro,
  negativePredictiveValue,
  precision,
  recall,
  specificity,
} from "./metrics/classification.ts";
export type { ClassMeasure, Confusion } from "./metrics/classification.ts";
export { micro, weighted } from "./metrics/averages.ts";
export { kappa, matthews } from "./metrics/agreement.ts";
export { calibrate, fitTemperature } from "./metrics/calibration.ts";
export { sensitivityThreshold, youdenThreshold } from "./metrics/thresholds.ts";
export type { Threshold } from "./metrics/thresholds.ts";
export { macroRocAuc, rocAuc, rocCurve } from "./metrics/curves.ts";
export type { RocCurve } from "./metrics/curves.ts";
export { averagePrecision, precisionRecallCurve } from "./metrics/precision-recall.ts";
export type { PrecisionRecallCurve } from "./metrics/precision-recall.ts";
export { brier, expectedCalibrationError, logLoss } from "./metrics/probability-scores.ts";
export { reliabilityCurve } from "./metrics/reliability.ts";
export type { ReliabilityCurve } from "./metrics/reliability.ts";
export { decisionCurve, netBenefit } from "./metrics/decision-curve.ts";
export type { DecisionCurve } from "./metrics/decision-curve.ts";
export { bootstrap, delong, wilson } from "./metrics/intervals.ts";
export type { Interval } from "./metrics/intervals.ts";
export type { ResampleOptions } from "./metrics/resamples.ts";
export { mcnemar, pairedDelong } from "./metrics/paired.ts";
export type { PairedAreas, PairedMistakes } from "./metrics/paired.ts";
export {
  maskConfusion,
  maskScores,
  meanDiceWithForeground,
  meanOfImages,
  volumeSimilarity,
} from "./metrics/segmentation.ts";
export type { MaskFigures, MaskScores, MeanOfImages } from "./metrics/segmentation.ts";
export { surfaceDistances } from "./metrics/surface.ts";
export type { SurfaceDistances } from "./metrics/surface.ts";
export type { Measure } from "./metrics/measure.ts";

// the report
export { reportMarkdown } from "./report/text.ts";
export type { Report } from "./report/record.ts";
export type { Opening } from "./report/openings.ts";
export type { Example, Examples, Picture, SignedPicture } from "./report/examples.ts";
export { namedFigures } from "./report/named-figures.ts";
export type { NamedFigure } from "./report/named-figures.ts";

export {
  DivergenceError,
  FormatError,
  LeakageError,
  SealedTestSetError,
  StorageError,
  StudyStateError,
  ThreadError,
} from "./errors.ts";
export type { LeakedPair } from "./errors.ts";
export { version } from "./version.ts";
