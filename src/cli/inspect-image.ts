// What voxgrad inspect says of one image: format, shape, type, spacing, range, and the SHA-256 of its values.
import { factsOf, FormatError } from "../index.ts";
import type { Image, ImageFacts } from "../index.ts";
import { readImage, readSeries } from "../io.ts";
import type { Context } from "./command.ts";
import { done } from "./output.ts";

/** Inspects one image file. @throws FormatError for what is none. */
export async function inspectImage(context: Context, path: string, maximumBytes?: number): Promise<number> {
  return say(context, path, await readImage(path, maximumBytes === undefined ? {} : { maximumBytes }));
}

/** Inspects a folder that holds the slices of one DICOM series and nothing else: one volume. null for other folders. */
export async function inspectSeries(context: Context, path: string, maximumBytes?: number): Promise<number | null> {
  const { readdir } = await import("node:fs/promises");
  const nodePath = await import("node:path");
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const visible = entries.filter(({ name }) => !name.startsWith("."));
  if (visible.length < 2 || !visible.every((entry) => entry.isFile())) return null;
  const files = visible.map(({ name }) => nodePath.join(path, name)).sort();
  const limit = maximumBytes === undefined ? {} : { maximumBytes };
  try {
    // Of other files the first already says so.
    if (!(await readImage(files[0], limit)).dicom) return null;
    const volumes = await readSeries(files, limit);
    return volumes.length === 1 ? await say(context, path, volumes[0]) : null;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

async function say({ output }: Context, path: string, image: Image): Promise<number> {
  const facts = await factsOf(image);
  output.result(factsText(path, facts), facts);
  return done;
}

function factsText(path: string, facts: ImageFacts): string {
  const { format, shape, type, bigEndian, spacing, affine, minimum, maximum, sum, sha256 } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ["format", format],
    ["shape", `${shape.join(" x ")} (x first)`],
    ["type", `${type}${bigEndian ? ", stored with the high byte first" : ""}`],
    ["spacing", spacing ? spacing.join(" x ") : "not said"],
    ["affine", affine ? affine.map((row) => `[${row.join(", ")}]`).join(" ") : "not said"],
    ["values", minimum === null || maximum === null ? "none is finite" : `${minimum} to ${maximum}, sum ${sum}`],
    ["SHA-256", sha256],
  ];
  return [path, ...rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`)].join("\n");
}
