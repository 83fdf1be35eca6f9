import { expect, test } from "vitest";
import { dense, network, phantoms, study } from "voxgrad";

test("a report counts the groups of each set, and their smallest and largest", async () => {
  const data = { ...phantoms({ count: 60, seed: 7 }), groups: Array.from({ length: 60 }, (_, i) => `patient ${i % 20}`) };
  const run = study({ data, seed: 7 });
  for await (const epoch of run.train({ network: network([dense(2)]), epochs: 1 })) expect(epoch.epoch).toBe(1);
  const { sets } = await run.test();
  const groups = [sets.train, sets.validation, sets.test].map((set) => set.groups!);
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(20);
  for (const [k, { count, smallest, largest }] of groups.entries()) {
    expect([smallest, largest]).toEqual([3, 3]);
    expect(3 * count).toBe([sets.train, sets.validation, sets.test][k].size);
  }
}); // prettier-ignore

test("a report of images without groups says nothing of them", async () => {
  const run = study({ data: { ...phantoms({ count: 60, seed: 7 }), groups: null }, seed: 7 });
  for await (const epoch of run.train({ network: network([dense(2)]), epochs: 1 })) expect(epoch.epoch).toBe(1);
  const { sets } = await run.test();
  expect(Object.keys(sets.train)).toEqual(["size", "sha256", "classCounts"]);
});
