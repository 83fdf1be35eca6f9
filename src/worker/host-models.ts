// The calls of models, carried out in the worker: what a model says of a set, and why.
import { occlusion, predict, saliency } from "../index.ts";
import type { Model } from "../index.ts";
import type { DataDescription } from "./descriptions.ts";
import { buffersOf } from "./encode.ts";
import type { Act } from "./host.ts";
import { oneSetOf } from "./materials.ts";

export function callsOfModels(): Readonly<Record<"predict" | "saliency" | "occlusion", Act>> {
  const about = (act: (model: Model, set: Awaited<ReturnType<typeof oneSetOf>>, ...rest: never[]) => Promise<unknown>): Act =>
    async (_, model, data, ...rest) => ({
      value: await act(model as Model, await oneSetOf(data as DataDescription, "data"), ...(rest as never[])),
      transfer: buffersOf,
    }); // prettier-ignore
  return { predict: about(predict), saliency: about(saliency), occlusion: about(occlusion) };
}
