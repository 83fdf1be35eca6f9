import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { StudyStateError } from "../../src/errors.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { appendEntry, checkLedger, dropTornLine, ledgerName, readLedger } from "../../src/study/ledger.ts";
import type { LedgerEvent } from "../../src/study/events.ts";

const weightsSha256 = "ab".repeat(32);
const set = (size: number) => ({ size, sha256: "cd".repeat(32), ids: "AQ==" });
const none = { exact: 0, label: 0, near: 0, flipped: 0, group: 0, statistics: 0 };
const story: readonly LedgerEvent[] = [
  { event: "created", seed: 7, task: "classification", recordSha256: "aa".repeat(32) },
  {
    event: "audited",
    leakage: "stop",
    threshold: 0.98,
    pairs: none,
    images: { train: 0, validation: 0, test: 0 },
  },
  { event: "split", train: set(700), validation: set(150), test: set(150), imbalance: 0.001 },
  { event: "training started", epochs: 40, seed: 7, settingsSha256: "ef".repeat(32), validationLookUps: 0 },
  { event: "interrupted", epochs: 3, images: 64 },
  { event: "resumed", epochs: 3, images: 64 },
  {
    event: "training ended",
    epochs: 40,
    bestEpoch: 31,
    validationLookUps: 40,
    numericMode: "fast",
    fused: true,
    weightsSha256,
    modelSha256: "12".repeat(32),
    historySha256: "34".repeat(32),
  },
  { event: "test opened", weightsSha256, testSha256: "cd".repeat(32), validationLookUps: 40 },
  { event: "test finished", weightsSha256, reports: {} },
];

async function written(): Promise<Storage> {
  const storage = memoryStorage();
  for (const [i, event] of story.entries()) await appendEntry(storage, event, new Date(Date.UTC(2026, 0, 1, 0, i)));
  return storage;
}

const textOf = async (storage: Storage) => new TextDecoder().decode((await storage.read(ledgerName)) ?? undefined);
const rewrite = (storage: Storage, text: string) => storage.write(ledgerName, new TextEncoder().encode(text));
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

describe("ledger", () => {
  it("reads what was appended, in order, with its times", async () => {
    const entries = await readLedger(await written());
    expect(entries).toMatchObject(story.map((event, index) => ({ index, ...event })));
    expect(entries[4].time).toBe("2026-01-01T00:04:00.000Z");
  });

  it("holds in each line the SHA-256 of the line before, its newline left out, and 64 zeros in the first", async () => {
    const lines = (await textOf(await written())).trimEnd().split("\n");
    const previous = lines.map((line) => (JSON.parse(line) as { previous: string }).previous);
    expect(previous).toEqual(["0".repeat(64), ...lines.slice(0, -1).map(hash)]);
  });

  it("is empty while there is no file", async () => {
    expect(await readLedger(memoryStorage())).toEqual([]);
  });

  it("refuses every change of one byte before the last line, and names the line or the one after it", async () => {
    const bytes = new TextEncoder().encode(await textOf(await written()));
    const lastLine = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(lastLine - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = bytes.slice();
        changed[at] ^= change;
        const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
        const { problem } = await checkLedger(changed);
        expect([line, line + 1]).toContain(problem?.line);
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses lines in another order, a line missing, a line twice and a line put in, each by its number", async () => {
    const storage = await written();
    const lines = (await textOf(storage)).trimEnd().split("\n");
    const cases: [number, string[]][] = [
      [3, lines.with(2, lines[3]).with(3, lines[2])],
      [3, lines.toSpliced(2, 1)],
      [1, lines.slice(1)],
      [4, lines.toSpliced(3, 0, lines[2])],
      [4, lines.toSpliced(3, 0, lines[2].replace('"index":2', '"index":3'))],
      [2, lines.toSpliced(1, 0, "")],
      [2, lines.toSpliced(1, 0, "null")],
    ];
    for (const [line, changed] of cases) {
      await rewrite(storage, changed.join("\n") + "\n");
      await expect(readLedger(storage)).rejects.toThrow(StudyStateError);
      await expect(readLedger(storage)).rejects.toThrow(`ledger.jsonl line ${line}: `);
    }
  });

  it("refuses a well-formed line of an unknown event, though its hash is right", async () => {
    const storage = await written();
    const lines = (await textOf(storage)).trimEnd().split("\n");
    const made = { index: 9, time: "2026-01-01T00:09:00.000Z", event: "test forgotten", previous: hash(lines[8]) };
    await rewrite(storage, [...lines, JSON.stringify(made)].join("\n") + "\n");
    await expect(readLedger(storage)).rejects.toThrow(/line 10: expected one of the events created.*"test forgotten"/);
  });

  it("appends nothing to a ledger that is not in order", async () => {
    const storage = await written();
    const text = (await textOf(storage)).replace('"seed":7', '"seed":8');
    await rewrite(storage, text);
    await expect(appendEntry(storage, { event: "resumed", epochs: 3, images: 64 })).rejects.toThrow(
      /line 2: the chain of hashes is broken: line 1 or this one was edited after it was written/,
    );
    expect(await textOf(storage)).toBe(text);
  });
});

describe("a ledger cut off in the middle of a line", () => {
  it("is refused by that line, wherever it is cut, and goes on once the line is dropped", async () => {
    const whole = new TextEncoder().encode(await textOf(await written()));
    for (let length = 1; length < whole.length; length += 13) {
      const storage = memoryStorage();
      await storage.write(ledgerName, whole.subarray(0, length));
      if (whole[length - 1] === 0x0a) continue;
      const lines = whole.subarray(0, length).filter((byte) => byte === 0x0a).length;
      await expect(readLedger(storage)).rejects.toThrow(`ledger.jsonl line ${lines + 1}: ends in the middle`);
      expect(await dropTornLine(storage)).toBe(true);
      expect(await readLedger(storage)).toHaveLength(lines);
      await appendEntry(storage, { event: "resumed", epochs: 3, images: 64 });
      expect((await readLedger(storage)).at(-1)).toMatchObject({ index: lines, event: "resumed" });
    }
  });

  it("is the only thing that is mended: a ledger in order or edited stays byte for byte", async () => {
    const storage = await written();
    const text = await textOf(storage);
    expect(await dropTornLine(storage)).toBe(false);
    expect(await textOf(storage)).toBe(text);
    const edited = text.replace('"seed":7', '"seed":8').slice(0, -5);
    await rewrite(storage, edited);
    expect(await dropTornLine(storage)).toBe(false);
    expect(await textOf(storage)).toBe(edited);
    expect(await dropTornLine(memoryStorage())).toBe(false);
  });
});
