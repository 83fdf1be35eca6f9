// Runs the built command line as a person would, in a folder of its own.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built command; `npm run build` makes it, and `npm test` builds first. */
export const commandPath = fileURLToPath(new URL("../../build/cli.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

/** How the process is begun, where it matters. */
export interface Manner {
  readonly env?: NodeJS.ProcessEnv;
  /** Flags for node itself. */
  readonly execArgv?: readonly string[];
}

export function start(folder: string, ...args: readonly string[]): Running {
  return startAs({}, folder, ...args);
}

export function startAs({ env, execArgv = [] }: Manner, folder: string, ...args: readonly string[]): Running {
  const given = [...execArgv, commandPath, ...args];
  const child = spawn(process.execPath, given, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

/** The command's exit code and what it printed. */
export function voxgrad(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return start(folder, ...args).ended;
}
