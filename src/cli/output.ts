// What a command says and where: results on standard output, everything else on standard error, and the exit code.
import { CommanderError } from "commander";

/** Options that every command has. */
export interface OutputOptions {
  /** Print one JSON object, for machines. */
  readonly json?: boolean;
  /** Print no progress and no explanations. */
  readonly quiet?: boolean;
}

export interface Output {
  /** A line for whoever watches, on standard error; nothing with --quiet. */
  say(line?: string): void;
  /** A line that nobody should miss, on standard error, also with --quiet. */
  warn(line: string): void;
  /** What the command came to: the text, or with --json the object alone, on standard output. */
  result(text: string, record: unknown): void;
}

export function createOutput({ json = false, quiet = false }: OutputOptions): Output {
  return {
    say(line = "") {
      if (!quiet) process.stderr.write(line + "\n");
    },
    warn(line) {
      process.stderr.write(`voxgrad: ${line}\n`);
    },
    result(text, record) {
      process.stdout.write((json ? JSON.stringify(record) : text) + "\n");
    },
  };
}

/** Done. */
export const done = 0;
/** The study says no: sealed, diverged, leaking, not in that state, or its disk cannot take it. */
export const refused = 1;
/** Wrong usage or unreadable input. */
export const unusable = 2;
/** Stopped by Ctrl-C; what was reached is saved. */
export const interrupted = 130;

const refusals = [
  "SealedTestSetError",
  "LeakageError",
  "DivergenceError",
  "StudyStateError",
  "StorageError",
  "ThreadError",
];

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? done : unusable;
  return error instanceof Error && refusals.includes(error.name) ? refused : unusable;
}

/** One line that says why and what to do. */
export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `voxgrad: ${message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ")}`;
}
