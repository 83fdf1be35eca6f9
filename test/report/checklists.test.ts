// What the checklists say is what the record says, item by item; the rest are questions.
import { describe, expect, test } from "vitest";
import { claimHtml, limitsHtml, modelCardHtml } from "../../src/report/checklists-html.ts";
import { claimMarkdown, limitsMarkdown, modelCardMarkdown } from "../../src/report/checklists-markdown.ts";
import { claimItems } from "../../src/report/claim.ts";
import { limitsOf } from "../../src/report/limits.ts";
import { modelCard } from "../../src/report/model-card.ts";
import { buildReport } from "../../src/report/record.ts";
import type { Report } from "../../src/report/record.ts";
import { dense, dropout, relu } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { phantoms } from "../../src/data/phantom.ts";
import { rotate } from "../../src/data/augment.ts";
import { study } from "../../src/study/study.ts";
import { version } from "../../src/version.ts";
import { labelledInput, maskedInput } from "./example.ts";

const run = study({ data: phantoms({ count: 100, seed: 7 }), seed: 7 });
const layers = [dense(6), relu(), dropout(0.2), dense(2)];
for await (const { epoch } of run.train({ network: network(layers), epochs: 4, augment: [rotate(10)] }))
  expect(epoch).toBeGreaterThan(0);
const real = await run.test();
const answerOf = (report: Report, item: number) => claimItems(report)[item - 1].answer ?? "";

describe("the CLAIM checklist of a run", () => {
  test("has the 44 items, each with an answer, a question or both, none of them empty", () => {
    for (const report of [real, buildReport(maskedInput()), buildReport(labelledInput(["a", "b", "c"], [9, 9, 0]))]) {
      const items = claimItems(report);
      expect(items.map(({ item }) => item)).toEqual(Array.from({ length: 44 }, (_, i) => i + 1));
      expect(new Set(items.map(({ title }) => title)).size).toBe(44);
      for (const { answer, question, title } of items) {
        expect(answer ?? question, title).not.toBeNull();
        for (const text of [answer, question])
          if (text !== null) expect(text, title).toMatch(/^(voxgrad|[A-Z]).*[.?]$/s);
        expect(`${answer} ${question}`, title).not.toMatch(/undefined\b(?!, | on )|\[object|NaN/);
      }
    }
  });

  test("has each item under CLAIM's number and section", () => {
    const items = claimItems(real);
    const subjects = [
      /AI was used/, /Summary/, /Background/, /Aims/, /Prospective/, /Goal/, /Sources/, /included and excluded/,
      /Preprocessing/, /Parts of the data/, /De-identification/, /Missing/, /acquired/, /truth was established/,
      /Why this standard/, /annotated/, /Annotation of the test set/, /readers/, /came into the sets/, /disjoint/,
      /Intended size/, /model in detail/, /Software/, /First weights/, /trained/, /final model/, /Ensembles/, /^Measures$/,
      /Uncertainty/, /Robustness/, /Explaining/, /internal/, /external/, /Registration/, /Numbers included/, /Characteristics/,
      /Measures with their uncertainty/, /Diagnostic performance/, /wrong/, /Limits/, /practice/, /protocol/, /for others/, /Funding/,
    ]; // prettier-ignore
    expect(subjects).toHaveLength(44);
    items.forEach(({ title }, i) => expect(title, `item ${i + 1}`).toMatch(subjects[i]));
    const firstOf = new Map<string, number>();
    for (const { item, section } of items) if (!firstOf.has(section)) firstOf.set(section, item);
    expect([...firstOf.values()]).toEqual([1, 3, 5, 7, 14, 19, 21, 22, 25, 28, 35, 37, 40, 42]);
  });

  test("says of sets, division, audit, network, software, seeds and figures what the record has", () => {
    const { sets, metrics, seed } = real;
    expect(answerOf(real, 35)).toContain(`Training set: ${sets.train.size} images`);
    expect(answerOf(real, 35)).toContain(`Test set: ${sets.test.size} images`);
    expect(answerOf(real, 35)).toContain(`${sets.test.classCounts[1]} tumour`);
    expect(answerOf(real, 19)).toMatch(/at random from seed 7, in parts of 0\.7, 0\.15, 0\.15/);
    expect(answerOf(real, 20)).toMatch(/^Images of one group \(patient\) are in one set.* found no image, near copy/);
    expect(answerOf(real, 22)).toBe(
      "A feed-forward network of 10x10x10 inputs, layer by layer: dense 6, relu, dropout 0.2, dense 2.",
    );
    expect(answerOf(real, 23)).toContain(`voxgrad ${version}`);
    expect(answerOf(real, 23)).toContain("Numeric mode reproducible");
    expect(answerOf(real, 24)).toContain(`from seed ${seed}`);
    expect(answerOf(real, 25)).toMatch(
      /adam \(learning rate 0\.001.*At most 4 epochs of batches of 32.*rotate \(degrees 10/s,
    );
    expect(answerOf(real, 26)).toContain(`epoch ${real.bestEpoch}, the best by validation loss`);
    expect(answerOf(real, 26)).toContain("looked at 4 times before the test set was opened");
    expect(answerOf(real, 29)).toMatch(/^Intervals at 95 %: .*bootstrap/);
    const { value, interval } = metrics.rocAuc;
    expect(answerOf(real, 37)).toContain(
      `ROC AUC: ${value!.toFixed(3)} (95 % interval ${interval![0].toFixed(3)} to ${interval![1].toFixed(3)})`,
    );
    const [[, falseAlarms]] = metrics.confusion.value;
    if (falseAlarms > 0)
      expect(answerOf(real, 39)).toMatch(new RegExp(`${falseAlarms} images? of healthy called tumour`));
    for (const item of [3, 4, 5, 7, 13, 14, 15, 16, 17, 18, 34, 41, 44])
      expect(answerOf(real, item), `${item}`).toBe("");
  });

  test("follows the record where it says something else: leaks, refining, decisions, openings, unreadable files", () => {
    const phases = real.phases.map((phase) =>
      phase.event === "audited"
        ? { ...phase, leakage: "allow", pairs: { exact: 3, near: 0 } }
        : phase.event === "split"
          ? { ...phase, unreadable: { count: 2 } }
          : phase,
    );
    const { weightsSha256 } = real;
    const opened = { time: real.testSet.opened, weightsSha256, reason: null, resumed: false, validationLookUps: 4 };
    const other = {
      ...real,
      phases,
      decision: { temperature: 1.25, threshold: 0.41, rule: "youden" },
      openings: [opened, { ...opened, reason: "a slip" }],
    };
    expect(answerOf(other, 20)).toMatch(/pairs across sets: 3 exact; training went on all the same/);
    expect(answerOf(other, 26)).toContain("temperature 1.25, threshold 0.41 by the rule youden");
    expect(answerOf(other, 12)).toMatch(/^2 files could not be read and were left out/);
    expect(answerOf(other, 32)).toContain("opened 2 times");
    expect(limitsOf(other)[0]).toMatch(/^The test set was opened 2 times/);
    expect(limitsOf(other).join()).toMatch(/3 pairs of images or groups stood in two sets/);
    expect(limitsOf(real).join()).not.toMatch(/was opened|stood in two sets/);
  });

  test("an older record without settings, ledger or history is answered for as far as it goes", () => {
    const bare = { ...real, settings: {}, phases: [], history: [] };
    expect(answerOf(bare, 19)).toBe("How the sets were divided is not on record.");
    expect(answerOf(bare, 22)).toBe("The network is not on record.");
    expect(limitsOf(bare).join()).toMatch(/No audit for leakage between the sets is on record/);
  });
});

describe("the model card of a run", () => {
  test("has the paper's nine parts, each with a question, and the record's figures", () => {
    const card = modelCard(real);
    expect(card.map(({ heading }) => heading)).toEqual([
      "Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data", "Quantitative analyses",
      "Ethical considerations", "Caveats and recommendations",
    ]); // prettier-ignore
    expect(card.every(({ question }) => question?.endsWith("?"))).toBe(true);
    expect(card[0].text).toContain(real.weightsSha256);
    expect(card[6].text).toContain(`${real.baseline.name}: accuracy ${real.baseline.accuracy.toFixed(3)}`);
  });
});

describe("the record", () => {
  test("holds both lists and the limits, as the functions give them", () => {
    expect(real.checklists).toEqual({ claim: claimItems(real), modelCard: modelCard(real) });
    expect(real.limits).toEqual(limitsOf(real));
    expect(real.limits!.at(-1)).toMatch(/not for clinical use/);
  });
});

describe("the pages' parts", () => {
  test("have every answer, question and limit, and no markup from names", () => {
    const hostile = { ...real, classes: ["<img src=x>", "[b](c) *d*"] };
    const html = [claimHtml, modelCardHtml, limitsHtml].map((part) => part(hostile).text).join("");
    const text = [claimMarkdown, modelCardMarkdown, limitsMarkdown].map((part) => part(hostile)).join("\n");
    expect(html).not.toContain("<img");
    expect(text).not.toMatch(/<img|\[b\]\(c\)| \*d\*/);
    expect(html.match(/To the author:/g)).toHaveLength(claimItems(real).filter(({ question }) => question).length + 9);
    expect(text.match(/\*To the author:\*/g)).toHaveLength(html.match(/To the author:/g)!.length);
    for (const { item } of claimItems(real)) expect(html).toContain(`<dt>${item}. `);
    expect(html.match(/<li>/g)).toHaveLength(limitsOf(hostile).length);
  });
});
