// How often the test set was opened, and why: what a report says first where it was more than once.
import { plural, time } from "./format.ts";
import type { Phase } from "./record.ts";

/** One opening of the test set. */
export interface Opening {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly weightsSha256: string;
  /** Why it was opened again; null for the first. */
  readonly reason: string | null;
  /** Whether its test was stopped in the middle and finished by another call. */
  readonly resumed: boolean;
  /** How often figures of the validation set had been looked at by then. */
  readonly validationLookUps: number;
}

/** Every opening that the ledger has, the first one first. */
export function openingsOf(phases: readonly Phase[]): Opening[] {
  return phases.flatMap((phase: Phase & Partial<Opened>, index) => {
    if (phase.event !== "test opened") return [];
    const next = phases.findIndex(({ event }, later) => later > index && event === "test opened");
    const own = phases.slice(index, next < 0 ? undefined : next);
    return [
      {
        time: phase.time,
        weightsSha256: phase.weightsSha256 ?? "",
        reason: phase.reason ?? null,
        resumed: own.some(({ event }) => event === "test resumed"),
        validationLookUps: phase.validationLookUps ?? 0,
      },
    ];
  });
}

interface Opened {
  readonly weightsSha256: string;
  readonly reason: string;
  readonly validationLookUps: number;
}

/** One sentence where the set was opened more than once; none else. */
export function reopened(openings: readonly Opening[]): string[] {
  if (openings.length < 2) return [];
  const reasons = openings.slice(1).map(({ time: when, reason }) => `on ${time(when)}: "${reason ?? "no reason"}"`);
  return [
    `The test set was opened ${plural(openings.length, "time")}, first on ${time(openings[0].time)}, then ${reasons.join("; ")}. ` +
      "A set that was looked at before is no longer untouched: whatever was decided after the first look may have been decided by it.",
  ];
}
