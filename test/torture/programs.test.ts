import { expect, it } from "vitest";
import * as damage from "./damage.ts";
import * as faults from "./faults.ts";
import * as kills from "./kills.ts";
import * as opening from "./opening.ts";
import * as threads from "./threads.ts";

it.each(Object.entries({ damage, faults, kills, opening, threads }))(
  "npm run torture -- %s finds what it runs",
  (_, program) => {
    expect(program.main).toBeTypeOf("function");
  },
);
