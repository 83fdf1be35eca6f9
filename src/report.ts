// voxgrad/report: reports as pages. What draws their charts is bundled with them; the core stays free of it.
export { reportHtml } from "./report/html.ts";
export { pairsHtml } from "./report/pairs-html.ts";
export type { PairsPage, ShownImage, ShownPair } from "./report/pairs-html.ts";
export { augmentationHtml } from "./report/augment-html.ts";
export type { AugmentationPage, AugmentedRow, PictureOfDraw, PlanePicture } from "./report/augment-html.ts";
export { maskOutline } from "./report/outline.ts";

// What a report's record is made of.
export type { Phase, SetSummary, WeightSpread } from "./report/record.ts";
export type {
  ClassFigures,
  ConfusionFigure,
  Figure,
  ImagesFigure,
  IntervalMeasure,
  Metrics,
  RocPoints,
} from "./report/figure.ts";
export type { Baseline } from "./report/baselines.ts";
export type { Curves, DecisionPoints, PrecisionRecallPoints, ReliabilityPoints } from "./report/label-curves.ts";
export type { ProbabilityFigures } from "./report/label-figures.ts";
export type { PartFigures, UnlikeTraining } from "./report/unlike.ts";
export type { ImageMaskFigures } from "./report/mask-images.ts";
export type { MaskSizes } from "./report/mask-sizes.ts";
export type { ClaimItem } from "./report/claim.ts";
export type { ModelCardPart } from "./report/model-card.ts";
