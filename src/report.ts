// voxgrad/report: reports as pages. What draws their charts is bundled with them; the core stays free of it.
export { reportHtml } from "./report/html.ts";
export { pairsHtml } from "./report/pairs-html.ts";
export type { PairsPage, ShownImage, ShownPair } from "./report/pairs-html.ts";
export { augmentationHtml } from "./report/augment-html.ts";
export type { AugmentationPage, AugmentedRow, PictureOfDraw, PlanePicture } from "./report/augment-html.ts";
export { maskOutline } from "./report/outline.ts";
