// Calls over the wire: each has a number, hears its events, and settles with its answer.
import { ThreadError } from "../index.ts";
import type { ProvidedKernels } from "../index.ts";
import { decode } from "./encode.ts";
import type { Sent } from "./encode.ts";
import { decodeError } from "./encode-error.ts";
import type { BeginWorker, CallName, EventName, ToPage, ToWorker } from "./protocol.ts";

export interface CallOptions {
  /** 0 where the call is of no study. */
  readonly study?: number;
  readonly given?: readonly Sent[];
  readonly transfer?: readonly ArrayBuffer[];
  readonly signal?: AbortSignal;
  /** What is heard of while the call runs. */
  readonly on?: { readonly [Name in EventName]?: (...given: never[]) => void };
}

export interface RunningCall {
  readonly answer: Promise<unknown>;
  readonly tell: (kind: "more" | "leave") => void;
}

export interface Wire {
  call(name: CallName, options?: CallOptions): RunningCall;
  end(): void;
}

interface Pending {
  readonly options: CallOptions;
  readonly settle: (error: Error | null, value?: unknown) => void;
}

/** Begins a worker, and resolves when it hears. @throws ThreadError when it cannot begin; as provideKernels. */
export async function openWire(begin: BeginWorker, url?: string | URL, kernels: ProvidedKernels = {}): Promise<Wire> {
  const pending = new Map<number, Pending>();
  const knocks = typeof SharedArrayBuffer === "undefined" ? null : new SharedArrayBuffer(4);
  let failure: ThreadError | null = null;
  let calls = 0;
  let onReady: (failure: Error | null) => void;
  const ready = new Promise<Error | null>((resolve) => (onReady = resolve));

  function close(why: string): void {
    failure ??= new ThreadError(`worker: ${why}. What a study has checkpointed in files can be resumed.`);
    onReady(failure);
    for (const { settle } of [...pending.values()]) settle(failure);
  }

  function hear(message: ToPage): void {
    if (message.kind === "ready") return onReady(message.refused && decodeError(message.refused));
    const call = pending.get(message.id);
    if (!call) return;
    const { signal, on = {} } = call.options;
    if (message.kind === "event") return on[message.name]?.(...(message.given.map(decode) as never[]));
    if (message.kind === "answer") return call.settle(null, decode(message.value));
    call.settle(message.error ? decodeError(message.error) : (signal?.reason as Error));
  }

  const way = begin(hear, close, url);
  way.keepAlive(true);
  way.post({ kind: "begin", knocks, kernels });
  const late = await ready;
  way.keepAlive(false);
  if (late) {
    way.end();
    throw late;
  }

  /** Heard before the worker's next step. */
  function knock(message: ToWorker): void {
    if (knocks) Atomics.add(new Int32Array(knocks), 0, 1);
    way.post(message);
  }

  function call(name: CallName, options: CallOptions = {}): RunningCall {
    const id = ++calls;
    const { study = 0, given = [], transfer, signal, on = {} } = options;
    const abort = () => knock({ kind: "abort", id });
    const answer = new Promise<unknown>((resolve, reject) => {
      if (failure) throw failure;
      const settle = (error: Error | null, value?: unknown) => {
        signal?.removeEventListener("abort", abort);
        pending.delete(id);
        if (pending.size === 0) way.keepAlive(false);
        if (error === null) resolve(value);
        else reject(error);
      };
      const message: ToWorker = { kind: "call", id, name, study, given, events: Object.keys(on) as EventName[] };
      try {
        if (name === "pause") knock(message);
        else way.post(message, transfer);
      } catch (cause) {
        throw new TypeError(`${name}: expected values that can be sent to a worker, but ${(cause as Error).message}`, {
          cause,
        });
      }
      pending.set(id, { options, settle });
      way.keepAlive(true);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort);
    });
    return { answer, tell: (kind) => way.post({ kind, id }) };
  }

  return {
    call,
    end() {
      way.end();
      close("it was ended before it had answered");
    },
  };
}
