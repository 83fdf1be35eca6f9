// The file of a worker that is a thread of a team, in every runtime.
import { serve } from "./wasm/serve.ts";
import type { ThreadStart } from "./wasm/team.ts";

interface NodePort {
  postMessage(value: unknown): void;
  once(event: "message", listener: (start: ThreadStart) => void): void;
}

const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
const node = process?.getBuiltinModule?.("node:worker_threads") as { readonly parentPort: NodePort | null } | undefined;
const port = node?.parentPort ?? null;
if (port) port.once("message", (start) => void serve(start, () => port.postMessage("ready")));
else {
  const begin = (event: Event) => {
    const { data } = event as MessageEvent<ThreadStart>;
    void serve(data, () => (globalThis as unknown as Worker).postMessage("ready"));
  };
  globalThis.addEventListener("message", begin, { once: true });
}
