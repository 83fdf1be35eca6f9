// A study that is carried out in a worker, as the page has it.
import { FormatError } from "../index.ts";
import type { Epoch, Report, TrainingResult } from "../index.ts";
import { encode } from "./encode.ts";
import type { RemoteStudy, RemoteTestOptions, RemoteTrainOptions } from "./remote.ts";
import type { CallOptions, Wire } from "./wire.ts";

export function remoteStudy(wire: Wire, study: number): RemoteStudy {
  const ask = async <Result>(name: Parameters<Wire["call"]>[0], given?: unknown, options: CallOptions = {}) =>
    (await wire.call(name, { ...options, study, given: given === undefined ? [] : [encode(given, name)] })
      .answer) as Result;

  /** Phase two's: what hears of their progress stays here. */
  const search =
    <Result>(name: "refine" | "learningCurve") =>
    async (options: Parameters<RemoteStudy["refine"]>[0] = {}) => {
      const { signal, onEpoch, onStep, ...rest } = options;
      const on = { ...(onEpoch ? { trialEpoch: onEpoch } : {}), ...(onStep ? { step: onStep } : {}) };
      return ask<Result>(name, rest, { signal, on });
    };

  return Object.freeze({
    sets: () => ask("sets"),
    train: (options = {}) => train(wire, study, options),
    refine: search("refine"),
    learningCurve: search("learningCurve"),
    async test({ pages = {}, ...options }: RemoteTestOptions = {}) {
      const there = Object.keys(pages).filter((name) => pages[name] === "html");
      const report = await ask<Report>("test", { ...options, pages: there });
      const here = Object.entries(pages).flatMap(([name, page]) => (page === "html" ? [] : [[name, page(report)] as const])); // prettier-ignore
      if (here.length > 0) await ask("write", Object.fromEntries(here));
      return report;
    },
    model: () => ask("model"),
    ledger: () => ask("ledger"),
    pause: () => ask("pause"),
    resume: () => ask("resume"),
    files: () => ask("files"),
    read: (name: string) => ask("read", name),
  } satisfies RemoteStudy);
}

/** Yields what has arrived, and asks for more. */
async function* train(wire: Wire, study: number, options: RemoteTrainOptions): AsyncGenerator<Epoch, TrainingResult> {
  const { signal, onStep, onRefusedCheckpoint, ahead, ...rest } = options;
  checkAhead(ahead);
  const arrived: Epoch[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  const on = {
    epoch(epoch: Epoch) {
      arrived.push(epoch);
      wake();
    },
    ...(onStep ? { step: onStep } : {}),
    ...(onRefusedCheckpoint
      ? { refusedCheckpoint: ({ message }: FormatError) => onRefusedCheckpoint(new FormatError(message)) }
      : {}),
  };
  const given = [{ ...(encode(rest, "train") as object), ...(ahead === undefined ? {} : { ahead }) }];
  const { answer, tell } = wire.call("train", { study, given, signal, on });
  const end = () => {
    isOver = true;
    wake();
  };
  answer.then(end, end);
  let isLeft = true;
  try {
    for (;;) {
      while (arrived.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      const epoch = arrived.shift();
      if (!epoch) {
        isLeft = false;
        return (await answer) as TrainingResult;
      }
      yield epoch;
      if (!isOver) tell("more");
    }
  } finally {
    if (isLeft) {
      if (!isOver) tell("leave");
      await answer;
    }
  }
}

function checkAhead(ahead: number | undefined): void {
  if (ahead === undefined || (Number.isSafeInteger(ahead) && ahead >= 0)) return;
  throw new RangeError(`ahead: expected a whole number of epochs, at least 0, got ${ahead}`);
}
