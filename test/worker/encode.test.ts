import { describe, expect, it } from "vitest";
import {
  adam, batchNorm, customDataset, defaultRemedies, dense, DivergenceError, dropout, FormatError, LeakageError,
  memoryStorage, network, oneCycle, phantoms, relu, SealedTestSetError, StorageError, StudyStateError, ThreadError,
} from "../../src/index.ts"; // prettier-ignore
import type { Network } from "../../src/index.ts";
import { buffersOf, decode, encode } from "../../src/worker/encode.ts";
import { decodeError, encodeError } from "../../src/worker/encode-error.ts";

const sent = (value: unknown) => decode(structuredClone(encode(value, "it")));

describe("values over the wire", () => {
  it("are what they were: optimizers, schedules, remedies, maps, typed arrays, URLs, undefined, infinities", () => {
    const values = {
      optimizer: adam({ learningRate: 1e-3 }),
      schedule: oneCycle({ maximum: 0.1, steps: 3 }),
      remedies: defaultRemedies,
      weights: new Map([["0.weight", { shape: [2], data: new Float32Array([1, -0]) }]]),
      url: new URL("https://scans.example/a.npz"),
      nothing: undefined,
      none: null,
      numbers: [NaN, Infinity, -0],
    };
    expect(sent(values)).toEqual(values);
  });

  it("are frozen where they arrive", () => {
    const { a } = sent({ a: [{ b: 1 }] }) as { a: readonly { b: number }[] };
    expect([Object.isFrozen(a), Object.isFrozen(a[0])]).toEqual([true, true]);
  });

  it("have networks among them, with and without an input", () => {
    const layers = [dense(8, { name: "first" }), batchNorm(), relu(), dropout(0.2), dense(2)];
    const [open, known] = sent([network(layers), network(layers, { input: [4, 4] })]) as readonly Network[];
    expect(open.layers).toEqual(layers);
    expect(open.input).toBeNull();
    expect(known.summary()).toBe(network(layers, { input: [4, 4] }).summary());
  });

  it("keep a key called __proto__ a key", () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}}') as object;
    const back = sent(value) as object;
    expect(Object.keys(back)).toEqual(["__proto__"]);
    expect("polluted" in back).toBe(false);
  });

  it.each<[string, unknown, RegExp]>([
    ["a function", { onBatch: () => 1 }, /^train\.onBatch: expected plain values, .* got a function/],
    ["a function in a list", { augment: [{ draw: () => 1 }] }, /^train\.augment\[0\]\.draw: .* got a function/],
    ["a symbol", { a: Symbol("b") }, /^train\.a: .* got a symbol/],
    ["an object of a class", { a: new (class Painter {})() }, /^train\.a: .* got a Painter/],
    ["a promise", { a: Promise.resolve() }, /^train\.a: .* got a Promise/],
    ["a dataset", phantoms({ count: 2 }), /^train: expected a description of the data, got a dataset.*\{ arrays: \{\.\.\.\} \}/],
    ["a dataset that is read later", customDataset({ length: 1, shape: [1], read: () => undefined }), /got a dataset/],
    ["a storage", memoryStorage(), /^train\.read: .* got a function/],
  ])("refuse %s", (_, value, message) => {
    expect(() => encode(value, "train")).toThrow(TypeError);
    expect(() => encode(value, "train")).toThrow(message);
  }); // prettier-ignore

  it("name each piece of memory once", () => {
    const shared = new Float32Array(8);
    const value = { a: shared.subarray(0, 2), b: [shared], c: new Map([["d", new Uint8Array(1)]]), e: "text" };
    expect(buffersOf(value).map(({ byteLength }) => byteLength)).toEqual([32, 1]);
  });
});

describe("errors over the wire", () => {
  const through = (error: unknown) => decodeError(structuredClone(encodeError(error)));

  it.each([FormatError, SealedTestSetError, StorageError, StudyStateError, ThreadError, RangeError, TypeError, Error])(
    "are caught as %o, with message, stack and cause",
    (Class) => {
      const error = new Class("expected this, got that", { cause: new RangeError("inner") });
      const back = through(error);
      expect(back).toBeInstanceOf(Class);
      expect([back.name, back.message, back.stack]).toEqual([error.name, error.message, error.stack]);
      expect(back.cause).toBeInstanceOf(RangeError);
      expect((back.cause as Error).message).toBe("inner");
    },
  );

  it("keep what a DivergenceError, a LeakageError and a system's error say besides", () => {
    const at = { epoch: 2, step: 3, layer: "hidden 1" };
    const diverged = through(new DivergenceError("NaN", at));
    expect(diverged).toBeInstanceOf(DivergenceError);
    expect((diverged as DivergenceError).at).toEqual(at);
    const pairs = [{ kind: "exact", a: { set: "train", index: 1 }, b: { set: "test", index: 2 }, similarity: null }];
    const leaked = through(new LeakageError("copies", pairs));
    expect(leaked).toBeInstanceOf(LeakageError);
    expect((leaked as LeakageError).pairs).toEqual(pairs);
    const full = Object.assign(new Error("no space"), { code: "ENOSPC", handler: () => 1 });
    expect(through(full)).toMatchObject({ name: "Error", message: "no space", code: "ENOSPC" });
  });

  it("are the platform's where they were: AbortError, QuotaExceededError", () => {
    const back = through(new DOMException("stopped", "AbortError"));
    expect(back).toBeInstanceOf(DOMException);
    expect([back.name, back.message]).toEqual(["AbortError", "stopped"]);
  });

  it("are errors even where something else was thrown", () => {
    expect(through("just text")).toMatchObject({ name: "Error", message: "just text" });
  });
});
