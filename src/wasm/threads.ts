// Threads as this runtime has them: workers of Node's kind where there are such, of the web's kind elsewhere.
import type { BeginThread, ThreadStart } from "./team.ts";

/** The part of Node's worker that is used. */
interface NodeWorker {
  on(event: string, listener: (value: unknown) => void): void;
  postMessage(value: unknown): void;
  terminate(): Promise<unknown>;
  unref(): void;
}

interface NodeModules {
  readonly worker_threads: { readonly Worker: new (url: URL) => NodeWorker };
  readonly os: { availableParallelism(): number };
}

/** A module of Node, where there is one: asked for in a way that no bundler follows. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | null {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return (process?.getBuiltinModule?.(`node:${name}`) as NodeModules[Name] | undefined) ?? null;
}

/** How many threads can run at a time. */
export function processors(): number {
  return nodeModule("os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Why there can be no threads here; null where there can. */
export function whyNone(): string | null {
  if (typeof SharedArrayBuffer === "undefined") {
    return "memory cannot be shared here: a page must be cross-origin isolated (headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
  }
  if (!nodeModule("worker_threads") && typeof Worker === "undefined") return "there are no workers here";
  try {
    // A page's own thread may not wait; a worker may.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return null;
  } catch {
    return "a page's own thread may not wait for others: train in a worker (voxgrad/worker)";
  }
}

/** @param url of the worker's file; that of this package where it is left out. */
export function threadsOf(url?: string | URL): BeginThread {
  return (start, onReady, onEnd) => {
    const workers = nodeModule("worker_threads");
    return workers ? beginOnNode(workers.Worker, start, onReady, onEnd, url) : beginOnWeb(start, onReady, onEnd, url);
  };
}

/** By a name of its own, lest a bundler for the web look for the file of Node's worker too. */
const here = import.meta.url;

function beginOnNode(
  NodeWorker: NodeModules["worker_threads"]["Worker"],
  start: ThreadStart,
  onReady: () => void,
  onEnd: (why: string) => void,
  url?: string | URL,
) {
  const worker = new NodeWorker(new URL(url ?? "./thread.js", here));
  // Until it is ready it keeps the process alive, afterwards not.
  worker.on("message", () => {
    worker.unref();
    onReady();
  });
  worker.on("error", (error) => onEnd(`failed (${error instanceof Error ? error.message : String(error)})`));
  worker.on("exit", () => onEnd("ended"));
  worker.postMessage(start);
  return { end: () => void worker.terminate() };
}

function beginOnWeb(start: ThreadStart, onReady: () => void, onEnd: (why: string) => void, url?: string | URL) {
  const worker = url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("./thread.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", onReady);
  worker.addEventListener("messageerror", () => onEnd("could not be given the kernels"));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    onEnd(`failed (${event.message || "its file could not be loaded"})`);
  });
  worker.postMessage(start);
  return { end: () => worker.terminate() };
}
