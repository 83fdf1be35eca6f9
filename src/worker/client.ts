// The page's side: the library's calls, each sent to the worker and answered from there.
import type { Model } from "../index.ts";
import { checkDescribed, encodeData } from "./encode-data.ts";
import { encode } from "./encode.ts";
import type { BeginWorker } from "./protocol.ts";
import { remoteStudy } from "./remote-study.ts";
import type { Remote, RemoteOpenOptions, RemoteStudyOptions } from "./remote.ts";
import { openWire } from "./wire.ts";

/** @param begin how a worker is begun here. */
export async function connect(begin: BeginWorker, url?: string | URL): Promise<Remote> {
  const wire = await openWire(begin, url);
  let studies = 0;

  async function keep(name: "study" | "openStudy", options: RemoteStudyOptions | RemoteOpenOptions) {
    const { data, moreData, storage, ...rest } = options;
    checkDescribed(storage);
    const first = encodeData(data, "data");
    const second = moreData ? encodeData(moreData, "moreData") : null;
    const given = { ...(encode(rest, name) as object), storage, data: first.sent, moreData: second?.sent ?? null };
    const study = ++studies;
    const transfer = [...new Set([...first.transfer, ...(second?.transfer ?? [])])];
    await wire.call(name, { study, given: [given], transfer }).answer;
    return remoteStudy(wire, study);
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
    predict: about("predict"),
    saliency: about("saliency"),
    occlusion: about("occlusion"),
    end: () => wire.end(),
    [Symbol.dispose]: () => wire.end(),
  } satisfies Remote);
}
