// Both ends of the wire in one process: what is sent is cloned as between threads.
import { MessageChannel } from "node:worker_threads";
import type { ProvidedKernels } from "../../src/index.ts";
import { connect } from "../../src/worker/client.ts";
import { serveHost } from "../../src/worker/host.ts";
import type { BeginWorker, ToPage, ToWorker } from "../../src/worker/protocol.ts";
import type { Remote } from "../../src/worker/remote.ts";

export interface Lines {
  /** What the page said, and what the worker did, in order. */
  readonly said: ToWorker[];
  readonly answered: ToPage[];
}

/** @param shared whether there is memory to share. @param kernels those that the worker is to have. */
export async function connectInProcess(shared = true, kernels?: ProvidedKernels): Promise<{ remote: Remote } & Lines> {
  const lines: Lines = { said: [], answered: [] };
  const begin: BeginWorker = (onMessage) => {
    const { port1, port2 } = new MessageChannel();
    const hear = serveHost({ post: (message, transfer = []) => port2.postMessage(message, [...transfer]) });
    port2.on("message", (message: ToWorker) =>
      hear(message.kind === "begin" && !shared ? { ...message, knocks: null } : message),
    );
    port1.on("message", (message: ToPage) => {
      lines.answered.push(message);
      onMessage(message);
    });
    return {
      post(message, transfer = []) {
        lines.said.push(message);
        port1.postMessage(message, [...transfer]);
      },
      keepAlive: (isWaiting) => void (isWaiting ? port1.ref() : port1.unref()),
      end: () => port1.close(),
    };
  };
  return { remote: await connect(begin, undefined, kernels), ...lines };
}
