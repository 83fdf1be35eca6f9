// One process at a time in a study's folder: however calls of several fall between one another.
import { spawn } from "node:child_process";
import * as nodeFiles from "node:fs/promises";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StorageError, StudyStateError } from "../../src/errors.ts";
import { stream } from "../../src/random.ts";
import type { FileSystem } from "../../src/storage/atomic.ts";
import { folderStorage } from "../../src/storage/files.ts";
import { lockFolder } from "../../src/storage/lock.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-lock-"));
  path = join(folder, "study.lock");
});
afterEach(() => rm(folder, { recursive: true }));

const lock = (at = folder) => {
  const storage = folderStorage(at);
  if (!storage.lock) throw new Error("expected a lock");
  return storage.lock();
};

/** Leaves a lock as a process of this number would that began at this time. */
async function leave(process: number, began: number, at = path): Promise<void> {
  await mkdir(at);
  await writeFile(join(at, `${process}-${began}-0a1b2c3d`), "");
}

describe("the lock of folderStorage", () => {
  it("keeps a second holder out until it is given back, and is not listed", async () => {
    const unlock = await lock();
    await expect(lock()).rejects.toThrow(StudyStateError);
    await expect(lock()).rejects.toThrow(`process ${process.pid} is at work on this study`);
    expect(await folderStorage(folder).list()).toEqual([]);
    await unlock();
    await (
      await lock()
    )();
    expect(await readdir(folder)).toEqual([]);
  });

  it("makes the folder that it locks", async () => {
    await (
      await lock(join(folder, "new"))
    )();
    expect(await readdir(folder)).toEqual(["new"]);
  });

  it("refuses while another process is alive, and takes over once it is gone", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await leave(child.pid!, 1);
    await expect(lock()).rejects.toThrow(`process ${child.pid} is at work`);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    const unlock = await lock();
    expect(await readdir(path)).toEqual([expect.stringMatching(`^${process.pid}-`)]);
    await unlock();
  });

  it("takes over from an earlier process of the same number, from an empty folder and one that names no process, and removes what was left of locks that were not finished", async () => {
    await leave(process.pid, 1);
    await (
      await lock()
    )();
    await mkdir(path);
    await (
      await lock()
    )();
    await mkdir(path);
    await writeFile(join(path, "given-back"), "");
    await leave(process.pid, 1, `${path}.${process.pid}-1-0a1b2c3d`);
    await mkdir(`${path}.${process.pid}-2-0a1b2c3d`);
    await (
      await lock()
    )();
    expect(await readdir(folder)).toEqual([]);
  });

  it("says which folder cannot be locked where a file has its name", async () => {
    await writeFile(path, "");
    await expect(lock()).rejects.toThrow(StorageError);
    await expect(lock()).rejects.toThrow(`${path} could not be locked (ENOTDIR): a file stands where a folder`);
    expect(await readdir(folder)).toEqual(["study.lock"]);
  });
});

/** The calls of a disk, each of which waits for `turn` first; a file is closed without one. */
function inTurns(turn: () => Promise<void>): FileSystem {
  const waiting = (call: keyof FileSystem) => {
    const act = nodeFiles[call] as (...given: unknown[]) => unknown;
    return async (...given: unknown[]) => {
      await turn();
      return act(...given);
    };
  };
  const calls = ["mkdir", "open", "readFile", "readdir", "rename", "rmdir", "stat", "truncate", "unlink"] as const;
  return Object.fromEntries(calls.map((call) => [call, waiting(call)])) as unknown as FileSystem;
}

describe("several that want the lock at once", () => {
  it("where another takes over a dead lock between any two calls of the first, only that one has it", async () => {
    let interrupted = 0;
    for (let before = 0; ; before++) {
      await leave(process.pid, 1);
      let calls = 0;
      let unlock: (() => Promise<void>) | null = null;
      const files = inTurns(async () => {
        if (calls++ === before) unlock = await lockFolder(nodeFiles, path);
      });
      const outcome = await lockFolder(files, path).then(() => "locked", (error: unknown) => error); // prettier-ignore
      // From here on the first one has it, and the other is refused.
      if (unlock === null) {
        expect(outcome).toBe("locked");
        break;
      }
      interrupted++;
      expect(outcome, `before call ${before}`).toBeInstanceOf(StudyStateError);
      expect(await readdir(path)).toEqual([expect.stringMatching(`^${process.pid}-`)]);
      await (unlock as () => Promise<void>)();
      expect(await readdir(folder)).toEqual([]);
    }
    expect(interrupted).toBeGreaterThan(5);
  });

  const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 7);
  it(`three of them, calls in 100 drawn orders: never two at once, each has it or is refused, and nothing is left (seed ${seed})`, async () => {
    let locked = 0;
    let refused = 0;
    for (let order = 0; order < 100; order++) {
      const at = join(folder, `${order}`, "study.lock");
      await mkdir(join(folder, `${order}`));
      await leave(process.pid, 1, at);
      const waiting = new Map<number, () => void>();
      let holders = 0;
      const take = async (taker: number) => {
        const turn = () => new Promise<void>((resolve) => waiting.set(taker, resolve));
        const unlock = await lockFolder(inTurns(turn), at).catch((error: unknown) => {
          if (!(error instanceof StudyStateError)) throw error;
          return null;
        });
        if (unlock === null) return void refused++;
        locked++;
        expect(++holders, `order ${order}`).toBe(1);
        await turn();
        await turn();
        holders--;
        await unlock();
      };
      const random = stream(seed, "shuffle", order);
      let going = 3;
      const all = Promise.all([0, 1, 2].map((taker) => take(taker).finally(() => going--)));
      for (let step = 0; going > 0; step++) {
        // Each waits for its turn, but for those that are through.
        while (waiting.size < going) await new Promise((resolve) => setImmediate(resolve));
        const takers = [...waiting.keys()].sort();
        if (takers.length === 0) break;
        const taker = takers[random.integer(step, takers.length)];
        const go = waiting.get(taker)!;
        waiting.delete(taker);
        go();
      }
      await all;
      expect(await readdir(join(folder, `${order}`))).toEqual([]);
    }
    expect(locked).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(50);
  }, 60_000);
});
