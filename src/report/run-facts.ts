// What a record says of a run, read with care: settings and phases are plain JSON, and of earlier versions some lack.
import type { Figure } from "./figure.ts";
import type { Phase, Report } from "./record.ts";

/** A value of JSON of which nothing is known yet. */
export type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The settings of training; empty where they are not on record. */
export function trainingOf({ settings }: Report): Plain {
  const { training } = settings as Plain;
  return isPlain(training) ? training : (settings as Plain);
}

/** How the data was divided; empty where it is not on record. */
export function divisionOf({ settings }: Report): Plain {
  const { division } = settings as Plain;
  return isPlain(division) ? division : {};
}

/** The last entry of the ledger with this event; undefined where there is none. */
export function phaseOf({ phases }: Report, event: string): (Phase & Plain) | undefined {
  return phases.findLast((phase): phase is Phase & Plain => phase.event === event);
}

export function numberIn(value: Plain | undefined, key: string): number | null {
  const found = value?.[key];
  return typeof found === "number" ? found : null;
}

export function textIn(value: Plain | undefined, key: string): string | null {
  const found = value?.[key];
  return typeof found === "string" ? found : null;
}

export function listIn(value: Plain | undefined, key: string): readonly unknown[] {
  const found = value?.[key];
  return Array.isArray(found) ? found : [];
}

/** How often the seal was broken: 1 unless it was opened again. */
export function timesOpenedOf(report: Report): number {
  const { openings } = report as { readonly openings?: readonly unknown[] };
  const again = report.phases.filter(({ event }) => event === "test opened").length;
  return Math.max(1, openings?.length ?? again);
}

/** A figure of the test set by its key; null where the record has none. */
export function figureOf({ metrics }: Report, key: string): Figure | null {
  return (metrics as unknown as Readonly<Record<string, Figure | undefined>>)[key] ?? null;
}

/** "rotate 10 degrees" of { kind: "rotate", degrees: 10, axis: "all", probability: 1 }: its kind, and what has a value. */
export function titleOfKind(value: unknown): string {
  if (!isPlain(value)) return String(value);
  const { kind, ...rest } = value;
  const parts = Object.entries(rest)
    .filter(([, part]) => part !== null && part !== false && !isPlain(part))
    .map(([key, part]) => `${wordsOf(key)} ${valueOf(part)}`);
  return [String(kind), ...(parts.length > 0 ? [`(${parts.join(", ")})`] : [])].join(" ");
}

function valueOf(part: unknown): string {
  if (!Array.isArray(part)) return String(part);
  return part.length > 8 ? `${part.length} values` : part.join(", ");
}

/** `weightDecay` -> `weight decay` */
function wordsOf(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
