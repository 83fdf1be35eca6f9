// Files that a resume reads, damaged: refused by name, or of no consequence for the weights.
import { beforeAll, describe, expect, it } from "vitest";
import { FormatError, StudyStateError } from "../../src/errors.ts";
import { stream } from "../../src/random.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { readCheckpoints } from "../../src/study/keep.ts";
import { openStudy, study } from "../../src/study/study.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { adam } from "../../src/train/optimizer.ts";
import { checkpointNames, damaged, images, options, refuseDamaged, stoppedStudy } from "./damage.ts";

const data = images(60, 1);
const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 4);
let files: ReadonlyMap<string, Uint8Array>;
let want: string;

/** The stopped study's files in a storage of their own. */
async function copy(changes: Readonly<Record<string, Uint8Array>> = {}): Promise<Storage> {
  const storage = memoryStorage();
  for (const [name, bytes] of files) await storage.write(name, changes[name] ?? bytes);
  return storage;
}

async function finish(storage: Storage, more: Parameters<ReturnType<typeof study>["train"]>[0] = {}) {
  const running = openStudy({ storage, data }).train({ ...options, resume: true, ...more });
  for (;;) {
    const next = await running.next();
    if (next.done) return next.value.weightsSha256;
  }
}

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const bytesOf = (name: string) => files.get(name)!;

beforeAll(async () => {
  const storage = await stoppedStudy(data);
  const names = await storage.list();
  files = new Map(await Promise.all(names.map(async (name) => [name, (await storage.read(name))!] as const)));
  const running = study({ data, seed: 5 }).train(options);
  for (;;) {
    const next = await running.next();
    if (next.done) return void (want = next.value.weightsSha256);
  }
});

describe("a damaged checkpoint", () => {
  it(`is refused by name, and the one before it used: 3,000 truncations and flips of one to three bits (seed ${seed}; npm run torture -- damage 100000)`, async () => {
    expect(await refuseDamaged(3000, seed)).toBe(3000);
  }, 120_000);

  it("costs the way from the one before it, or from the beginning where both are damaged, and no bit of the weights; ledger and caller hear of each", async () => {
    for (const names of [[checkpointNames[0]], [checkpointNames[1]], checkpointNames]) {
      for (let number = 0; number < 6; number++) {
        const storage = await copy(
          Object.fromEntries(names.map((name) => [name, damaged(bytesOf(name), seed, number)])),
        );
        const heard: string[] = [];
        const hash = await finish(storage, { onRefusedCheckpoint: ({ message }) => heard.push(message) });
        expect(hash).toBe(want);
        expect(heard.map((message) => names.findIndex((name) => message.startsWith(name)))).toEqual(
          names.map((_, i) => i),
        );
        const resumed = (await openStudy({ storage, data }).ledger()).find(({ event }) => event === "resumed");
        expect(resumed).toMatchObject({ refused: heard });
        if (names.length === 2) expect(resumed).toMatchObject({ epochs: 0, images: 0 });
        // The refused file was written over first, the other one only then.
        for (const name of checkpointNames) await decodeCheckpoint((await storage.read(name))!, name);
      }
    }
  }, 120_000);

  it("is refused by name where its hash is right, and what it says is no state of the run", async () => {
    const name = (await readCheckpoints(await copy())).name!;
    const state = await decodeCheckpoint(bytesOf(name), name);
    const { progress } = state;
    const [first, ...others] = progress.history;
    const hostile: Partial<Checkpoint>[] = [
      { progress: { ...progress, epoch: -1 } },
      { progress: { ...progress, epoch: 1e9 } },
      { progress: { ...progress, position: 43 } },
      { progress: { ...progress, position: 0.5 } },
      { progress: { ...progress, position: "8" as unknown as number } },
      { progress: { ...progress, history: [] } },
      { progress: { ...progress, history: null as unknown as [] } },
      { progress: { ...progress, history: [...others, first] } },
      { progress: { ...progress, history: [{ ...first, loss: null as unknown as number }, ...others] } },
      { progress: { ...progress, history: [{ ...first, validation: [] as unknown as typeof first }, ...others] } },
      { progress: { ...progress, stopping: { ...progress.stopping, bestEpoch: 9 } } },
      { progress: { ...progress, stopping: null as unknown as typeof progress.stopping } },
      { progress: { ...progress, plateau: {} as unknown as typeof progress.plateau } },
      { progress: { ...progress, counters: { ...progress.counters, steps: -3 } } },
      { progress: { ...progress, counters: {} as unknown as typeof progress.counters } },
      { progress: [] as unknown as typeof progress },
      { tensors: new Map([...state.tensors].slice(1)) },
      { tensors: new Map([...state.tensors, ["best", new Float32Array(3)]]) },
      { settingsSha256: "0".repeat(64) },
    ];
    for (const change of hostile) {
      const bytes = await encodeCheckpoint({ ...state, ...change }, change.settingsSha256 ?? state.settingsSha256);
      const heard: Error[] = [];
      const hash = await finish(await copy({ [name]: bytes }), { onRefusedCheckpoint: (reason) => heard.push(reason) });
      expect(heard, JSON.stringify(change).slice(0, 200)).toHaveLength(1);
      expect(heard[0]).toBeInstanceOf(FormatError);
      expect(heard[0].message.startsWith(name)).toBe(true);
      expect(hash).toBe(want);
    }
  }, 120_000);
});

describe("another damaged file of a stopped study", () => {
  it.each(["study.json", "ledger.jsonl", "history.json", "history.csv"])(
    "%s, cut off or with bits flipped in 150 ways: the resume says so by the file's name, or comes to the same weights",
    async (name) => {
      let refused = 0;
      for (let number = 0; number < 150; number++) {
        const storage = await copy({ [name]: damaged(bytesOf(name), seed, number) });
        const came = await finish(storage).catch((reason: unknown) => reason);
        if (came === want) continue;
        expect(came instanceof FormatError || came instanceof StudyStateError, `${number}: ${String(came)}`).toBe(true);
        expect(String(came), `${number}`).toContain(name);
        refused++;
      }
      // Histories are written anew; the others are what the run goes by.
      if (name.startsWith("history")) expect(refused).toBe(0);
      else expect(refused).toBeGreaterThan(100);
    },
    120_000,
  );

  it("study.json with other settings of training is refused where no one has the right ones, and written again where the options are the right ones", async () => {
    const record = JSON.parse(new TextDecoder().decode(bytesOf("study.json"))) as { training: { epochs: number } };
    const changed = text({ ...record, training: { ...record.training, epochs: 5 } });
    const storage = await copy({ "study.json": changed });
    await expect(finish(storage, { optimizer: adam({ learningRate: 0.5 }) })).rejects.toThrow(
      /^study\.json: expected the settings that the run was begun with .* got others: it was edited/,
    );
    expect(await finish(storage)).toBe(want);
    expect(JSON.parse(new TextDecoder().decode((await storage.read("study.json"))!))).toEqual(record);
  });

  it("a last line of the ledger that was cut off at any byte is dropped: what it was to record is recorded again", async () => {
    const ledger = bytesOf("ledger.jsonl");
    const lines = new TextDecoder().decode(ledger).trimEnd().split("\n");
    const lastLine = lines[lines.length - 1];
    const last = ledger.length - (lastLine.length + 1);
    expect(JSON.parse(lastLine)).toMatchObject({ event: "interrupted" });
    // The line is written before its seal.
    const head = (JSON.parse(lastLine) as { previous: string }).previous;
    const seal = text({ version: 1, lines: lines.length - 1, head });
    for (let end = last; end < ledger.length; end += 17) {
      const storage = await copy({ "ledger.jsonl": ledger.subarray(0, end), "seal.json": seal });
      expect(await finish(storage)).toBe(want);
      const events = (await openStudy({ storage, data }).ledger()).map(({ event }) => event);
      expect(events.slice(-3)).toEqual(["training started", "resumed", "training ended"]);
    }
  });

  it("a last line that was cut off after it was sealed is missed", async () => {
    const ledger = bytesOf("ledger.jsonl");
    const storage = await copy({ "ledger.jsonl": ledger.subarray(0, ledger.length - 20) });
    await expect(finish(storage)).rejects.toThrow(
      /^ledger\.jsonl line \d+: expected the \d+ lines that seal\.json has/,
    );
  });

  it("a finished run whose model is not the one that the ledger names is no result", async () => {
    const storage = await copy();
    await finish(storage);
    const model = (await storage.read("model.safetensors"))!;
    model[model.length - 1 - stream(seed, "split").integer(0, 40)] ^= 4;
    await storage.write("model.safetensors", model);
    await expect(finish(storage)).rejects.toThrow(
      /^model\.safetensors: expected the weights that ledger\.jsonl line \d+ names/,
    );
  });
});
