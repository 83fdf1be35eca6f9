import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dense, network, phantoms, relu, study, ThreadError } from "../../src/index.ts";
import type { LedgerEntry, TrainOptions } from "../../src/index.ts";
import { connectWorker } from "../../src/worker.ts";

const isBuilt = existsSync("build/worker-host.js");
const described = { phantoms: { count: 60, seed: 7, size: [6, 6, 6] } };
const layers = [dense(32), relu(), dense(2)];
const training: TrainOptions = { network: network(layers), epochs: 2, batchSize: 8, patience: null };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "voxgrad-worker-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!isBuilt)("a worker of Node (skipped before npm run build)", () => {
  it("trains to the same bits while this thread goes on, and ends", async () => {
    const remote = await connectWorker();
    try {
      const run = await remote.study({ data: described, seed: 5 });
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 1);
      let heard = 0;
      for await (const { epoch } of run.train({ ...training, onStep: () => undefined })) heard = epoch;
      clearInterval(ticking);
      expect(heard).toBe(2);
      expect(ticks).toBeGreaterThan(0);
      const here = study({ data: phantoms(described.phantoms), seed: 5 });
      for await (const { epoch } of here.train(training)) heard = epoch;
      const [one, other] = [await run.model(), await here.model()];
      expect(one.weights).toEqual(other.weights);
    } finally {
      remote.end();
    }
  });

  it("has threads of its own, to the same bits", async () => {
    const remote = await connectWorker();
    try {
      const weights = [];
      for (const threads of [1, 2]) {
        const run = await remote.study({ data: described, seed: 5, threads, forced: true });
        for await (const { epoch } of run.train(training)) expect(epoch).toBeGreaterThan(0);
        expect((await run.ledger()).at(-1)).toMatchObject({ event: "training ended", threads });
        weights.push((await run.model()).weights);
      }
      expect(weights[1]).toEqual(weights[0]);
    } finally {
      remote.end();
    }
  });

  it("stops at the step at which it is told to: an epoch of 700 steps ends in its middle", async () => {
    const remote = await connectWorker();
    try {
      const run = await remote.study({ data: { phantoms: { count: 1000, seed: 7 } }, seed: 5 });
      const controller = new AbortController();
      const options = { network: network([dense(2048), relu(), dense(2)]), batchSize: 1, epochs: 1000 };
      const stopped = run.train({ ...options, onStep: () => controller.abort(), signal: controller.signal }).next();
      const reason = await stopped.catch((error: unknown) => error);
      expect(reason).toBe(controller.signal.reason);
      const last = (await run.ledger()).at(-1) as LedgerEntry & { event: "interrupted" };
      expect([last.event, last.epochs]).toEqual(["interrupted", 0]);
      expect(last.images).toBeGreaterThan(0);
      expect(last.images).toBeLessThan(700);
    } finally {
      remote.end();
    }
  });

  it("that is ended, or ends by itself, fails what is not answered; one that cannot begin says why", async () => {
    const remote = await connectWorker();
    const run = await remote.study({ data: described, seed: 5 });
    const unanswered = run.train({ ...training, epochs: 10000 });
    await unanswered.next();
    remote.end();
    const drain = async () => {
      while (!(await unanswered.next()).done);
    };
    await expect(drain()).rejects.toThrow(ThreadError);
    await expect(run.sets()).rejects.toThrow(/^worker: it was ended before it had answered/);

    const file = (name: string, text: string) => {
      const path = join(folder, name);
      return writeFile(path, text).then(() => pathToFileURL(path));
    };
    const host = JSON.stringify(pathToFileURL(resolve("build/worker-host.js")).href);
    const dying = await file("dying.mjs", `import ${host}; setTimeout(() => process.exit(), 300);`);
    const short = await connectWorker({ workerUrl: dying });
    const lost = await short.study({ data: described, seed: 5 });
    const ended = (async () => {
      for await (const { epoch } of lost.train({ ...training, epochs: 100000 })) void epoch;
    })();
    await expect(ended).rejects.toThrow(/^worker: it ended\. What a study has checkpointed in files can be resumed\./);
    const missing = pathToFileURL(join(folder, "missing.mjs"));
    await expect(connectWorker({ workerUrl: missing })).rejects.toThrow(ThreadError);
    const failing = await file("failing.mjs", 'throw new Error("no kernels");');
    await expect(connectWorker({ workerUrl: failing })).rejects.toThrow(/^worker: it failed \(no kernels\)/);
  });

  it("keeps the process alive while it is asked something, and no longer", async () => {
    const script = join(folder, "alone.mjs");
    const text = `
      import { connectWorker } from ${JSON.stringify(pathToFileURL(resolve("build/worker.js")).href)};
      const remote = await connectWorker();
      const run = await remote.study({ data: { phantoms: { count: 40, seed: 7, size: [4, 4, 4] } } });
      for await (const { epoch } of run.train({ epochs: 2 })) console.log(epoch);
      console.log((await run.sets()).test);`;
    await writeFile(script, text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8", timeout: 50_000 });
    expect([status, stdout], stderr).toEqual([0, "1\n2\n6\n"]);
  });
});
