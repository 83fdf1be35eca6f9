import { createContext, runInContext } from "node:vm";
import { encode as encodePng } from "fast-png";
import { describe, expect, it } from "vitest";
import { arrayDataset, dense, fromStructure, loadModel, network, predict, provideKernels, saveModel, softmaxCrossEntropy, study } from "../../src/index.ts"; // prettier-ignore
import type { Model } from "../../src/index.ts";
import { loadKeras, loadOnnx, loadTfjs, readImage, readNpz, saveOnnx, saveTfjs, writeNpz } from "../../src/io.ts";
import { buffersOf, decode, encode } from "../../src/worker/encode.ts";
import { readFile } from "node:fs/promises";

/** Another global, as an iframe or a test runner's sandbox has one: its classes are not this one's. */
const realm = createContext({});
const foreign = runInContext("({ Uint8Array, Float32Array, Int32Array, Int16Array, ArrayBuffer, Map, Object })", realm) as typeof globalThis; // prettier-ignore

/** The same bytes as the other global has them: a view that does not begin where its memory does, and plain memory. */
function bothWays(bytes: Uint8Array): readonly (Uint8Array | ArrayBuffer)[] {
  const view = new foreign.Uint8Array(bytes.length + 3).subarray(3);
  view.set(bytes);
  const whole = new foreign.Uint8Array(bytes.length);
  whole.set(bytes);
  expect(view instanceof Uint8Array || whole.buffer instanceof ArrayBuffer).toBe(false);
  return [view, whole.buffer];
}

const model: Model = {
  task: "classification",
  network: network([dense(2)], { input: [1, 2] }),
  weights: new Map([
    ["0.weight", { shape: [2, 2], data: new Float32Array([1, 0, 0, 2]) }],
    ["0.bias", { shape: [2], data: new Float32Array([0, -1]) }],
  ]),
  classes: ["healthy", "tumour"],
  maskClasses: [],
  normalization: { kind: "none" },
  loss: softmaxCrossEntropy(),
};
const tensorsOf = ({ weights }: Model) => [...weights.values()].map(({ data }) => Array.from(data));

describe("bytes of another realm", () => {
  it("are read as this realm's own: .npz, images, models of every format", async () => {
    const images = { shape: [2, 2, 2], data: Uint8Array.from({ length: 8 }, (_, i) => i) };
    for (const bytes of bothWays(await writeNpz({ images })))
      expect(await readNpz(bytes)).toMatchObject({ length: 2, shape: [2, 2] });
    const png = encodePng({ width: 2, height: 1, data: new Uint8Array([7, 9]), channels: 1, depth: 8 });
    for (const bytes of bothWays(png)) expect(Array.from((await readImage(bytes)).pixels, Number)).toEqual([7, 9]);
    for (const bytes of bothWays(saveModel(model))) expect(tensorsOf(loadModel(bytes))).toEqual(tensorsOf(model));
    for (const bytes of bothWays(await saveOnnx(model)))
      expect(tensorsOf(await loadOnnx(bytes))).toEqual(tensorsOf(model));
    const files = await saveTfjs(model);
    for (const bytes of bothWays(files["weights.bin"]))
      expect(tensorsOf(await loadTfjs({ ...files, "weights.bin": bytes }))).toEqual(tensorsOf(model));
    const layers = [{ class_name: "Dense", config: { name: "d", units: 2, activation: "softmax", batch_input_shape: [null, 2] } }]; // prettier-ignore
    const arrays = await writeNpz({
      arr_0: { shape: [2, 2], data: new Float32Array([1, 0, 0, 2]) },
      arr_1: { shape: [2], data: new Float32Array([0, -1]) },
    });
    for (const bytes of bothWays(arrays))
      expect(tensorsOf(await loadKeras({ class_name: "Sequential", config: { layers } }, bytes))).toEqual(tensorsOf(model)); // prettier-ignore
  });

  it("are written with their type, and arrays of other types refused", async () => {
    const data = new foreign.Float32Array([0.5, 1.5, 2.5, 3.5]);
    const set = await readNpz(await writeNpz({ images: { shape: [1, 2, 2], data } }));
    if ("train" in set) throw new TypeError("expected one set");
    const image = new Float32Array(4);
    set.read(0, image, 0);
    expect(Array.from(image)).toEqual([0.5, 1.5, 2.5, 3.5]);
    const wrong = { shape: [2], data: new Uint16Array(2) as unknown as Uint8Array };
    await expect(writeNpz({ images: wrong })).rejects.toThrow(
      /writeNpz "images": expected a Uint8Array.*got Uint16Array/,
    );
  });

  it("are kernels to provide", async () => {
    const [bytes] = bothWays(await readFile(new URL("../../build/kernels.reproducible.release.wasm", import.meta.url)));
    try {
      provideKernels({ reproducible: bytes as Uint8Array<ArrayBuffer> });
      const set = arrayDataset({ images: new Uint8Array([3, 1]), shape: [1, 2] });
      expect((await predict(model, set)).probabilities[0]).toBeCloseTo(0.8808, 4);
    } finally {
      provideKernels({});
    }
    expect(() => provideKernels({ fast: [0] as unknown as Uint8Array<ArrayBuffer> })).toThrow(/got Array$/);
  });

  it("are sent to a worker as they are, with the plain objects and maps around them; only this realm's memory is moved", () => {
    const arrays = runInContext(
      "({ images: new Uint8Array([1, 2]).buffer, of: new Map([['a', [1]]]) })",
      realm,
    ) as object;
    const sent = encode(arrays, "data") as { images: ArrayBuffer; of: Map<string, unknown> };
    expect(sent.images).toBe((arrays as typeof sent).images);
    expect(sent.of).toEqual(new Map([["a", [1]]]));
    expect(buffersOf(sent)).toEqual([]);
    expect(decode(structuredClone(sent))).toMatchObject({ of: new Map([["a", [1]]]) });
  });
});

describe("typed arrays of another realm", () => {
  const images = Uint8Array.from({ length: 60 * 16 }, (_, i) => (37 * i + 13 * (i >> 4)) % 256);
  const labels = Int32Array.from({ length: 60 }, (_, i) => i % 2);

  async function weightsOf(pixels: Uint8Array, classes: Int32Array): Promise<string> {
    const run = study({ data: arrayDataset({ images: pixels, shape: [4, 4], labels: classes }), seed: 7 });
    const training = run.train({ network: network([dense(2)]), epochs: 1 });
    for (;;) {
      const next = await training.next();
      if (next.done) return next.value.weightsSha256;
    }
  }

  it("make a dataset that trains to the same bits, with the same checks", async () => {
    const [pixels] = bothWays(images) as [Uint8Array];
    expect(await weightsOf(pixels, new foreign.Int32Array(labels))).toBe(await weightsOf(images, labels));
    const wrong = new foreign.Float32Array([1, NaN]);
    expect(() => arrayDataset({ images: wrong, shape: [1, 2] })).toThrow(/expected finite pixels, got NaN/);
    expect(() => arrayDataset({ images: new foreign.ArrayBuffer(4) as unknown as Uint8Array, shape: [2, 2] })).toThrow(
      /got ArrayBuffer$/,
    );
  });

  it("make images by structure", () => {
    const image = fromStructure({ data: new foreign.Int16Array([1, -2]), dims: [2, 1] });
    expect(image.pixels).toEqual(new Int16Array([1, -2]));
  });
});

describe("what is no bytes", () => {
  it("is refused by its kind: a path for a model, an answer of fetch, null; a bare object too", async () => {
    for (const [wrong, got] of [["model.safetensors", '"model.safetensors"'], [new Response(""), "Response"], [null, "null"]] as const) // prettier-ignore
      expect(() => loadModel(wrong as unknown as Uint8Array)).toThrow(`expected a file's bytes as a Uint8Array or an ArrayBuffer, got ${got}. Read the file first.`); // prettier-ignore
    await expect(loadOnnx(null as unknown as Uint8Array)).rejects.toThrow(TypeError);
    await expect(readNpz(Object.create(null) as Uint8Array)).rejects.toThrow(/got an object$/);
  });

  it("is an address to fetch first, where files are read in parts", async () => {
    for (const address of ["https://example.org/a.npz", new URL("https://example.org/a.npz")])
      await expect(readNpz(address)).rejects.toThrow(/got an address\. Fetch it/);
  });
});
