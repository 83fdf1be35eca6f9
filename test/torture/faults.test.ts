// A study on a disk, each of whose calls fails once: what the run says, what it leaves, and how it goes on.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SealedTestSetError, StorageError } from "../../src/errors.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { openFolder } from "../../src/storage/folder.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { TrainRunOptions } from "../../src/study/options.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { decodeCheckpoint } from "../../src/train/checkpoint.ts";
import { faultyFiles } from "../storage/faulty-files.ts";
import type { Call, Fault } from "../storage/faulty-files.ts";
import { toySet } from "../train/toy.ts";
import { outcomeOf } from "./outcome.ts";

const data = toySet(60, 4);
const options: TrainRunOptions = {
  network: network([dense(5), relu(), dropout(0.3), dense(2)]),
  epochs: 2,
  batchSize: 21,
  checkpointEvery: 0,
};

/** What a disk says to each call, by turns. */
const codes: Readonly<Record<Call, readonly [string, string]>> = {
  mkdir: ["EACCES", "EROFS"],
  open: ["EMFILE", "ENOSPC"],
  readFile: ["EIO", "EACCES"],
  readdir: ["EIO", "EACCES"],
  rename: ["EACCES", "EPERM"],
  rmdir: ["EBUSY", "EPERM"],
  stat: ["EIO", "EACCES"],
  truncate: ["EIO", "EPERM"],
  unlink: ["EPERM", "EBUSY"],
  sync: ["EIO", "ENOSPC"],
  write: ["ENOSPC", "EDQUOT"],
  close: ["EIO", "EDQUOT"],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-faults-"));
});
afterEach(() => rm(folder, { recursive: true }));

const quick = (path: string, fault: Fault = {}) => {
  const files = faultyFiles({ sync: false, ...fault });
  return { files, storage: openFolder(path, files) };
};

/** Trains and tests, from the beginning or on from what is there; counts the epochs that it was given. */
async function goThrough(storage: Storage, onEpoch: () => void = () => undefined): Promise<void> {
  const isThere = (await storage.read("study.json")) !== null;
  const run = isThere ? openStudy({ storage, data }) : study({ data, seed: 5, storage });
  const isOpened = isThere && (await run.ledger()).some(({ event }) => event === "test opened");
  if (!isOpened) {
    const running = run.train({ ...options, resume: true });
    while (!(await running.next()).done) onEpoch();
  }
  await run.test().catch((error: unknown) => {
    // It had come to its end, and only the lock could not be given back.
    if (!(error instanceof SealedTestSetError)) throw error;
  });
}

async function checkpointEpochs(storage: Storage): Promise<number> {
  let furthest = 0;
  for (const name of ["checkpoint/even.safetensors", "checkpoint/odd.safetensors"]) {
    const bytes = await storage.read(name);
    if (bytes) furthest = Math.max(furthest, (await decodeCheckpoint(bytes, name)).progress.epoch);
  }
  return furthest;
}

describe("a study on a disk that refuses one call", () => {
  it("whichever it is, says so as a StorageError with the file and what to do, leaves whole checkpoints no older than the last epoch, and goes on to the same weights, history, ledger and report", async () => {
    const whole = join(folder, "whole");
    await goThrough(quick(whole).storage);
    const want = await outcomeOf(whole);
    const seen = new Map<Call, number>();
    for (let failing = 0; ; failing++) {
      const at = join(folder, `${failing}`);
      const code = (call: Call) => codes[call][(seen.get(call) ?? 0) % 2];
      const { files, storage } = quick(at, { failing, halfWrites: true, code });
      let epochs = 0;
      const error = await goThrough(storage, () => epochs++).then(() => null, (reason: unknown) => reason); // prettier-ignore
      if (files.failed === null) break;
      seen.set(files.failed, (seen.get(files.failed) ?? 0) + 1);
      // Nothing is lost where a lock cannot be given back.
      const isUnlock = error === null && (files.failed === "unlink" || files.failed === "rmdir");
      if (!isUnlock) {
        expect(error, `call ${failing}, ${files.failed}`).toBeInstanceOf(StorageError);
        expect((error as Error).message).toMatch(
          new RegExp(`^${at}[^ ]* could not be (read|written|added to|removed|listed|locked).*: .*\\.$`),
        );
      }
      const after = quick(at).storage;
      expect(await checkpointEpochs(after)).toBeGreaterThanOrEqual(epochs);
      await goThrough(after);
      expect(await outcomeOf(at), `call ${failing}, ${files.failed}`).toEqual(want);
      const names = await readdir(at, { recursive: true });
      expect(names.filter((name) => /lock|partial/.test(name))).toEqual([]);
      await rm(at, { recursive: true });
    }
    for (const call of Object.keys(codes).filter((call) => call !== "truncate")) {
      expect(seen.get(call as Call), call).toBeGreaterThan(0);
    }
  }, 240_000);
});
