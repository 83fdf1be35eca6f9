// What it takes to repeat a study: commands, seeds, how products were rounded.
import type { Phase, Report } from "./record.ts";

/** The commands, with words in capitals for what only the reader knows. */
export function repeatCommands({ phases }: Report): readonly string[] {
  const second = phases.some((phase: Phase & { readonly moreData?: unknown }) => phase.moreData) ? " --more-data DATA2" : "";
  return [
    "voxgrad verify STUDY --replay",
    `voxgrad train DATA${second} --config STUDY/config.json --out AGAIN`,
    "voxgrad test AGAIN",
  ];
} // prettier-ignore

export const repeatSentences: readonly string[] = [
  "STUDY is the folder that this report lies in, DATA the images. The first command checks the ledger and the seal, trains again from the recorded settings and compares the weights bit for bit; the others make the same study anew, from the settings as the command line wrote them. In the reproducible mode the same images and settings give the same weights, on every machine.",
];

/** Names and values. */
export function seedRows(report: Report): readonly (readonly [name: string, value: string])[] {
  const { seed, settings, phases } = report;
  const { training, division } = settings as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const ended: Ended | undefined = phases.findLast(({ event }) => event === "training ended");
  const mode = ended?.numericMode ?? training?.["numericMode"];
  return [
    ["seed of the division, and of the bootstrap", `${numberOr(division?.["seed"], seed)}`],
    ["seed of training: first weights, order of images, augmentation, dropout", `${numberOr(training?.["seed"], seed)}`],
    ...(typeof mode === "string" ? [["numeric mode", modeIn(mode, ended)] as const] : []),
    ...(ended?.threads === undefined ? [] : [["threads, on which the weights do not depend", threadsIn(ended)] as const]),
    ["voxgrad", report.voxgrad],
  ];
} // prettier-ignore

/** `fast` rounds a multiply-add once where the processor can: which it was decides the bits. */
function modeIn(mode: string, ended: Ended | undefined): string {
  if (mode !== "fast" || ended?.fused === undefined) return mode;
  return `${mode}, multiply-adds rounded ${ended.fused ? "once" : "twice"}`;
}

/** What the ledger says when training has ended. */
interface Ended extends Phase {
  readonly numericMode?: string;
  readonly fused?: boolean;
  readonly threads?: number;
  readonly threadsReason?: string | null;
}

function threadsIn({ threads = 1, threadsReason = null }: Ended): string {
  return threadsReason === null ? `${threads}` : `${threads}: ${threadsReason}`;
}

/** What was committed to, and what came of it: name and SHA-256. */
export function fingerprintRows({ weightsSha256, sets }: Report): readonly (readonly [name: string, sha256: string])[] {
  return [
    ["weights", weightsSha256],
    ["training set", sets.train.sha256],
    ["validation set", sets.validation.sha256],
    ["test set", sets.test.sha256],
  ];
}

function numberOr(value: unknown, other: number): number {
  return typeof value === "number" ? value : other;
}
