// The command line: the same library for people who do not program.
import { Command, CommanderError } from "commander";
import { version } from "../index.ts";
import { bench } from "./bench.ts";
import { demo } from "./demo.ts";
import { inspect } from "./inspect.ts";
import { exportCommand } from "./export.ts";
import { exitCodeOf, explain } from "./output.ts";
import { predict } from "./predict.ts";
import { test } from "./test.ts";
import { train } from "./train.ts";
import { verify } from "./verify.ts";
import { suggest } from "./usage.ts";

const program = new Command("voxgrad")
  .description(
    "Trains neural networks on medical images where the images are: train, refine on the validation set, test once.\n" +
      "Nothing leaves this machine. Not for clinical use.",
  )
  .version(version)
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 the study says no, 2 wrong usage or unreadable input, 130 interrupted.",
  );

for (const made of [demo(), inspect(), train(), test(), predict(), verify(), exportCommand(), bench()]) {
  program.addCommand(
    made
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      .showSuggestionAfterError(false),
  );
}
program
  .exitOverride()
  .configureOutput({ outputError: () => undefined })
  .showSuggestionAfterError(false);

/** What people look for under other names. */
const meant = {
  refine: "Refining is a part of training: voxgrad train DATA --out DIR --refine.",
  report: "The report is written by the test: voxgrad test DIR.",
  resume: "Training is gone on with by voxgrad train DATA --out DIR --resume.",
  replay: "Training again and comparing is voxgrad verify DIR --replay.",
};

// Who reads a command's first lines only, as head does, has what they wanted; the work goes on.
for (const out of [process.stdout, process.stderr]) {
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) process.stderr.write(`${usageError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

/** Commander's message in one line, with the flag or command that was perhaps meant. */
function usageError(error: unknown): string {
  const text = explain(error);
  const unknown = /unknown (option|command) '([^']+)'/.exec(text);
  if (unknown) {
    const [, kind, got] = unknown;
    if (kind === "command" && Object.hasOwn(meant, got)) return `${text}. ${meant[got as keyof typeof meant]}`;
    const known = kind === "command" ? program.commands.map((each) => each.name()) : flagsOfGiven();
    return `${text}. ${suggest(got, known)}`;
  }
  if (error instanceof CommanderError && error.code === "commander.help")
    return "voxgrad: expected a command; see voxgrad --help";
  const given = program.commands.find((each) => process.argv[2] === each.name());
  return `${text.replace(/\.$/, "")}. See voxgrad ${given ? `${given.name()} ` : ""}--help.`;
}

function flagsOfGiven(): string[] {
  const given = program.commands.find((each) => process.argv[2] === each.name()) ?? program;
  return given.options.map((option) => option.long ?? "");
}
