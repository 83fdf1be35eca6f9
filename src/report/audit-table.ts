// What the audit found before anything was learned: pairs of images that stand in two sets, by kind.
import { count, plural } from "./format.ts";
import { markup, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { Phase, Report } from "./record.ts";

type SetName = "train" | "validation" | "test";

/** What the ledger says of the audit; fields may be missing where a ledger was written by another version. */
interface Audited {
  readonly leakage?: string;
  readonly threshold?: number | null;
  readonly pairs?: Readonly<Record<string, number>>;
  readonly images?: Readonly<Partial<Record<SetName, number>>>;
  readonly dropped?: Readonly<Partial<Record<SetName, { readonly size: number }>>>;
}

export interface AuditWords {
  /** What was compared, what was found, what became of it. */
  readonly sentences: readonly string[];
  /** Kind, what it means, and how many pairs. */
  readonly rows: readonly (readonly [kind: string, meaning: string, pairs: number])[];
}

const kinds: readonly (readonly [kind: string, name: string, meaning: string])[] = [
  ["exact", "same image", "the same pixels in two sets"],
  ["label", "same image, other label", "the same pixels, with another answer in each set"],
  ["near", "near copy", "the same picture, brighter, noisier, shifted a little or resampled"],
  ["flipped", "flipped or turned copy", "a near copy once it is flipped or turned by quarters"],
  ["group", "patient in two sets", "images of one group in two sets"],
  ["statistics", "scaling by other sets", "pixels that were scaled by figures of other sets than the training set"],
];

/** Null where no audit is on record. */
export function auditWords({ phases }: Report): AuditWords | null {
  const audited: (Phase & Audited) | undefined = phases.find(({ event }) => event === "audited");
  if (!audited?.pairs) return null;
  const { pairs, leakage, threshold, images, dropped } = audited;
  const all = Object.values(pairs).reduce((sum, pair) => sum + pair, 0);
  const near = typeof threshold === "number" ? ` Near copies are those whose correlation is at least ${threshold}.` : threshold === null ? " Near copies were not looked for." : ""; // prettier-ignore
  const found =
    all === 0
      ? "Before anything was learned the three sets were compared, and no image, copy or patient was found in two of them."
      : `Before anything was learned the three sets were compared, and ${plural(all, "pair")} found that stand in two of them: ${count(images?.train ?? 0)} training, ${count(images?.validation ?? 0)} validation and ${plural(images?.test ?? 0, "test image")}.`;
  return {
    sentences: [found + near, ...(all === 0 ? [] : [becameOf(leakage, dropped)])].filter((text) => text !== ""),
    rows: kinds.flatMap(([kind, name, meaning]) => (kind in pairs ? [[name, meaning, pairs[kind]] as const] : [])),
  };
}

function becameOf(leakage: string | undefined, dropped: Audited["dropped"]): string {
  if (leakage === "allow") return "The study was told to go on all the same.";
  if (leakage !== "drop") return "";
  const [train, validation] = [dropped?.train?.size ?? 0, dropped?.validation?.size ?? 0];
  return `${plural(train, "training image")} and ${plural(validation, "validation image")} were left out for it; the test set was not touched.`;
}

/** Nothing where no audit is on record. */
export function auditTable(report: Report): Markup {
  const words = auditWords(report);
  if (words === null) return nothing;
  return markup`<h3>Leakage audit</h3>
${words.sentences.map((sentence) => markup`<p>${sentence}</p>`)}
<table class="audit">
<thead><tr><th scope="col">kind of leak</th><th scope="col" class="number">pairs</th></tr></thead>
<tbody>
${words.rows.map(([kind, meaning, pairs]) => markup`<tr><th scope="row">${kind} <small>${meaning}</small></th><td class="number">${count(pairs)}</td></tr>`)}
</tbody>
</table>`;
}
