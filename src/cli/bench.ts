// voxgrad bench: how fast this machine trains, and the share of its limit that is reached.
import type { Command } from "commander";
import { Option } from "commander";
import { measureProducts } from "../../bench/products.ts";
import { measureSteps } from "../../bench/steps.ts";
import { limitLine, productLine, stepLine } from "../../bench/text.ts";
import { command } from "./command.ts";
import type { Context } from "./command.ts";
import { done } from "./output.ts";
import type { OutputOptions } from "./output.ts";

interface BenchFlags extends OutputOptions {
  readonly wide?: boolean;
}

export function bench(): Command {
  const options = [
    new Option("--wide", "measures vectors of 256 bits too: Node 24 or later, an x64 processor with AVX2"),
  ];
  return command(
    "bench",
    "this machine's speed, and the share of its limit that is reached; about a minute",
    options,
    act,
  );
}

async function act({ output }: Context, { wide = false }: BenchFlags): Promise<number> {
  output.say(`node ${process.version}, ${process.arch}`);
  const { limit, products } = await measureProducts([], (row) => output.say(productLine(row)), wide);
  output.say(limitLine(limit));
  const steps = await measureSteps((row) => output.say(stepLine(row)), wide);
  const text = [limitLine(limit), ...steps.map(stepLine)].join("\n");
  output.result(text, { limit, products, steps });
  return done;
}
