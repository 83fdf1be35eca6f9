// The file of the worker that voxgrad/worker begins, in every runtime.
import { serveHost } from "./worker/host.ts";
import type { ToWorker } from "./worker/protocol.ts";

interface Port {
  postMessage(value: unknown, transfer?: readonly ArrayBuffer[]): void;
}

interface NodePort extends Port {
  on(event: "message", listener: (message: ToWorker) => void): void;
}

const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
const node = process?.getBuiltinModule?.("node:worker_threads") as { readonly parentPort: NodePort | null } | undefined;
const parent = node?.parentPort ?? null;
const port: Port = parent ?? (globalThis as unknown as Port);
const hear = serveHost({ post: (message, transfer = []) => port.postMessage(message, [...transfer]) });
if (parent) parent.on("message", hear);
else globalThis.addEventListener("message", (event) => hear((event as MessageEvent<ToWorker>).data));
