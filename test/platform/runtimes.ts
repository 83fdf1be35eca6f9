// The runtimes that are here: named by a variable, else on the path.
import { spawnSync } from "node:child_process";

/** Where a program is; null where it is not. */
function programOf(name: string, variable: string): string | null {
  const given = process.env[variable] ?? name;
  return spawnSync(given, ["--version"]).status === 0 ? given : null;
}

/** With the flags that run a script. */
export const runtimes: readonly (readonly [name: string, program: string | null, flags: readonly string[]])[] = [
  ["Node", process.execPath, []],
  ["Deno", programOf("deno", "VOXGRAD_DENO"), ["run", "-A"]],
  ["Bun", programOf("bun", "VOXGRAD_BUN"), ["run"]],
];
