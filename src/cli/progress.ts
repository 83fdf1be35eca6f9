// How far a command is: a bar in a terminal, plain lines where it is none, nothing with --quiet.
import cliProgress from "cli-progress";
import type { OutputOptions } from "./output.ts";

/** One stretch of work. */
export interface Meter {
  /** So much of the total is done; the text, if any, stands beside the bar. */
  advance(done: number, text?: string): void;
  /** A milestone in words: beside the bar, or a line of its own. */
  milestone(text: string): void;
  /** Takes the bar away, so that lines can follow. */
  end(): void;
}

/** Begins a stretch of work of a known total. */
export type BeginMeter = (label: string, total: number) => Meter;

const silence: Meter = { advance() {}, milestone() {}, end() {} };

/** The way of showing progress that fits the options and what standard error is. */
export function chooseProgress({ quiet = false }: OutputOptions): BeginMeter {
  if (quiet) return () => silence;
  return process.stderr.isTTY ? beginBar : beginLines;
}

function beginBar(label: string, total: number): Meter {
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      format: `${label} {bar} {percentage}%  {text}`,
      barsize: 24,
      fps: 10,
      clearOnComplete: true,
      linewrap: false,
      gracefulExit: false, // interrupts are the command's
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0, { text: "" });
  return {
    advance: (done, text) => bar.update(done, text === undefined ? {} : { text }),
    milestone: (text) => bar.update({ text }),
    end: () => bar.stop(),
  };
}

function beginLines(label: string): Meter {
  return {
    advance() {},
    milestone: (text) => process.stderr.write(`${label}: ${text}\n`),
    end() {},
  };
}
