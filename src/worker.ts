// voxgrad/worker: the library's calls from a page, carried out in a worker, so that the page goes on while it trains.
export { connectWorker } from "./worker/connect.ts";
export type { DataDescription, KeptStorage, SetDescription, StorageDescription } from "./worker/descriptions.ts";
export type {
  Remote,
  RemoteOpenOptions,
  RemoteStudy,
  RemoteStudyOptions,
  RemoteTestOptions,
  RemoteTrainOptions,
  RemoteVerifyOptions,
  WorkerOptions,
} from "./worker/remote.ts";
