// report.json keeps to report.schema.json: real records are valid, and what lacks a field or has one of another kind is not.
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arrayDataset } from "../../src/data/dataset.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { stream } from "../../src/random.ts";
import { buildReport } from "../../src/report/record.ts";
import type { Report } from "../../src/report/record.ts";
import { memoryStorage } from "../../src/storage/memory.ts";
import { study } from "../../src/study/study.ts";
import type { StudyOptions, TrainRunOptions } from "../../src/study/options.ts";
import { labelledInput, maskedInput } from "./example.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: unknown };

const schema = JSON.parse(readFileSync(new URL("../../report.schema.json", import.meta.url), "utf8")) as Schema;
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: false });
const isValid = ajv.compile(schema);

const problems = (value: unknown) =>
  isValid(value) ? [] : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

/** Made-up images of 4x4 pixels, as bright as their class, some of them weighted. */
function squares(classes: number, count: number, weighted = false): Dataset {
  const random = stream(5, "phantom");
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const images = Float32Array.from({ length: 16 * count }, (_, i) => labels[i >> 4] + random.normal(i));
  const weights = weighted ? Float32Array.from(labels, (_, i) => 0.5 + (i % 3)) : null;
  return arrayDataset({ images, shape: [4, 4], labels, weights });
}

/** report.json as a study wrote it. */
async function written(options: StudyOptions, how: TrainRunOptions, refined = false): Promise<Json> {
  const storage = memoryStorage();
  const run = study({ ...options, storage });
  for await (const { epoch } of run.train(how)) expect(epoch).toBeGreaterThan(0);
  if (refined) await run.refine({ trials: 2, epochs: 4 });
  await run.test();
  return JSON.parse(new TextDecoder().decode((await storage.read("report.json"))!)) as Json;
}

const small = (outputs: number) => network([dense(6), relu(), dropout(0.2), dense(outputs)]);

const records: Readonly<Record<string, () => Promise<Json>>> = {
  "two classes, refined": () =>
    written({ data: phantoms({ count: 80, seed: 7 }), seed: 7 }, { network: small(2), epochs: 3 }, true),
  "three classes": () => written({ data: squares(3, 120), seed: 7 }, { network: small(3), epochs: 3 }),
  "images with weights": () => written({ data: squares(2, 100, true), seed: 7 }, { network: small(2), epochs: 3 }),
  "test images unlike training": () => {
    const input = labelledInput(["a", "b"], [40, 30]);
    const bits = Uint8Array.from({ length: 70 }, (_, i) => (i % 2 === 0 ? 4 : 0));
    const novelty = (unlike: Uint8Array) => ({ reasons: [], unlike, distances: Float32Array.from(unlike) });
    const of = { test: novelty(bits), validation: novelty(new Uint8Array(70)), limitRank: 70 };
    return Promise.resolve(plain(buildReport({ ...input, novelty: of })));
  },
  masks: () => written({ data: phantoms({ count: 40, seed: 7 }), seed: 7, task: "segmentation" }, { epochs: 2 }),
  "figures that are undefined": () => Promise.resolve(plain(buildReport(labelledInput(["a", "b", "c"], [12, 9, 0])))),
  "masks of two classes": () => Promise.resolve(plain(buildReport(maskedInput(["tumour", "oedema"])))),
};

const plain = (report: Report) => JSON.parse(JSON.stringify(report)) as Json;

/** What a schema says here, references followed; null where it says one of several things. */
function follow(part: Schema, value: Json): Schema | null {
  if (typeof part["$ref"] === "string") {
    const name = part["$ref"].replace("#/$defs/", "");
    return follow((schema["$defs"] as Record<string, Schema>)[name], value);
  }
  const choices = part["oneOf"] as Schema[] | undefined;
  if (!choices) return part;
  return value === null
    ? null
    : follow(
        choices.find((choice) => choice["type"] !== "null")!,
        value,
      );
}

interface Change {
  readonly what: string;
  readonly changed: Json;
}

/** Every way to drop or mistype one required field, or to add an unknown one; of a list its first item stands for all. */
function* changesOf(part: Schema, value: Json, path: string, put: (inner: Json) => Json): Generator<Change> {
  const own = follow(part, value);
  if (!own || value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (own["items"] && list.length > 0)
      yield* changesOf(own["items"] as Schema, list[0], `${path}/0`, (inner) => put([inner, ...list.slice(1)]));
    return;
  }
  const object = value as Readonly<Record<string, Json>>;
  for (const key of (own["required"] as string[] | undefined) ?? []) {
    const { [key]: held, ...rest } = object;
    yield { what: `${path}/${key} dropped`, changed: put(rest) };
    yield {
      what: `${path}/${key} mistyped`,
      changed: put({ ...object, [key]: typeof held === "boolean" ? "yes" : true }),
    };
  }
  if (own["additionalProperties"] === false) yield { what: `${path} with more`, changed: put({ ...object, other: 1 }) };
  for (const [key, each] of Object.entries((own["properties"] as Record<string, Schema | false> | undefined) ?? {})) {
    if (each !== false && key in object)
      yield* changesOf(each, object[key], `${path}/${key}`, (inner) => put({ ...object, [key]: inner }));
  }
}

describe("report.schema.json", () => {
  test("names itself as the record does, and is part of the package", () => {
    expect(schema["$id"]).toBe(buildReport(maskedInput()).$schema);
    const { files, exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      files: string[];
      exports: Record<string, unknown>;
    };
    expect(files).toContain("report.schema.json");
    expect(exports["./report.schema.json"]).toBe("./report.schema.json");
  });

  describe.each(Object.entries(records))("for %s", (_, make) => {
    test("accepts the record, and refuses it with any one required field dropped or mistyped, or an unknown one", async () => {
      const record = await make();
      expect(problems(record)).toEqual([]);
      const changes = [...changesOf(schema, record, "", (changed) => changed)];
      expect(changes.length).toBeGreaterThan(150);
      expect(changes.filter(({ changed }) => isValid(changed)).map(({ what }) => what)).toEqual([]);
    });
  });

  test("refuses a null figure without its reason, an interval of one end, shares above 1 and a path in the settings", () => {
    const record = plain(buildReport(labelledInput(["a", "b", "c"], [12, 9, 0]))) as unknown as Report;
    const { rocAuc, accuracy } = record.metrics;
    expect(rocAuc.value).toBeNull();
    const withMetric = (name: string, figure: object) => ({
      ...record,
      metrics: { ...record.metrics, [name]: figure },
    });
    const { reason: _, ...mute } = rocAuc;
    const wrong: readonly (readonly [object, RegExp])[] = [
      [withMetric("rocAuc", mute), /reason/],
      [withMetric("rocAuc", { ...rocAuc, interval: [0, 1] }), /rocAuc/],
      [withMetric("accuracy", { ...accuracy, interval: [0.5] }), /interval/],
      [withMetric("accuracy", { ...accuracy, value: 1.2 }), /accuracy\/value must be <= 1/],
      [withMetric("accuracy", { ...accuracy, value: "0.9" }), /accuracy\/value must be/],
      [{ ...record, settings: { ...record.settings, data: "/home/someone/scans" } }, /settings\/data/],
      [{ ...record, schema: 1 }, /schema must be equal to constant/],
      [{ ...record, weightsSha256: "abc" }, /weightsSha256 must match pattern/],
      [{ ...record, task: "regression" }, /task must be equal to one of/],
    ];
    for (const [value, message] of wrong) expect(problems(value).join("; ")).toMatch(message);
  });

  test("accepts further fields of the record as they are, where there are some", () => {
    const record = plain(buildReport(labelledInput(["a", "b"], [30, 20]))) as unknown as Report;
    const picture = { width: 1, height: 1, gray: "AA==" };
    const more = {
      openings: [{ time: "2026-03-05T14:07:31.123Z", weightsSha256: "c".repeat(64), reason: null, resumed: false, validationLookUps: 24 }],
      decision: { temperature: 1.4, threshold: 0.42, rule: "youden" },
      examples: {
        worst: [{ index: 3, truth: "a", predicted: "b", probability: 0.99, picture, saliency: { width: 1, height: 1, signed: "AA==", scale: 0 }, occlusion: null }],
        best: [],
      },
      perImage: [{ index: 0, dice: null, jaccard: 0.5, sensitivity: 1, precision: 1, volumeSimilarity: 0.5, hausdorff: 3.2, hausdorff95: 3, meanSurfaceDistance: 1 }],
      baselines: [{ name: "the prior", accuracy: 0.6, balancedAccuracy: 0.5, rocAuc: 0.5, brier: 0.24 }],
    }; // prettier-ignore
    expect(problems({ ...record, ...more })).toEqual([]);
    expect(problems({ ...record, decision: { ...more.decision, temperature: 0 } }).join()).toMatch(
      /temperature|decision/,
    );
    expect(problems({ ...record, openings: [{ ...more.openings[0], time: "yesterday" }] }).join()).toMatch(
      /openings\/0\/time/,
    );
  });
});
