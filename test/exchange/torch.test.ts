import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { littleEndianBytes } from "../../src/endian.ts";
import { dense, relu } from "../../src/model/layers.ts";
import { saveModel } from "../../src/train/model.ts";
import type { Model } from "../../src/train/model.ts";
import { predict } from "../../src/train/predict.ts";
import { allLosses, around, furthest, imagesFor, layersByKind, modelOf, pixelsOf } from "./models.ts";

const python = process.env["VOXGRAD_PYTHON"] ?? "/usr/bin/python3";
const hasTorch = (() => {
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const folder = mkdtempSync(join(tmpdir(), "voxgrad-torch-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = fileURLToPath(new URL("run_torch.py", import.meta.url));

const cases: [string, Model][] = [
  ...Object.entries(layersByKind).map(([kind, layer]): [string, Model] => [kind, modelOf(around(layer))]),
  ...allLosses.map((loss): [string, Model] => [loss.kind, modelOf(around(layersByKind.tanh), { loss })]),
  ["named layers", modelOf([dense(9, { name: "hidden 1" }), relu({ name: "rectified" })])],
];

describe.skipIf(!hasTorch)("a saved model in torch.nn.Sequential (skipped without python3-torch; VOXGRAD_PYTHON names the interpreter)", () => {
  beforeAll(async () => {
    cases.forEach(([, model], number) => {
      writeFileSync(join(folder, `model-${number}.safetensors`), saveModel(model));
      writeFileSync(join(folder, `pixels-${number}`), littleEndianBytes(pixelsOf(imagesFor(model))));
    });
    await promisify(execFile)(python, [script, folder, `${cases.length}`]);
  }, 120000);

  it.each(cases.map(([what, model], number) => [what, number, model] as const))(
    "gives voxgrad's probabilities to 1e-6, every tensor under its name: %s",
    async (_, number, model) => {
      const { probabilities } = await predict(model, imagesFor(model));
      const answers = new Float32Array(Uint8Array.from(readFileSync(join(folder, `answers-${number}`))).buffer);
      expect(furthest(answers, probabilities)).toBeLessThan(1e-6);
    },
  );
}); // prettier-ignore
