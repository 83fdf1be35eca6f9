// voxgrad inspect: what is in DATA, and which of its images stand in it twice.
import type { Command } from "commander";
import { Option } from "commander";
import type { AuditPair, Dataset, DatasetSplit } from "../index.ts";
import { saveFile } from "../io.ts";
import type { ShownImage } from "../report.ts";
import { command, limitOption } from "./command.ts";
import type { Context } from "./command.ts";
import { maximumOf, readData } from "./data.ts";
import { inspectionText, inspectSets, namedSets, placeText } from "./inspect-set.ts";
import type { Inspection } from "./inspect-set.ts";
import { done } from "./output.ts";
import type { OutputOptions } from "./output.ts";

interface InspectFlags extends OutputOptions {
  readonly html?: string;
  readonly maximumBytes?: string;
}

/** Pairs of each section of the page. */
const mostShown = 200;

export function inspect(): Command {
  const options = [new Option("--html <FILE>", "writes a page with the pairs side by side"), limitOption()];
  return command(
    "inspect",
    "what is in it: sizes, classes, intensities, groups, duplicates, leakage between the sets",
    options,
    act,
  ).argument("<DATA>", "an .npz file of images, divided or not");
}

async function act({ output }: Context, flags: InspectFlags, path: string): Promise<number> {
  const data = await readData(path, maximumOf(flags));
  const found = await inspectSets(data);
  const lines = [inspectionText(found)];
  if (flags.html !== undefined) {
    await saveFile(flags.html, new TextEncoder().encode(await pageOf(path, data, found)));
    lines.push(`The pairs side by side: ${flags.html}`);
  }
  output.result(lines.join("\n"), found);
  return done;
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
  const shown = (place: AuditPair["a"]): ShownImage => {
    const set = sets[place.set];
    const label = set.labels ? `class ${set.classes[set.labels[place.index]]}` : "";
    const group = set.groups ? `group ${set.groups[place.index]}` : "";
    const note = [label, group].filter((part) => part !== "").join(", ");
    return { name: placeText(place), note, picture: pictureOf(set, place.index) };
  };
  const sectionOf = (heading: string, meaning: string, pairs: readonly AuditPair[]) => ({
    heading: `${heading}: ${pairs.length}`,
    meaning,
    pairs: pairs
      .slice(0, mostShown)
      .map(({ kind, similarity, a, b }) => ({ kind, similarity, a: shown(a), b: shown(b) })),
    more: Math.max(0, pairs.length - mostShown),
  });
  return pairsHtml({
    title: nodePath.basename(path),
    sections: [
      ...("train" in data
        ? [sectionOf("Leakage, pairs across the sets", "A network that learned the one by heart knows the other.", leakage)] // prettier-ignore
        : []),
      sectionOf("Duplicates, pairs inside a set", "What stands in a set twice counts twice.", duplicates),
    ],
  });
}
