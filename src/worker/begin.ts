// A worker as this runtime has it: of Node's kind where there are such, of the web's kind elsewhere.
import type { BeginWorker, ToPage } from "./protocol.ts";

/** The part of Node's worker that is used. */
interface NodeWorker {
  on(event: string, listener: (value: unknown) => void): void;
  postMessage(value: unknown, transfer?: readonly ArrayBuffer[]): void;
  terminate(): Promise<unknown>;
  ref(): void;
  unref(): void;
}

interface NodeThreads {
  readonly Worker: new (url: URL) => NodeWorker;
}

/** Asked for in a way that no bundler follows. */
function nodeThreads(): NodeThreads | null {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return (process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined) ?? null;
}

export const beginWorker: BeginWorker = (onMessage, onEnd, url) => {
  const threads = nodeThreads();
  return threads ? beginOnNode(threads, onMessage, onEnd, url) : beginOnWeb(onMessage, onEnd, url);
};

const beginOnNode = ({ Worker: Thread }: NodeThreads, ...[onMessage, onEnd, url]: Parameters<BeginWorker>) => {
  const here = import.meta.url; // apart from what follows, which webpack would take for an address to resolve
  const worker = new Thread(new URL(url ?? "./worker-host.js", here));
  worker.on("message", (message) => onMessage(message as ToPage));
  worker.on("messageerror", () => onEnd("it said something that could not be read"));
  worker.on("error", (error) => onEnd(`it failed (${error instanceof Error ? error.message : String(error)})`));
  worker.on("exit", () => onEnd("it ended"));
  return {
    post: (message: unknown, transfer?: readonly ArrayBuffer[]) => worker.postMessage(message, transfer),
    keepAlive: (isWaiting: boolean) => (isWaiting ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
};

const beginOnWeb = (...[onMessage, onEnd, url]: Parameters<BeginWorker>) => {
  if (typeof Worker === "undefined") throw new TypeError("worker: expected a runtime with workers, got one without");
  const worker = url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("./worker-host.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", (event) => onMessage(event.data as ToPage));
  worker.addEventListener("messageerror", () => onEnd("it said something that could not be read"));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    onEnd(`it failed (${event.message || "its file could not be loaded"})`);
  });
  return {
    post: (message: unknown, transfer: readonly ArrayBuffer[] = []) => worker.postMessage(message, [...transfer]),
    keepAlive: () => undefined,
    end: () => worker.terminate(),
  };
};
