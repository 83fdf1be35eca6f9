// voxgrad inspect: what is in DATA, and which of its images stand in it twice.
import type { Command } from "commander";
import { Option } from "commander";
import type { AuditPair, Dataset, DatasetSplit } from "../index.ts";
import { saveFile } from "../io.ts";
import type { ShownImage } from "../report.ts";
import { command, limitOptions } from "./command.ts";
import type { Context } from "./command.ts";
import { limitsOf, readData } from "./data.ts";
import { inspectAugmentation } from "./inspect-augment.ts";
import { inspectImage, inspectSeries } from "./inspect-image.ts";
import { inspectionText, inspectSets, namedSets, placeText } from "./inspect-set.ts";
import type { Inspection } from "./inspect-set.ts";
import { readConfigFile } from "./place.ts";
import { flagsOf, resolveSettings } from "./settings.ts";
import { done } from "./output.ts";
import type { OutputOptions } from "./output.ts";

interface InspectFlags extends OutputOptions, Readonly<Record<string, unknown>> {
  readonly html?: string;
  readonly augment?: string;
  readonly config?: string;
  readonly maximumBytes?: string;
}

/** Pairs of each section of the page. */
const mostShown = 200;

export function inspect(): Command {
  const options = [
    new Option(
      "--html <FILE>",
      "writes a page with the pairs side by side; with --augment, images beside what is seen of them",
    ),
    new Option("--config <FILE>", "shows the images beside what training with this file of settings sees of them"),
    ...flagsOf("unreadable", "augment", "seed", "groupBy", "ratios"),
    ...limitOptions(),
  ];
  return command(
    "inspect",
    "what is in it: sizes, classes, intensities, groups, duplicates, leakage between the sets",
    options,
    act,
  ).argument(
    "<DATA>",
    "an image (PNG, JPEG, NIfTI, DICOM), a folder of one DICOM series, an .npz file of images, divided or not, or a folder of images",
  );
}

async function act(context: Context, flags: InspectFlags, path: string): Promise<number> {
  const { output } = context;
  const limits = limitsOf(flags);
  if (flags.augment !== undefined || flags.config !== undefined) {
    const file = flags.config === undefined ? null : await readConfigFile(flags.config);
    return inspectAugmentation(context, path, resolveSettings(flags, file), flags.html, limits);
  }
  if (await isOneImage(path)) return inspectImage(context, path, limits.maximumBytes);
  const series = await inspectSeries(context, path, limits.maximumBytes);
  if (series !== null) return series;
  const { unreadable } = resolveSettings(flags);
  const data = await readData(path, { ...limits, unreadable });
  const found = await inspectSets(data);
  const lines = [inspectionText(found, data)];
  if (flags.html !== undefined) {
    await saveFile(flags.html, new TextEncoder().encode(await pageOf(path, data, found)));
    lines.push(`The pairs side by side: ${flags.html}`);
  }
  output.result(lines.join("\n"), found);
  return done;
}

/** An ordinary file that is neither a zip file (.npz) nor a table of images. */
async function isOneImage(path: string): Promise<boolean> {
  const { open, stat } = await import("node:fs/promises");
  const there = await stat(path).catch(() => null);
  if (!there?.isFile() || /\.(npz|csv)$/i.test(path)) return false;
  const file = await open(path);
  const { buffer } = await file.read(new Uint8Array(2), 0, 2, 0).finally(() => file.close());
  return !(buffer[0] === 0x50 && buffer[1] === 0x4b); // "PK"
}

async function pageOf(
  path: string,
  data: Dataset | DatasetSplit,
  { leakage, duplicates }: Inspection,
): Promise<string> {
  // Loaded only where something is to be drawn.
  const [{ pairsHtml }, { pictureOf }, nodePath] = await Promise.all([
    import("../report.ts"),
    import("./picture.ts"),
    import("node:path"),
  ]);
  const sets = namedSets(data);
  const shown = async (place: AuditPair["a"]): Promise<ShownImage> => {
    const set = sets[place.set];
    const label = set.labels ? `class ${set.classes[set.labels[place.index]]}` : "";
    const group = set.groups ? `group ${set.groups[place.index]}` : "";
    const note = [label, group, set.names?.[place.index] ?? ""].filter((part) => part !== "").join(", ");
    return { name: placeText(place), note, picture: await pictureOf(set, place.index) };
  };
  const sectionOf = async (heading: string, meaning: string, found: readonly AuditPair[]) => {
    // What pixels were scaled by is nothing to look at.
    const pairs = found.filter(({ kind }) => kind !== "statistics");
    const drawn = [];
    for (const { kind, similarity, a, b } of pairs.slice(0, mostShown))
      drawn.push({ kind, similarity, a: await shown(a), b: await shown(b) });
    return {
      heading: `${heading}: ${pairs.length}`,
      meaning,
      pairs: drawn,
      more: Math.max(0, pairs.length - mostShown),
    };
  };
  const scaling = leakage.some(({ kind }) => kind === "statistics")
    ? " Beside them, the pixels were scaled by figures of other sets than the training set."
    : "";
  return pairsHtml({
    title: nodePath.basename(path),
    sections: [
      ...("train" in data
        ? [await sectionOf("Leakage, pairs across the sets", `A network that learned the one by heart knows the other.${scaling}`, leakage)] // prettier-ignore
        : []),
      await sectionOf("Duplicates, pairs inside a set", "What stands in a set twice counts twice.", duplicates),
    ],
  });
}
