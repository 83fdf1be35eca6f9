// A table of images, path,label,group,set[,mask,weight], as the layout of the folder that it lies in.
import { parse } from "csv-parse/sync";
import { FormatError } from "../../errors.ts";
import type { Layout, Sample } from "./layout.ts";
import { inOrder, setOfName } from "./layout.ts";
import { MissingFileError } from "./place.ts";
import type { Place } from "./place.ts";

const columns = ["path", "label", "group", "set", "mask", "weight"] as const;
type Row = Readonly<Record<(typeof columns)[number], string>>;

/** Whether a CSV file's first line names the paths of images. */
export function isManifest(text: string): boolean {
  return separatorOf(text) !== null;
}

/** The sign that makes a column "path" of the first line: some spreadsheets write semicolons or tabs; null without one. */
function separatorOf(text: string): string | null {
  const [head = ""] = text.replace(/^\ufeff/, "").split(/\r?\n/, 1);
  const nameOf = (cell: string) => cell.trim().replace(/^"(.*)"$/, "$1").toLowerCase(); // prettier-ignore
  return [",", ";", "\t"].find((separator) => head.split(separator).some((cell) => nameOf(cell) === "path")) ?? null;
}

/**
 * @param name of the table, in error messages.
 * @param unreadable whether a file that is not there stops everything, or stays a sample, which will not be readable.
 * @throws FormatError that names the line: of a broken table, a path out of the folder, a set that is none, a gap.
 */
export async function manifestLayout(
  text: string,
  name: string,
  place: Place,
  unreadable: "stop" | "skip" = "stop",
): Promise<Layout> {
  const rows = parseRows(text, name);
  const fail = (line: number, what: string): never => {
    throw new FormatError(`${name}, line ${line}: expected ${what}`);
  };
  for (const column of ["label", "group", "set", "mask", "weight"] as const) {
    const filled = rows.filter(({ row }) => row[column] !== "");
    const gap = rows.find(({ row }) => row[column] === "");
    if (filled.length > 0 && gap) fail(gap.line, `a ${column} in every line or in none, got none`);
  }
  if (rows.every(({ row }) => weightOf(row.weight) === 0))
    fail(rows[0].line, "a weight above 0 in some line, got 0 in all");
  const samples: Sample[] = [];
  const seen = new Map<string, number>();
  const listed = new Map<string, Promise<unknown>>();
  const listOnce = (folder: string) => {
    const listing = listed.get(folder) ?? place.list(folder);
    listed.set(folder, listing);
    return listing;
  };
  for (const { row, line } of rows) {
    const at = async (path: string) => {
      if (path === "" || isOutside(path)) fail(line, `a path inside the folder of the table, got "${path}"`);
      const steps = path.split(/[/\\]/).filter((step) => step !== "" && step !== ".");
      const inside = steps.join("/");
      const { isFolder } = await place.locate(inside).catch((cause: unknown) => {
        if (unreadable === "skip" && cause instanceof MissingFileError) return { isFolder: false };
        throw cause instanceof FormatError
          ? new FormatError(`${name}, line ${line}: ${cause.message}`, { cause })
          : cause;
      });
      // The other half of a NIfTI pair is found by its name: it may not be a link out of the folder either.
      if (/\.(hdr|img)(\.gz)?$/i.test(inside)) await listOnce(inside.split("/").slice(0, -1).join("/"));
      return { path: inside, isFolder };
    };
    const image = await at(row.path);
    const before = seen.get(image.path);
    if (before !== undefined) fail(line, `each path once, got "${image.path}" in line ${before} already`);
    seen.set(image.path, line);
    const set = row.set === "" ? null : setOfName(row.set);
    if (set === undefined) fail(line, `train, validation or test as set, got "${row.set}"`);
    samples.push({
      ...image,
      label: row.label || null,
      group: row.group || null,
      set: set ?? null,
      mask: row.mask === "" ? null : await at(row.mask),
      ...(row.weight === ""
        ? {}
        : { weight: weightOf(row.weight) ?? fail(line, `a number of at least 0 as weight, got "${row.weight}"`) }),
    });
  }
  return { samples, classes: classesOf(samples) };
}

function parseRows(text: string, name: string): readonly { readonly row: Row; readonly line: number }[] {
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    records = parse(text, {
      columns: (head: string[]) => {
        const names = head.map((column) => column.trim().toLowerCase());
        const twice = names.find((column, i) => names.indexOf(column) < i);
        if (twice === undefined) return names;
        throw new FormatError(`${name}, line 1: expected each column once, got "${twice}" twice`);
      },
      delimiter: separatorOf(text) ?? ",",
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 1048576,
    }) as unknown as typeof records;
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${name}: expected a table of comma-separated values, got ${(cause as Error).message}`, {
      cause,
    });
  }
  if (records.length === 0) throw new FormatError(`${name}: expected a line for each image, got none`);
  const head = Object.keys(records[0].record);
  const unknown = head.find((column) => !(columns as readonly string[]).includes(column));
  if (!head.includes("path") || unknown !== undefined)
    throw new FormatError(
      `${name}: expected the columns ${columns.join(", ")} (path at least), got ${head.join(", ")}`,
    );
  return records.map(({ record, info }) => ({
    row: { path: "", label: "", group: "", set: "", mask: "", weight: "", ...record },
    line: info.lines,
  }));
}

/** Decimal digits, with or without a point and an exponent; null for what is no number of at least 0 in float32. */
function weightOf(text: string): number | null {
  const weight = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return Number.isFinite(Math.fround(weight)) ? weight : null;
}

/** Absolute paths of any system, and steps upwards anywhere. */
function isOutside(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes("..") || path.includes("\0");
}

function classesOf(samples: readonly Sample[]): string[] {
  const classes = [...new Set(samples.flatMap(({ label }) => (label === null ? [] : [label])))];
  return inOrder(classes);
}
