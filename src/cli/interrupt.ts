// Ctrl-C: the first asks the command to stop at a good moment, the second stops it at once.
import { interrupted } from "./output.ts";
import type { Output } from "./output.ts";

/** Listens until it is closed. */
export interface Interrupt {
  readonly signal: AbortSignal;
  close(): void;
}

const saving = "Stopping after this step, then saving. Press Ctrl-C again to stop at once.";

/** @param words said at the first Ctrl-C. */
export function listenForInterrupt(output: Output, words = saving): Interrupt {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(interrupted);
    output.say(`\n${words}`);
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    close() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
