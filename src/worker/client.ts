// The page's side: the library's calls, each sent to the worker and answered from there.
import type { Model, ProvidedKernels, Verification } from "../index.ts";
import type { DataDescription, StorageDescription } from "./descriptions.ts";
import { checkDescribed, encodeData } from "./encode-data.ts";
import { encode } from "./encode.ts";
import type { BeginWorker } from "./protocol.ts";
import { remoteStudy } from "./remote-study.ts";
import type { Remote, RemoteOpenOptions, RemoteStudyOptions, RemoteVerifyOptions } from "./remote.ts";
import { openWire } from "./wire.ts";

interface Described {
  readonly data?: DataDescription | null;
  readonly moreData?: DataDescription | null;
  readonly storage?: StorageDescription;
}

/** @param begin how a worker is begun here. */
export async function connect(begin: BeginWorker, url?: string | URL, kernels?: ProvidedKernels): Promise<Remote> {
  const wire = await openWire(begin, url, kernels);
  let studies = 0;

  /** What describes data and storage goes with what else is given, described. */
  function describe(name: string, { data, moreData, storage, ...rest }: Described) {
    checkDescribed(storage);
    const first = data ? encodeData(data, "data") : null;
    const second = moreData ? encodeData(moreData, "moreData") : null;
    const given = {
      ...(encode(rest, name) as object),
      storage,
      data: first ? first.sent : data,
      moreData: second?.sent,
    };
    return { given: [given], transfer: [...new Set([...(first?.transfer ?? []), ...(second?.transfer ?? [])])] };
  }

  async function keep(name: "study" | "openStudy", options: RemoteStudyOptions | RemoteOpenOptions) {
    const study = ++studies;
    await wire.call(name, { study, ...describe(name, options) }).answer;
    return remoteStudy(wire, study);
  }

  async function verifyStudy({ signal, onEpoch, ...options }: RemoteVerifyOptions) {
    const on = onEpoch ? { trialEpoch: onEpoch } : {};
    return (await wire.call("verifyStudy", { ...describe("verifyStudy", options), signal, on }).answer) as Verification;
  }

  const about =
    <Result>(name: "predict" | "saliency" | "occlusion") =>
    async (model: Model, data: RemoteStudyOptions["data"], ...rest: readonly unknown[]) => {
      const { sent, transfer } = encodeData(data, "data");
      const given = [encode(model, "model"), sent, ...rest.map((each, i) => encode(each, `${name} argument ${i + 3}`))];
      return (await wire.call(name, { given, transfer }).answer) as Result;
    };

  return Object.freeze({
    study: (options: RemoteStudyOptions) => keep("study", options),
    openStudy: (options: RemoteOpenOptions) => keep("openStudy", options),
    verifyStudy,
    predict: about("predict"),
    saliency: about("saliency"),
    occlusion: about("occlusion"),
    end: () => wire.end(),
    [Symbol.dispose]: () => wire.end(),
  } satisfies Remote);
}
