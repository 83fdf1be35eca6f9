// voxgrad inspect --augment: images beside what the network will see of them, as a page.
import { augmented, checkAugmentation, similarityGroups, split, subset } from "../index.ts";
import type { Augmentation, AugmentationRecord, AugmentedImage, Dataset, DatasetSplit } from "../index.ts";
import { saveFile } from "../io.ts";
import type { PictureOfDraw } from "../report.ts";
import { augmentationOf } from "./augment.ts";
import type { Context } from "./command.ts";
import { readData } from "./data.ts";
import type { ReadOptions } from "./data.ts";
import { done } from "./output.ts";
import { preprocessingOf } from "./reading-settings.ts";
import { patchesOf } from "./recipe.ts";
import { recordText } from "./record-text.ts";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage.ts";

/** Images on the sheet, and epochs of each. */
const mostImages = 8;
const mostEpochs = 5;

/** One image of the sheet, as --json has it. */
interface Preview {
  /** Its number in the training set, or the patch's among the set's patches. */
  readonly index: number;
  readonly name: string;
  /** What is drawn for it, epoch after epoch. */
  readonly draws: readonly AugmentationRecord[];
}

const isMixed = ({ kind }: Augmentation) => kind === "mixup" || kind === "cutmix";

/** @throws UsageError when there is nothing to show, or nowhere to show it. */
export async function inspectAugmentation(
  { output }: Context,
  path: string,
  settings: Settings,
  html: string | undefined,
  limits: ReadOptions,
): Promise<number> {
  if (settings.augment.length === 0)
    throw new UsageError(
      'inspect: expected a list, as in --augment rotate=10,flip=x, or a --config FILE with "augment", got none',
    );
  if (html === undefined)
    throw new UsageError("--augment: expected --html FILE beside it, where the images are to be shown");
  const { unreadable } = settings;
  const data = await readData(path, { ...limits, preprocessing: preprocessingOf(settings), unreadable });
  const train = await trainingSet(data, settings);
  const list = settings.augment.map(augmentationOf);
  checkAugmentation(list, train, patchesOf(settings));
  const { rows, previews } = await rowsOf(train, list, settings);
  const [{ augmentationHtml }, nodePath] = await Promise.all([import("../report.ts"), import("node:path")]);
  const page = augmentationHtml({
    title: nodePath.basename(path),
    facts: [
      ["augment", settings.augment.join(", ")],
      ["seed", `${settings.seed}`],
      ["training images", `${train.length}`],
      ...(list.some(isMixed) ? [["not shown", "mixup, cutmix: they take two images of a batch"] as const] : []),
    ],
    classes: train.maskClasses.map((value) => `${value}`),
    rows,
  });
  await saveFile(html, new TextEncoder().encode(page));
  output.result(
    `${previews.length} of ${train.length} training images, each in ${mostEpochs} epochs of seed ${settings.seed}: ${html}`,
    { augment: settings.augment, seed: settings.seed, images: previews },
  );
  return done;
}

/** The images that a study of these settings trains on, as it numbers them; what --leakage drop leaves out is there yet. */
async function trainingSet(data: Dataset | DatasetSplit, { seed, ratios, groupBy }: Settings): Promise<Dataset> {
  if ("train" in data) return data.train;
  const { length, labels, classes } = data;
  const groups = groupBy === null ? null : groupBy === "similarity" ? await similarityGroups(data) : data.groups;
  return subset(data, split({ length, labels, classes, groups }, { seed, ratios }).train);
}

async function rowsOf(train: Dataset, list: readonly Augmentation[], settings: Settings) {
  const { seed } = settings;
  const patches = patchesOf(settings);
  const perImage = patches?.perImage ?? 1;
  const own = list.filter((one) => !isMixed(one));
  const count = Math.min(mostImages, train.length);
  const rows = [];
  const previews: Preview[] = [];
  for (let place = 0; place < count; place++) {
    const image = Math.floor((place * train.length) / count);
    const index = image * perImage;
    const name = `image ${image}`;
    const seen = (augment: readonly Augmentation[], epoch: number) =>
      augmented(train, index, { augment, seed, epoch, patches });
    const original = await seen([], 1);
    const draws = [];
    for (let epoch = 1; epoch <= mostEpochs; epoch++) draws.push(await seen(list, epoch));
    const texts = draws.map(({ record }) => recordText(record, own));
    const label = train.labels ? `class ${train.classes[train.labels[image]]}` : "";
    const note = [label, train.names?.[image] ?? ""].filter((part) => part !== "").join(", ");
    rows.push({ name, note, pictures: await picturesOf(train, [original, ...draws], ["", ...texts]) });
    previews.push({ index, name: train.names?.[image] ?? name, draws: draws.map(({ record }) => record) });
  }
  return { rows, previews };
}

/** @param seen the original first. */
async function picturesOf(
  { maskClasses }: Dataset,
  seen: readonly AugmentedImage[],
  notes: readonly string[],
): Promise<PictureOfDraw[]> {
  // Loaded only where something is to be drawn.
  const { drawPlane, outlineOf, planesOf, rangeOf } = await import("./picture.ts");
  const range = rangeOf(seen.flatMap(({ pixels }) => rangeOf(pixels)));
  return seen.map(({ pixels, mask, shape, colours }, place) => {
    const planes = planesOf(colours > 1 ? shape.slice(0, -1) : shape).map((plane) => ({
      name: plane.across === "" ? "" : `middle slice across ${plane.across}`,
      picture: drawPlane(plane, pixels, colours, range),
      width: plane.width,
      height: plane.height,
      outlines: mask ? maskClasses.map((_, k) => outlineOf(plane, mask, k + 1)) : [],
    }));
    return { name: place === 0 ? "original" : `epoch ${place}`, note: notes[place], planes };
  });
}
