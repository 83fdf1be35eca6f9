import { expect, it } from "vitest";
import { phantoms } from "../../src/data/phantom.ts";
import { StudyStateError } from "../../src/errors.ts";
import { dense } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import * as later from "../../src/study/later.ts";
import * as atOnce from "../../src/study/study.ts";

const data = phantoms({ count: 40, seed: 7 });
const settings = { network: network([dense(2)]), epochs: 2 };

it("a study that is loaded at its first call goes as one that is loaded before, and is opened again", async () => {
  const storage = memoryStorage();
  const made = [later.study({ data, seed: 7, storage }), atOnce.study({ data, seed: 7 })];
  const ends = [];
  for (const run of made) {
    const epochs = run.train(settings);
    let next = await epochs.next();
    let count = 0;
    for (; !next.done; next = await epochs.next()) count++;
    ends.push({ count, weights: next.value.weightsSha256, sets: await run.sets() });
  }
  expect(ends[0].count).toBe(2);
  expect(ends[0]).toEqual(ends[1]);
  const opened = later.openStudy({ storage, data });
  expect((await opened.model()).network.layers).toHaveLength(1);
  expect((await opened.ledger()).at(-1)?.event).toBe("training ended");
  await expect(later.study({ data, storage }).sets()).rejects.toThrow(StudyStateError);
});

it("two first calls side by side are of one study", async () => {
  const run = later.study({ data, seed: 7 });
  const [sets, ledger] = await Promise.all([run.sets(), run.ledger()]);
  expect(sets.train + sets.validation + sets.test).toBe(40);
  expect(ledger.filter(({ event }) => event === "created")).toHaveLength(1);
});
