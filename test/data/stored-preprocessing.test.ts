import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { centreCropOrPad, gray, percentileClip, rescale, resampleTo, standardize, window } from "../../src/data/preprocessing.ts"; // prettier-ignore
import { readFolder } from "../../src/io/read-folder.ts";
import { readNpz } from "../../src/io/npz.ts";
import { preprocessingOfJson } from "../../src/data/stored-preprocessing.ts";

const steps = [
  gray(),
  window({ centre: 40, width: 400 }),
  percentileClip({ low: 1, high: 99 }),
  rescale({ to: [-1, 1] }),
  standardize(),
  resampleTo({ size: [3, 2] }),
  resampleTo({ spacing: 2 }),
  resampleTo({ spacing: [1, 2, 3] }),
  centreCropOrPad({ size: [3, 2] }),
  centreCropOrPad({ size: [3, 2], fill: -1000 }),
];

describe("preprocessing that stands in JSON", () => {
  it("comes back as it was written", () => {
    expect(preprocessingOfJson(JSON.parse(JSON.stringify(steps)))).toEqual(steps);
  });

  it.each<[unknown, RegExp]>([
    [null, /expected a list of steps, got null/],
    [[{ kind: "blur" }], /step 0: expected a step of preprocessing, got \{"kind":"blur"\}/],
    [[{ kind: "gray" }, { kind: "window", centre: "40", width: 1 }], /step 1: expected a number as centre/],
    [[{ kind: "window", centre: 40, width: 0 }], /a width above 0/],
    [[{ kind: "resampleTo", size: [1e9, null] }], /a list of numbers as size/],
    [[{ kind: "resampleTo", size: [0] }], /whole numbers of at least 1/],
    [[{ kind: "rescale", to: [1] }], /two numbers/],
  ])("%j is refused", (value, message) => {
    expect(() => preprocessingOfJson(value)).toThrow(RangeError);
    expect(() => preprocessingOfJson(value)).toThrow(message);
  });

  it("of any shape is a list of steps or a RangeError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.record({ kind: fc.constantFrom(...steps.map(({ kind }) => kind)), size: fc.jsonValue(), to: fc.jsonValue() }, { requiredKeys: ["kind"] }))), (value) => {
        try {
          for (const step of preprocessingOfJson(value)) expect(steps.map(({ kind }) => kind)).toContain(step.kind);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 1000 },
    );
  }); // prettier-ignore

  it("is checked where files are read with it", async () => {
    const options = { preprocessing: [{ kind: "blur" }] as never };
    await expect(readFolder("none", options)).rejects.toThrow(/step 0: expected a step of preprocessing/);
    await expect(readNpz(new Uint8Array(), options)).rejects.toThrow(/step 0: expected a step of preprocessing/);
  });
});
