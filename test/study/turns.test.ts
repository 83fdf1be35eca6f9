import { describe, expect, it } from "vitest";
import { dense, memoryStorage, network, openStudy, phantoms, study } from "../../src/index.ts";
import type { Study } from "../../src/index.ts";

const data = phantoms({ count: 60, seed: 7 });
const options = { network: network([dense(2)]), epochs: 2 };

async function train(run: Study): Promise<void> {
  for await (const epoch of run.train(options)) expect(epoch.epoch).toBeGreaterThan(0);
}

describe("phases of one study", () => {
  it("go one at a time: a second call is refused, and the first goes on to a ledger that is whole", async () => {
    const storage = memoryStorage();
    const run = study({ data, seed: 7, storage });
    const [first, second, third] = await Promise.allSettled([train(run), train(run), run.test()]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { name: "StudyStateError" } });
    expect(String((second as PromiseRejectedResult).reason)).toMatch(
      /expected train\(\) to be called when train\(\) has come to its end, got both at once\. Await train\(\)/,
    );
    expect(third).toMatchObject({ status: "rejected", reason: { name: "StudyStateError" } });
    expect((await run.ledger()).map(({ event }) => event)).toEqual(["created", "audited", "split", "training started", "training ended"]); // prettier-ignore

    const tests = await Promise.allSettled([run.test(), run.test()]);
    expect(tests.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect((await openStudy({ storage, data }).ledger()).at(-1)?.event).toBe("test finished");
  });

  it("follow one another: after a loop that was left, after an error, and after each other", async () => {
    const run = study({ data, seed: 7 });
    await expect(run.test()).rejects.toThrow(/expected a trained study/);
    await expect(run.train({ ...options, epochs: 0 }).next()).rejects.toThrow(RangeError);
    for await (const epoch of run.train(options)) if (epoch.epoch === 1) break;
    await train(run);
    await expect(run.test()).resolves.toBeDefined();
  });
});

describe("options of a study", () => {
  it("that there are not, or that are no such way, are refused: they would go unheard", async () => {
    const wrong = (given: object) => study({ data, ...given });
    expect(() => wrong({ sead: 7 })).toThrow(/study: expected options among .*, got "sead"/);
    expect(() => study(undefined as unknown as Parameters<typeof study>[0])).toThrow(/study: expected options in an object.*got undefined/); // prettier-ignore
    await expect(wrong({ groupBy: "patients" }).sets()).rejects.toThrow('study groupBy: expected one of "patient", "similarity", null, got "patients"'); // prettier-ignore
    await expect(wrong({ leakage: "ignore" }).sets()).rejects.toThrow('study leakage: expected one of "stop", "drop", "allow", got "ignore"'); // prettier-ignore
    await expect(wrong({ task: "classify" }).sets()).rejects.toThrow('study task: expected one of "classification", "segmentation", got "classify"'); // prettier-ignore
  });

  it("have data that is a dataset, or three", async () => {
    const of = (given: unknown) => study({ data: given } as Parameters<typeof study>[0]).sets();
    await expect(of(undefined)).rejects.toThrow("study data: expected a dataset, got undefined. Make one of arrays with arrayDataset(), or read one."); // prettier-ignore
    await expect(of(Promise.resolve(data))).rejects.toThrow("study data: expected a dataset, got a promise. Await it.");
    await expect(of(new Uint8Array(5))).rejects.toThrow("got Uint8Array.");
    await expect(of({ train: data, validation: data })).rejects.toThrow("study data.test: expected a dataset, got undefined."); // prettier-ignore
  });
});
