// The worker's side: hears calls, carries them out with the library's own, and sends back what they give.
import { provideKernels } from "../index.ts";
import { decode, encode } from "./encode.ts";
import type { Sent } from "./encode.ts";
import { encodeError } from "./encode-error.ts";
import { createPausing, createKnocks } from "./pausing.ts";
import type { Knocks, Pausing } from "./pausing.ts";
import type { Call, EventName, ToWorker, WayToPage } from "./protocol.ts";
import { callsOfStudies } from "./host-studies.ts";
import { callsOfModels } from "./host-models.ts";

/** What a call is carried out with. */
export interface Context {
  readonly study: number;
  /** Aborted when the page's signal is. */
  readonly signal: AbortSignal;
  readonly pausing: Pausing;
  /** Whether the page wants to hear of these events. */
  readonly hears: (event: EventName) => boolean;
  readonly tell: (event: EventName, ...given: readonly unknown[]) => void;
  /** After a step: tells the page how far it is, now and then; what is to be waited for, as when the study is paused. */
  readonly step: (images: number) => Promise<void> | undefined;
  /** How often the page's loop asked for the next epoch, and whether it was left. */
  readonly loop: { asked: number; isLeft: boolean; changed: () => void };
}

/** An answer, and the memory that moves with it. */
export interface Answer {
  readonly value: unknown;
  readonly transfer?: (sent: Sent) => readonly ArrayBuffer[];
}

export type Act = (context: Context, ...given: readonly unknown[]) => Promise<Answer>;

/** A step is told of at most so often, in milliseconds. */
const stepPause = 50;

/** Serves one page. What it gives hears every message of the page, in order. */
export function serveHost(page: WayToPage): (message: ToWorker) => void {
  let knocks: Knocks = createKnocks(null);
  const running = new Map<number, { readonly controller: AbortController; readonly loop: Context["loop"] }>();
  const pausings = new Map<number, Pausing>();
  const acts: Readonly<Record<Call["name"], Act>> = { ...callsOfStudies(), ...callsOfModels() };

  function pausingOf(study: number): Pausing {
    const pausing = pausings.get(study) ?? createPausing(knocks);
    pausings.set(study, pausing);
    return pausing;
  }

  async function carryOut({ id, name, study, given, events }: Call): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const loop = { asked: 1, isLeft: false, changed: () => undefined };
    running.set(id, { controller, loop });
    const pausing = pausingOf(study);
    const tell = (event: EventName, ...values: readonly unknown[]) => {
      page.post({ kind: "event", id, name: event, given: values.map((value) => encode(value, event)) });
    };
    let told = -Infinity;
    const context: Context = {
      study,
      signal,
      pausing,
      loop,
      hears: (event) => events.includes(event),
      tell,
      step(images) {
        if (events.includes("step") && performance.now() - told >= stepPause) {
          told = performance.now();
          tell("step", images);
        }
        return pausing.step(signal);
      },
    };
    try {
      const { value, transfer } = await acts[name](context, ...given.map(decode));
      const sent = encode(value, name);
      page.post({ kind: "answer", id, value: sent }, transfer?.(sent));
    } catch (error) {
      const isReason = signal.aborted && error === signal.reason;
      page.post({ kind: "failure", id, error: isReason ? null : encodeError(error) });
    } finally {
      running.delete(id);
    }
  }

  return (message) => {
    switch (message.kind) {
      case "begin":
        knocks = createKnocks(message.knocks);
        try {
          provideKernels(message.kernels);
          return page.post({ kind: "ready", refused: null });
        } catch (error) {
          return page.post({ kind: "ready", refused: encodeError(error) });
        }
      case "call":
        if (message.name === "pause") knocks.hear();
        return void carryOut(message);
      case "abort":
        knocks.hear();
        return running.get(message.id)?.controller.abort();
      case "more":
      case "leave": {
        const loop = running.get(message.id)?.loop;
        if (!loop) return;
        if (message.kind === "more") loop.asked++;
        else loop.isLeft = true;
        return loop.changed();
      }
    }
  };
}
