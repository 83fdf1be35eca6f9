// The file of a worker that is a thread of a team, in every runtime.
import { bindShare } from "./data/augment-share.ts";
import type { PlacedShare } from "./data/augment-share.ts";
import type { Kernels } from "./wasm/kernels.ts";
import { serve } from "./wasm/serve.ts";
import type { ThreadStart } from "./wasm/team.ts";

interface NodePort {
  postMessage(value: unknown): void;
  once(event: "message", listener: (start: ThreadStart) => void): void;
}

/** What a run's threads share beside lists of calls: the augmentation of a batch. */
function bindWork({ work, memory, thread }: ThreadStart, kernels: Kernels): () => void {
  return work === null ? () => undefined : bindShare(kernels, memory.buffer, work as PlacedShare, thread).take;
}

const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
const node = process?.getBuiltinModule?.("node:worker_threads") as { readonly parentPort: NodePort | null } | undefined;
const port = node?.parentPort ?? null;
if (port) port.once("message", (start) => void serve(start, bindWork, () => port.postMessage("ready")));
else {
  const begin = (event: Event) => {
    const { data } = event as MessageEvent<ThreadStart>;
    void serve(data, bindWork, () => (globalThis as unknown as Worker).postMessage("ready"));
  };
  globalThis.addEventListener("message", begin, { once: true });
}
