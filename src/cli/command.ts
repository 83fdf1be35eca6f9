// What every command shares: the flags for machines and for silence, and how it ends.
import { Command, Option } from "commander";
import { createOutput, exitCodeOf, explain } from "./output.ts";
import type { Output, OutputOptions } from "./output.ts";
import { chooseProgress } from "./progress.ts";
import type { BeginMeter } from "./progress.ts";

/** What a command works with. */
export interface Context {
  readonly output: Output;
  readonly begin: BeginMeter;
}

/**
 * A command with the flags that all have.
 * @param act does the work with the flags as commander read them, and gives the exit code.
 */
export function command<Flags extends OutputOptions>(
  name: string,
  description: string,
  options: readonly Option[],
  act: (context: Context, flags: Flags, ...args: string[]) => Promise<number>,
): Command {
  const made = new Command(name).description(description);
  for (const option of options) made.addOption(option);
  made.option("--json", "print one JSON object on standard output, for machines");
  made.option("--quiet", "print no progress and no explanations");
  return made.action(async (...given: unknown[]) => {
    // Commander hands over the arguments, then the flags, then the command itself.
    const args = given.slice(0, -2) as string[];
    const flags = given[given.length - 2] as Flags;
    const context = { output: createOutput(flags), begin: chooseProgress(flags) };
    try {
      process.exitCode = await act(context, flags, ...args);
    } catch (error) {
      process.stderr.write(explain(error) + "\n");
      process.exitCode = exitCodeOf(error);
    }
  });
}

export const dataOption = () => new Option("--data <PATH>", "where DATA is now, when it moved since training");

export const limitOptions = () => [
  new Option("--maximum-bytes <N>", "refuses DATA that claims to unpack to more (default: 4294967296)"),
  new Option("--cache-bytes <N>", "memory for decoded images of a folder (default: 1073741824); others are read again"),
];
