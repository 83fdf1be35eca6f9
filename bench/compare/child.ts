// A peer's process: a question is written to it as a line of JSON, its answer is read as one.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { environment } from "./peers.ts";
import type { Peer } from "./peers.ts";

const patience = 300_000;

export interface Child {
  /** @throws Error with the peer's message, or with the last it wrote when it ended instead of answering. */
  ask<Answer>(command: string, details?: object): Promise<Answer>;
  end(): void;
}

export function start(command: Peer["command"], variables: Peer["variables"] = {}): Child {
  const [program, ...args] = command;
  const env = { ...environment().variables, ...variables };
  const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  let ended: string | null = null;
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null;

  const stop = (reason: string) => {
    ended ??= reason;
    waiting?.reject(new Error(ended));
  };
  child.stderr.on("data", (text: Buffer) => (complaints = (complaints + text.toString()).slice(-2000)));
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => stop(error.message));
  child.on("close", (code) => {
    const last = complaints.trim().split("\n").pop()?.replace(`${program}: `, "");
    stop(last || `ended with code ${code}`);
  });
  createInterface({ input: child.stdout }).on("line", (line) => waiting?.resolve(line));

  return {
    async ask<Answer>(command: string, details: object = {}) {
      if (ended !== null) throw new Error(ended);
      const timer = setTimeout(() => {
        stop(`no answer to "${command}" within ${patience / 1000} s`);
        child.kill();
      }, patience);
      const line = await new Promise<string>((resolve, reject) => {
        waiting = { resolve, reject };
        child.stdin.write(`${JSON.stringify({ command, ...details })}\n`);
      }).finally(() => {
        clearTimeout(timer);
        waiting = null;
      });
      const { value, error } = JSON.parse(line) as { value: Answer; error?: string };
      if (error !== undefined) throw new Error(error);
      return value;
    },
    end: () => child.stdin.end(),
  };
}
