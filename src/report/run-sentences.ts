// What a run can say of itself, in whole sentences: what the CLAIM checklist and the model card are filled from.
import { count, decimal, plural, range, time } from "./format.ts";
import type { Report } from "./record.ts";
import {
  divisionOf,
  figureOf,
  isPlain,
  listIn,
  numberIn,
  phaseOf,
  textIn,
  timesOpenedOf,
  titleOfKind,
  trainingOf,
} from "./run-facts.ts";
import { namedFigures } from "./named-figures.ts";

const setNames = ["train", "validation", "test"] as const;
const spokenSets = { train: "training", validation: "validation", test: "test" } as const;

/** "classification into healthy, tumour", "segmentation of mask 1". */
export function taskSentence({ task, classes, settings }: Report): string {
  const shape = listIn(settings as Record<string, unknown>, "shape");
  const of = shape.length > 0 ? ` of images of ${shape.join("x")} values` : "";
  return task === "classification"
    ? `Classification${of} into ${plural(classes.length, "class").replace(/classs$/, "classes")}: ${classes.join(", ")}.`
    : `Segmentation${of}: each voxel is background or ${classes.join(", ")}.`;
}

/** Sizes and classes of the three sets. */
export function setSentences({ sets, classes, task }: Report): string {
  return setNames
    .map((name) => {
      const { size, classCounts, groups } = sets[name] as Report["sets"]["test"] & {
        readonly groups?: { readonly count: number };
      };
      const counts = classes.map((each, k) => `${count(classCounts[k])} ${each}`).join(", ");
      const of = groups ? ` of ${plural(groups.count, "group")}` : "";
      return `${capital(spokenSets[name])} set: ${plural(size, "image")}${of} (${task === "segmentation" ? "with " : ""}${counts}).`;
    })
    .join(" ");
}

/** How images came into the sets. */
export function divisionSentence(report: Report): string {
  const division = divisionOf(report);
  const { settings } = report;
  const ratios = listIn(division, "ratios");
  const seed = numberIn(division, "seed") ?? report.seed;
  const groupBy = textIn(division, "groupBy");
  const more = phaseOf(report, "split")?.["moreData"];
  const second = isPlain(more) ? ` A second set of ${count(numberIn(more, "size") ?? 0)} images joined the training set alone.` : "";
  if (ratios.length === 0 && Object.keys(settings).length === 0) return "How the sets were divided is not on record.";
  return (
    `Where the data was not divided beforehand: at random from seed ${seed}, in parts of ${ratios.join(", ")}, the classes ` +
    `balanced between the sets as far as ${groupBy === null ? "their numbers" : "groups"} allow.${second} ` +
    "The sets were committed to by SHA-256 before training."
  );
} // prettier-ignore

/** The level at which the sets are disjoint, and what the audit for leakage found. */
export function auditSentences(report: Report): string {
  const groupBy = textIn(divisionOf(report), "groupBy");
  const level =
    groupBy === "similarity"
      ? "Images of one group (patient), and near copies, are in one set, where the data names groups."
      : groupBy === "patient"
        ? "Images of one group (patient) are in one set, where the data names groups."
        : "Images were divided one by one: groups such as patients were not kept together.";
  const audited = phaseOf(report, "audited");
  if (!audited) return `${level} No audit for leakage is on record.`;
  const pairs = isPlain(audited["pairs"]) ? audited["pairs"] : {};
  const found = Object.entries(pairs).filter(([, number]) => typeof number === "number" && number > 0);
  const threshold = numberIn(audited, "threshold");
  const looked = threshold === null ? "" : ` Near copies are images that correlate from ${threshold} on.`;
  if (found.length === 0)
    return `${level} An audit before training compared all sets and found no image, near copy, flipped copy or group in two of them.${looked}`;
  const kinds = found.map(([kind, number]) => `${count(number as number)} ${kind}`).join(", ");
  const became = { drop: "the copies were left out of training or validation", allow: "training went on all the same" };
  const policy = textIn(audited, "leakage") as keyof typeof became | null;
  return `${level} An audit before training found pairs across sets: ${kinds}; ${policy ? became[policy] : "what became of them is not on record"}.${looked}`;
}

/** What was done to pixels before the network saw them. */
export function preprocessingSentence(report: Report): string {
  const { preprocessing } = report.settings as { readonly preprocessing?: readonly unknown[] };
  const { normalization } = trainingOf(report);
  const steps = preprocessing?.map(titleOfKind) ?? [];
  const read =
    preprocessing === undefined
      ? "What was done to the images before they were read is not on record."
      : steps.length === 0
        ? "Images were read as they are."
        : `When they were read: ${steps.join(", ")}.`;
  const scaled = typeof normalization === "string" ? normalization : isPlain(normalization) ? normalization["kind"] : null;
  return typeof scaled === "string"
    ? `${read} Pixels were scaled by ${scaled}, ${isPlain(normalization) ? "with figures that were given" : "fitted on the training set alone"}.`
    : read;
} // prettier-ignore

export function unreadableSentence(report: Report): string {
  const unreadable = phaseOf(report, "split")?.["unreadable"];
  const files = isPlain(unreadable) ? (numberIn(unreadable, "count") ?? 0) : 0;
  return files === 0
    ? "No image was left out as unreadable, and no pixel was missing: images with a pixel that is no finite number are refused."
    : `${plural(files, "file")} could not be read and ${files === 1 ? "was" : "were"} left out. Among the others no pixel was missing: images with a pixel that is no finite number are refused.`;
}

export function networkSentence(report: Report): string {
  const { network, patches } = trainingOf(report);
  const layers = isPlain(network) ? listIn(network, "layers") : [];
  if (layers.length === 0) return "The network is not on record.";
  const input = isPlain(network) ? listIn(network, "input") : [];
  const said = layers.map((layer) => {
    if (!isPlain(layer)) return String(layer);
    const { kind, outputs, rate } = layer;
    return [kind, outputs, rate].flatMap((part) => (part === undefined ? [] : [titleOfKind(part)])).join(" ");
  });
  const parts = isPlain(patches) ? ` It sees ${titleOfKind({ kind: "patches", ...patches })}.` : "";
  return `A feed-forward network${input.length > 0 ? ` of ${input.join("x")} inputs` : ""}, layer by layer: ${said.join(", ")}.${parts}`;
}

export function initializationSentence(report: Report): string {
  const training = trainingOf(report);
  const { network, from, freeze } = training;
  const kinds = isPlain(network)
    ? listIn(network, "layers").flatMap((layer) =>
        isPlain(layer) && isPlain(layer["weightInitializer"]) ? [titleOfKind(layer["weightInitializer"])] : [],
      )
    : [];
  const seed = numberIn(training, "seed") ?? report.seed;
  const frozen = Array.isArray(freeze) && freeze.length > 0 ? ` Frozen: ${freeze.join(", ")}.` : "";
  return from === null || from === undefined
    ? `Weights were drawn at random (${[...new Set(kinds)].join(", ") || "initializers not on record"}) from seed ${seed}.${frozen}`
    : `Weights were taken from another model where name and shape agree, the others drawn from seed ${seed}.${frozen}`;
}

export function trainingSentences(report: Report): string {
  const training = trainingOf(report);
  const { optimizer, schedule, loss, regularization, augment, average, clip, patience } = training;
  const changes = Array.isArray(augment) ? augment.map(titleOfKind) : [];
  const drops = isPlain(training["network"]) ? listIn(training["network"], "layers").filter((layer) => isPlain(layer) && /dropout/i.test(String(layer["kind"]))).length : 0;
  const parts = [
    isPlain(loss) ? `Loss: ${titleOfKind(loss)}.` : "",
    isPlain(optimizer) ? `Optimizer: ${titleOfKind(optimizer)}.` : "",
    isPlain(schedule) ? `Learning rate: ${titleOfKind(schedule)}.` : "",
    numberIn(training, "epochs") === null ? "" : `At most ${count(numberIn(training, "epochs") ?? 0)} epochs of batches of ${count(numberIn(training, "batchSize") ?? 0)}${typeof patience === "number" ? `, stopped after ${patience} without a better validation figure` : ""}.`,
    changes.length > 0 ? `Augmentation, drawn anew in every epoch: ${changes.join(", ")}.` : "No augmentation.",
    drops > 0 ? `Dropout in ${plural(drops, "layer")}.` : "No dropout.",
    isPlain(regularization) ? `Penalties: l1 ${String(regularization["l1"])}, l2 ${String(regularization["l2"])}.` : "",
    isPlain(average) ? `Weights averaged: ${titleOfKind(average)}.` : "",
    isPlain(clip) ? `Gradients clipped: ${titleOfKind(clip)}.` : "",
    isPlain(phaseOf(report, "refined")) ? `Refined afterwards on the validation set; kept was: ${textIn(phaseOf(report, "refined"), "kept") ?? "not on record"}.` : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
} // prettier-ignore

/** What was chosen on the validation set, and how often it was looked at. */
export function selectionSentences(report: Report): string {
  const training = trainingOf(report);
  const { decision } = report as { readonly decision?: unknown };
  const looks = numberIn(phaseOf(report, "test opened"), "validationLookUps");
  const by = textIn(training, "monitor") ?? "the monitored figure";
  const chosen = report.bestEpoch > 0 ? `epoch ${count(report.bestEpoch)}` : "an epoch not on record";
  const frozen = isPlain(decision)
    ? ` Frozen with it: temperature ${short(numberIn(decision, "temperature"))}, threshold ${decision["threshold"] === null ? "none (the likeliest class)" : short(numberIn(decision, "threshold"))} by the rule ${textIn(decision, "rule") ?? "not on record"}.`
    : "";
  return (
    `The weights of ${chosen}, the best by validation ${by}.${frozen}` +
    (looks === null ? "" : ` Validation figures were looked at ${plural(looks, "time")} before the test set was opened.`)
  );
} // prettier-ignore

/** Each figure with its interval. @param only of these names; all when left out. */
export function figureSentences(report: Report, only: RegExp = /./): string {
  return namedFigures(report)
    .filter(({ name }) => only.test(name))
    .map(({ name, figure: { value, interval, reason } }) =>
      value === null
        ? `${name}: undefined, ${reason ?? "no reason on record"}.`
        : `${name}: ${decimal(value)}${interval ? ` (95 % interval ${range(interval)})` : ""}.`,
    )
    .join(" ");
}

export function intervalSentence(report: Report): string {
  const methods = new Set(
    namedFigures(report).flatMap(({ figure: { method, interval } }) => {
      const how = /95 % (.*)$/.exec(method)?.[1];
      return interval && how ? [how] : [];
    }),
  );
  return methods.size > 0
    ? `Intervals at 95 %: ${[...methods].join("; ")}. No hypothesis was tested.`
    : "No interval could be made.";
}

export function openingSentence(report: Report): string {
  const times = timesOpenedOf(report);
  const often = times === 1 ? "once" : `${count(times)} times`;
  return `The test set of ${plural(report.testSet.size, "image")} was sealed at the split and opened ${often}, ${times === 1 ? "" : "first "}on ${time(report.testSet.opened)}, after training and every choice.`;
}

export function softwareSentence({ voxgrad, phases }: Report): string {
  const ended = phases.findLast(({ event }) => event === "training ended") as Readonly<Record<string, unknown>> | undefined;
  const mode = textIn(ended, "numericMode");
  return `voxgrad ${voxgrad}, its kernels in WebAssembly; no other library takes part in training.${mode === null ? "" : ` Numeric mode ${mode}.`}`;
} // prettier-ignore

export function baselineOf(report: Report): string {
  return `${report.baseline.name}: accuracy ${decimal(report.baseline.accuracy)}`;
}

/** What is wrong how often, of two classes; of more, the matrix says. */
export function errorSentence(report: Report): string {
  const { metrics, classes, task } = report;
  const { value } = metrics.confusion;
  const noun = task === "segmentation" ? "voxel" : "image";
  const names = task === "segmentation" ? ["background", ...classes] : classes;
  const wrong = value.flatMap((row, truth) => row.flatMap((cell, said) => (truth !== said && cell > 0 ? [{ truth, said, cell }] : [])));
  if (wrong.length === 0) return `No error on the test set.`;
  const most = [...wrong].sort((a, b) => b.cell - a.cell).slice(0, 4);
  const list = most.map(({ truth, said, cell }) => `${plural(cell, noun)} of ${names[truth]} called ${names[said]}`);
  const rest = wrong.length > most.length ? `, and ${wrong.length - most.length} other kinds of error` : "";
  const { examples } = report as { readonly examples?: unknown };
  return `Errors: ${list.join("; ")}${rest}.${examples ? " The most confident errors are shown as images in the report." : ""}`;
} // prettier-ignore

/** The key figure of the task. */
export function keyFigure(report: Report): string {
  const key = report.task === "segmentation" ? "dice" : "rocAuc";
  const found = figureOf(report, key);
  const name = report.task === "segmentation" ? "mean Dice" : "ROC AUC";
  return found?.value == null ? `${name} undefined` : `${name} ${decimal(found.value)}${found.interval ? ` (${range(found.interval)})` : ""}`;
} // prettier-ignore

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function short(value: number | null): string {
  return value === null ? "not on record" : `${Number(value.toPrecision(4))}`;
}
