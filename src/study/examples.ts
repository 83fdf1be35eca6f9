// Which images of a test set are shown one by one, and what is shown of them: the worst errors, the surest right answers.
import type { Dataset } from "../data/dataset.ts";
import { featuresOf } from "../data/dataset.ts";
import { bringToHand } from "../data/read-ahead.ts";
import { maskScores } from "../metrics/segmentation.ts";
import type { Example, Examples } from "../report/examples.ts";
import { plural } from "../report/format.ts";
import type { ReportInput } from "../report/record.ts";
import { subjectOf } from "../train/explained.ts";
import type { ExplanationMaps, Subject } from "../train/explained.ts";
import type { Model } from "../train/model.ts";
import { occlusionGrid, occlusionOf } from "../train/occlusion.ts";
import { predict } from "../train/predict.ts";
import { saliencyOf } from "../train/saliency.ts";
import { grayPicture, maskPicture, planeOf, signedPicture } from "./plane.ts";

/** Images of each kind. */
const most = 6;

/** Multiplications that painting over may take, for all images together: half a minute or so. Beyond, there are no maps. */
const mostProducts = 2e11;

/** What is known of one image before it is explained. */
interface Chosen {
  readonly index: number;
  /** The class index that was predicted; null for masks. */
  readonly called: number | null;
  readonly dice: number | null;
}

/**
 * Up to six of the worst errors and six of the surest right answers, with pictures and maps. Errors are in the order of the
 * probability of the wrong answer, for masks of Dice; images that are alike in that are in the order of the set.
 *
 * @param predictions of the test set's images, as the report has them.
 */
export async function examplesOf(
  model: Model,
  set: Dataset,
  predictions: ReportInput["predictions"],
): Promise<Examples> {
  const { worst, best } =
    predictions.task === "classification" ? chooseLabels(predictions) : chooseMasks(predictions.confusions);
  const chosen = [...worst, ...best];
  if (chosen.length === 0) return { worst: [], best: [] };
  const indexes = chosen.map(({ index }) => index);
  const classOf = model.task === "classification" ? (place: number) => chosen[place].called ?? 0 : null;
  const subject = await subjectOf("test", model, set, indexes, classOf);
  const saliency = await saliencyOf(model, subject);
  const occlusion =
    productsOf(model, subject) <= mostProducts ? await occlusionOf(model, subject, { measure: "logOdds" }) : null;
  const masks = model.task === "segmentation" ? await predictedMasks(model, subject) : null;
  const examples: Example[] = [];
  for (const [place, one] of chosen.entries()) {
    await bringToHand(subject.set, place);
    const mask = masks ? masks.subarray(place * set.maskLength, (place + 1) * set.maskLength) : null;
    const probability =
      predictions.task === "classification"
        ? predictions.probabilities[one.index * model.classes.length + (one.called ?? 0)]
        : subject.probabilities[place];
    examples.push(drawExample(model, subject, place, one, probability, saliency, occlusion, mask));
  }
  return { worst: examples.slice(0, worst.length), best: examples.slice(worst.length) };
}

function chooseLabels({
  truth,
  probabilities,
  threshold,
}: Extract<ReportInput["predictions"], { task: "classification" }> & { readonly threshold?: number | null }) {
  const classes = probabilities.length / truth.length;
  const answers = Array.from(truth, (label, index) => {
    const own = Array.from(probabilities.subarray(index * classes, (index + 1) * classes));
    const called =
      classes === 2 && typeof threshold === "number" ? Number(own[1] >= threshold) : own.indexOf(Math.max(...own));
    return { index, called, dice: null, probability: own[called], isRight: called === label };
  }).sort((a, b) => b.probability - a.probability || a.index - b.index);
  return {
    worst: answers.filter(({ isRight }) => !isRight).slice(0, most),
    best: answers.filter(({ isRight }) => isRight).slice(0, most),
  };
}

/** Images whose two masks are both empty have no Dice, and are not shown. */
function chooseMasks(confusions: Extract<ReportInput["predictions"], { task: "segmentation" }>["confusions"]) {
  const scored = confusions
    .map((confusion, index) => ({ index, called: null, dice: maskScores(confusion).mean.dice.value }))
    .filter(({ dice }) => dice !== null)
    .sort((a, b) => (a.dice ?? 0) - (b.dice ?? 0) || a.index - b.index);
  // Of a few images none is both among the worst and among the best.
  const half = Math.ceil(scored.length / 2);
  const best = scored.slice(half).reverse();
  return { worst: scored.slice(0, Math.min(most, half)), best: best.slice(0, most) };
}

/** What going forward with every patch painted over takes, of all images. */
function productsOf({ network, patches }: Model, { set, geometry }: Subject): number {
  const passes = occlusionGrid(geometry, set.shape).corners.length * (patches ? geometry.corners.length : 1);
  return set.length * passes * network.weightCount;
}

/** (images, voxels), class indexes. */
async function predictedMasks(model: Model, { set }: Subject): Promise<Uint8Array> {
  const said = await predict(model, set);
  if (said.task !== "segmentation") throw new TypeError("test: expected masks, got classes");
  return Uint8Array.from(said.masks, (value) => model.maskClasses.indexOf(value) + 1);
}

function drawExample(
  { classes, maskClasses }: Model,
  { set, geometry }: Subject,
  place: number,
  { index, called, dice }: Chosen,
  probability: number,
  saliency: ExplanationMaps,
  occlusion: ExplanationMaps | null,
  predictedMask: Uint8Array | null,
): Example {
  const voxels = geometry.imageVoxels;
  const pixels = new Float32Array(featuresOf(set));
  set.read(place, pixels, 0);
  const mask = set.maskLength === voxels ? new Uint8Array(voxels) : null;
  if (mask) set.readMask(place, mask, 0);
  const marks = predictedMask ? predictedMask.map((value, voxel) => value | (mask?.[voxel] ?? 0)) : mask;
  const plane = planeOf(geometry.axes, marks);
  const mapOf = ({ maps }: ExplanationMaps) =>
    signedPicture(plane, maps.subarray(place * voxels, (place + 1) * voxels));
  const words = (of: Uint8Array | null) => (of ? foregroundOf(of, maskClasses) : "");
  return {
    index,
    truth: called === null ? words(mask) : classes[set.labels?.[place] ?? 0],
    predicted: called === null ? words(predictedMask) : classes[called],
    probability,
    ...(dice === null ? {} : { dice }),
    picture: grayPicture(plane, pixels, geometry.colours),
    saliency: mapOf(saliency),
    occlusion: occlusion && mapOf(occlusion),
    ...(mask ? { mask: maskPicture(plane, mask) } : {}),
    ...(predictedMask ? { predictedMask: maskPicture(plane, predictedMask) } : {}),
  };
}

/** "mask 1: 34 voxels, mask 2: 5 voxels", or "no foreground". */
function foregroundOf(mask: Uint8Array, maskClasses: readonly number[]): string {
  const counts = maskClasses.map((_, k) => mask.reduce((sum, value) => sum + (value === k + 1 ? 1 : 0), 0));
  const parts = counts.flatMap((count, k) => (count > 0 ? [`mask ${maskClasses[k]}: ${plural(count, "voxel")}`] : []));
  return parts.length > 0 ? parts.join(", ") : "no foreground";
}
