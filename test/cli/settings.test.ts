import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trainSettings } from "../../src/cli/recipe.ts";
import { allFlags, resolveSettings } from "../../src/cli/settings.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { phantoms } from "../../src/index.ts";

const inFile = (content: unknown) => resolveSettings({}, { name: "study.config.json", content });

describe("settings", () => {
  it("are complete with defaults when nothing is given", () => {
    expect(resolveSettings({})).toEqual({
      task: null,
      loss: null,
      checkpointEvery: 30,
      threads: "auto",
      classWeights: null,
      sampling: "shuffle",
      labelSmoothing: 0,
      accumulate: 1,
      clipNorm: null,
      monitor: "loss",
      threshold: 0.5,
      temperature: "fit",
      augment: [],
      patches: null,
      patchStride: null,
      patchesPerImage: 1,
      patchForeground: 0,
      normalization: "pixelZScore",
      leakage: "stop",
      hidden: [64, 32],
      activation: "relu",
      dropout: 0.3,
      dropoutKind: "plain",
      inputDropout: 0,
      spatialDropout: 0,
      hiddenNorm: null,
      epochs: 60,
      batch: 32,
      optimizer: "adam",
      learningRate: null,
      schedule: "constant",
      l1: 0,
      l2: 0,
      weightDecay: null,
      maxNorm: null,
      decayBiases: false,
      ema: null,
      swa: false,
      from: null,
      freeze: [],
      patience: 10,
      groupBy: "patient",
      ratios: [0.7, 0.15, 0.15],
      gray: false,
      clip: null,
      window: null,
      spacing: null,
      size: null,
      positive: null,
      unreadable: "stop",
      moreData: null,
      numericMode: "reproducible",
      wide: false,
      seed: 1,
      refine: false,
      refineTrials: null,
      refineMinutes: null,
      refineFolds: null,
      learningCurve: false,
    });
  });

  it.each([
    ["task", "segmentation", "segmentation"],
    ["hidden", "128,64, 32", [128, 64, 32]],
    ["hidden", "", []],
    ["activation", "gelu", "gelu"],
    ["window", "-600,1500", [-600, 1500]],
    ["clip", "0.5,99.5", [0.5, 99.5]],
    ["size", "32,64,64", [32, 64, 64]],
    ["spacing", "none", null],
    ["patchStride", "16,8,8", [16, 8, 8]],
    ["patchStride", "none", null],
    ["dropout", "0.25", 0.25],
    ["epochs", "12", 12],
    ["batch", "64", 64],
    ["optimizer", "adamW", "adamW"],
    ["learningRate", "1e-3", 0.001],
    ["schedule", "cosine", "cosine"],
    ["l1", ".5", 0.5],
    ["l2", "0.0001", 0.0001],
    ["weightDecay", "0.05", 0.05],
    ["weightDecay", "none", null],
    ["maxNorm", "3", 3],
    ["dropoutKind", "gaussian", "gaussian"],
    ["hiddenNorm", "batch", "batch"],
    ["ema", "0.999", 0.999],
    ["swa", true, true],
    ["from", "studies/a", "studies/a"],
    ["freeze", "0, hidden 2", ["0", "hidden 2"]],
    ["augment", "rotate=10, deform,flip=xy@0.5", ["rotate=10", "deform", "flip=xy@0.5"]],
    ["augment", "none", []],
    ["patience", "none", null],
    ["groupBy", "none", null],
    ["groupBy", "similarity", "similarity"],
    ["leakage", "drop", "drop"],
    ["moreData", "more.npz", "more.npz"],
    ["moreData", "none", null],
    ["classWeights", "balanced", "balanced"],
    ["sampling", "balanced", "balanced"],
    ["labelSmoothing", "0.1", 0.1],
    ["ratios", "0.8,0.1,0.1", [0.8, 0.1, 0.1]],
    ["numericMode", "fast", "fast"],
    ["wide", true, true],
    ["seed", "0", 0],
    ["refine", true, true],
    ["refineTrials", "6", 6],
    ["refineMinutes", "2.5", 2.5],
    ["refineFolds", "5", 5],
    ["learningCurve", true, true],
  ])("the flag of %s takes %j, as the file takes the value it means", (name, text, value) => {
    expect(resolveSettings({ [name]: text })).toEqual({ ...resolveSettings({}), [name]: value });
    expect(inFile({ [name]: value })).toEqual(resolveSettings({ [name]: text }));
  });

  it("with patches scale by zScore unless a flag or the file names another way", () => {
    expect(resolveSettings({ patches: "32x24" })).toMatchObject({ patches: [32, 24], normalization: "zScore" });
    expect(resolveSettings({ patches: "32" })).toMatchObject({ patches: 32, normalization: "zScore" });
    expect(resolveSettings({ patches: "none" })).toMatchObject({ patches: null, normalization: "pixelZScore" });
    expect(resolveSettings({ patches: "32", normalization: "unit" }).normalization).toBe("unit");
    expect(inFile({ patches: [32, 24] })).toEqual(resolveSettings({ patches: "32x24" }));
    expect(inFile({ patches: 32, normalization: "none" }).normalization).toBe("none");
    expect(inFile({ patches: 32, normalization: "pixelZScore" }).normalization).toBe("pixelZScore");
    expect(() => inFile({ patches: [] })).toThrow(/"patches": expected whole numbers of at least 1/);
  });

  it("weight decay reaches the optimizer, whose own it is when none is given", () => {
    const images = phantoms({ count: 3, seed: 1 });
    const decayOf = (given: Record<string, string>) =>
      trainSettings(resolveSettings(given), images).optimizer?.weightDecay;
    expect(decayOf({})).toBe(0);
    expect(decayOf({ weightDecay: "0.05" })).toBe(0.05);
    expect(decayOf({ optimizer: "adamW" })).toBe(0.01);
    expect(decayOf({ optimizer: "adamW", weightDecay: "0.05" })).toBe(0.05);
    expect(decayOf({ optimizer: "momentum", weightDecay: "0" })).toBe(0);
  });

  it("every key has a flag of the same name, and the other way round", () => {
    const keys = allFlags().map((option) => option.attributeName());
    expect(keys).toEqual(Object.keys(resolveSettings({})));
  });

  it("a flag goes before the file, the file before the default", () => {
    const settings = resolveSettings({ epochs: "3" }, { name: "c.json", content: { epochs: 5, batch: 8 } });
    expect(settings).toMatchObject({ epochs: 3, batch: 8, patience: 10 });
  });

  it.each([
    [{ epochs: "ten" }, '--epochs: expected a whole number from 1 to 16777215, got "ten"'],
    [{ epochs: "1.5" }, "--epochs: expected a whole number"],
    [{ epochs: "" }, "--epochs: expected a whole number"],
    [{ epochs: "0x10" }, "--epochs: expected a whole number"],
    [{ batch: "0" }, '--batch: expected a whole number of at least 1, got "0"'],
    [{ dropout: "1" }, '--dropout: expected a number in [0, 1), got "1"'],
    [{ learningRate: "-1" }, '--learning-rate: expected a number above 0, or none, got "-1"'],
    [{ learningRate: "Infinity" }, "--learning-rate: expected a number above 0"],
    [
      { hidden: "64,,32" },
      '--hidden: expected whole numbers of at least 1, such as 64,32, or none for no hidden layer, got "64,,32"',
    ],
    [{ hidden: "64,0" }, "--hidden: expected whole numbers of at least 1"],
    [{ ratios: "0.7,0.3" }, "--ratios: expected three numbers above 0"],
    [{ ratios: "0.7,0.2,0" }, "--ratios: expected three numbers above 0"],
    [{ numericMode: "quick" }, '--numeric-mode: expected one of reproducible, fast, got "quick"'],
    [{ optimizer: "adan" }, 'got "adan". Did you mean "adam"?'],
    [
      { augment: "rotate,rotat=10" },
      '--augment: "rotat=10": expected the name of an augmentation, got "rotat". Did you mean "rotate"?',
    ],
    [
      { augment: "wobble" },
      '--augment: "wobble": expected the name of an augmentation, got "wobble". Known are crop, translate,',
    ],
    [{ augment: "flip=xy@1.5" }, '--augment: "flip=xy@1.5": flip: expected a probability from 0 to 1, got 1.5'],
    [{ augment: "flip=w" }, '"flip=w": flip: expected axes of "x", "y", "z"'],
    [{ augment: "rotate=200" }, '--augment: "rotate=200": rotate: expected degrees from 0 to 180, got 200'],
    [{ augment: "rotate=ten" }, '--augment: "rotate=ten": rotate: expected degrees from 0 to 180, got NaN'],
    [{ augment: "rotate,,flip" }, '--augment: "": expected a name, then an amount and a probability if wanted'],
    [{ augment: "padding=mirror@0.5" }, "padding: expected no probability"],
    [{ optimizer: "adamw" }, 'got "adamw". Did you mean "adamW"?'],
  ])("refuses the flags %j with words that say what was expected", (flags, message) => {
    expect(() => resolveSettings(flags)).toThrow(UsageError);
    expect(() => resolveSettings(flags)).toThrow(message);
  });

  it.each([
    [{ epoch: 5 }, 'study.config.json: unknown setting "epoch". Did you mean "epochs"?'],
    [{ "learning-rate": 0.1 }, 'unknown setting "learning-rate". Did you mean "learningRate"?'],
    [{ pateince: 5 }, 'Did you mean "patience"?'],
    [{ colour: "red" }, 'unknown setting "colour". Known are task, hidden, activation,'],
    [{ __proto__x: 1 }, "unknown setting"],
    [{ epochs: "5" }, 'study.config.json: "epochs": expected a whole number from 1 to 16777215, got "5"'],
    [
      { hidden: 64 },
      '"hidden": expected whole numbers of at least 1, such as 64,32, or none for no hidden layer, got 64',
    ],
    [{ hidden: [64, "32"] }, 'got [64,"32"]'],
    [{ freeze: "0" }, '"freeze": expected names of layers, such as 0,hidden 2, got "0"'],
    [{ freeze: ["0", ""] }, '"freeze": expected names of layers'],
    [{ from: "" }, '"from": expected the path of a model or a study\'s folder, or none, got ""'],
    [
      { augment: "rotate=10" },
      '"augment": expected a list such as rotate=10,deform,flip=xy@0.5, or none, got "rotate=10"',
    ],
    [{ augment: ["deform", { kind: "rotate" }] }, '"augment": {"kind":"rotate"}: expected text such as "rotate=10"'],
    [
      { augment: ["scale=9"] },
      'study.config.json: "augment": "scale=9": scale: expected a fraction from 0 to 4, got 9',
    ],
    [{ refine: "yes" }, '"refine": expected true or false, got "yes"'],
    [{ patience: 0 }, '"patience": expected a whole number of at least 1, or none, got 0'],
    [[], "study.config.json: expected an object of settings"],
    [null, "study.config.json: expected an object of settings"],
  ])("refuses the file %j with its name and the key", (content, message) => {
    expect(() => inFile(content)).toThrow(UsageError);
    expect(() => inFile(content)).toThrow(message);
  });

  it("suggests every key for a swap, a loss or a doubling of one of its letters", () => {
    for (const key of Object.keys(resolveSettings({})).filter((key) => key.length > 4)) {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: key.length - 2 }),
          fc.constantFrom("swap", "lose", "double"),
          (at, how) => {
            const [a, b] = [key[at], key[at + 1]];
            const wrong = { swap: b + a, lose: b, double: a + a + b }[how];
            const misspelt = key.slice(0, at) + wrong + key.slice(at + 2);
            fc.pre(misspelt !== key);
            expect(() => inFile({ [misspelt]: 1 })).toThrow(`Did you mean "${key}"?`);
          },
        ),
      );
    }
  });
});
