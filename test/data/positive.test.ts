import { describe, expect, it } from "vitest";
import { arrayDataset, phantoms, study, withPositive } from "../../src/index.ts";
import type { Dataset } from "../../src/index.ts";

const images = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
const made = (classes: readonly string[], labels: readonly number[]) =>
  arrayDataset({ images, shape: [2], labels, classes, groups: ["a", "b", "c", "d", "e", "f"] });
const two = made(["cancer", "healthy"], [0, 1, 1, 0, 1, 1]);
const namesOf = ({ classes, labels }: Dataset) => Array.from(labels ?? [], (label) => classes[label]);

describe("withPositive", () => {
  it("puts the class that is looked for second: every image keeps its class, its pixels, group and digest", async () => {
    const turned = withPositive(two, "cancer");
    expect(turned.classes).toEqual(["healthy", "cancer"]);
    expect(namesOf(turned)).toEqual(namesOf(two));
    const [was, is] = [new Float32Array(2), new Float32Array(2)];
    for (let image = 0; image < 6; image++) {
      two.read(image, was, 0);
      turned.read(image, is, 0);
      expect(is).toEqual(was);
      expect(await turned.digest(image)).toBe(await two.digest(image));
    }
    expect(turned.groups).toEqual(two.groups);
    expect(withPositive(two, "healthy")).toBe(two);
    expect(withPositive(turned, "healthy").labels).toEqual(two.labels);
  });

  it("does so in each of three sets", () => {
    const { train, test } = withPositive({ train: two, validation: two, test: two }, "cancer");
    expect([train.classes, test.classes]).toEqual([["healthy", "cancer"], ["healthy", "cancer"]]); // prettier-ignore
  });

  it("turns what a report counts: recall is of the class that is looked for", async () => {
    const data = phantoms({ count: 60, seed: 7 });
    const reportOf = async (set: Dataset) => {
      const run = study({ data: set, seed: 7 });
      for await (const epoch of run.train({ epochs: 2 })) void epoch;
      return run.test();
    };
    const [first] = data.classes;
    const turned = await reportOf(withPositive(data, first));
    const before = await reportOf(data);
    expect(turned.classes).toEqual([...before.classes].reverse());
    expect(turned.sets.test.classCounts).toEqual([...before.sets.test.classCounts].reverse());
    expect(turned.metrics.recall?.value).toBe(turned.perClass.find((one) => one.class === first)?.recall.value);
    expect(turned.metrics.specificity?.value).toBe(turned.perClass.find((one) => one.class !== first)?.recall.value);
  });

  it("refuses a name that no class has, more than two classes, and images without labels", () => {
    expect(() => withPositive(two, "Cancer")).toThrow('positive: expected one of the classes "cancer", "healthy", got "Cancer"'); // prettier-ignore
    expect(() => withPositive(made(["a", "b", "c"], [0, 1, 2, 0, 1, 2]), "a")).toThrow(/expected two classes, of which one is looked for, got 3: a, b, c/); // prettier-ignore
    expect(() => withPositive(arrayDataset({ images, shape: [2] }), "a")).toThrow(TypeError);
  });
});
