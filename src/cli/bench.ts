// voxgrad bench: how fast this machine trains, and the share of its limit that is reached.
import type { Command } from "commander";
import { measureProducts } from "../../bench/products.ts";
import { measureSteps } from "../../bench/steps.ts";
import { limitLine, productLine, stepLine } from "../../bench/text.ts";
import { command } from "./command.ts";
import type { Context } from "./command.ts";
import { done } from "./output.ts";

export function bench(): Command {
  return command("bench", "this machine's speed, and the share of its limit that is reached; about a minute", [], act);
}

async function act({ output }: Context): Promise<number> {
  output.say(`node ${process.version}, ${process.arch}`);
  const { limit, products } = await measureProducts([], (row) => output.say(productLine(row)));
  output.say(limitLine(limit));
  const steps = await measureSteps((row) => output.say(stepLine(row)));
  const text = [limitLine(limit), ...steps.map(stepLine)].join("\n");
  output.result(text, { limit, products, steps });
  return done;
}
