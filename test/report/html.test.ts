import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stroke } from "../../src/report/chart.ts";
import { reportHtml } from "../../src/report/html.ts";
import { buildReport } from "../../src/report/record.ts";
import type { Report } from "../../src/report/record.ts";
import { namedFigures } from "../../src/report/named-figures.ts";
import { exampleHistory, labelledInput, maskedInput } from "./example.ts";

const twoInput = labelledInput(["healthy", "pneumonia"], [90, 110]);
const two = buildReport(twoInput);
const four = buildReport(labelledInput(["glioma", "meningioma", "no tumour", "pituitary"], [60, 50, 70, 40]));
const withDice = exampleHistory().map((epoch, i) => {
  const dice = i === 0 ? null : epoch.accuracy - 0.1;
  return { ...epoch, dice, validation: { ...epoch.validation, dice } };
});
const masks = buildReport({ ...maskedInput(["oedema", "tumour"]), history: withDice });
const undefinedFigures = buildReport(labelledInput(["healthy", "pneumonia"], [0, 20], { skill: 99 }));
const untrained = buildReport({ ...twoInput, history: [], bestEpoch: 0 });
const records = { two, four, masks, undefinedFigures, untrained };

/** A page as a reader sees it: no tags, entities resolved, white space collapsed. */
function textOf(page: string): string {
  return page
    .replace(/<(style|title)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, " ");
}

/** Every tag of a page but the style sheet's contents, and the names of its attributes. */
function tagsOf(page: string) {
  const body = page.replace(/<style>[\s\S]*?<\/style>/, "");
  return [...body.matchAll(/<(\/?)([a-z]\w*)((?:"[^"]*"|[^>"])*?)(\/?)>/gi)].map(([, slash, name, rest, end]) => {
    const attributes = [...rest.matchAll(/([\w-]+)="[^"]*"/g)].map(([, key]) => key);
    return { name, closes: slash !== "", closed: end !== "", attributes };
  });
}

describe("the report as a page", () => {
  test.each(Object.entries(records))("has every figure of the record with its interval or reason (%s)", (_, report) => {
    const text = textOf(reportHtml(report));
    for (const { name, meaning, figure } of namedFigures(report)) {
      const { value, interval, reason, method } = figure;
      const shown = value === null ? `– undefined: ${reason}` : value.toFixed(3);
      const sure = interval ? interval.map((end) => end.toFixed(3)).join(" to ") : "no interval";
      // What lacks an interval says so, and why stands once below the table.
      if (value !== null && !interval) expect(text).toContain(`No interval: ${reason}.`);
      expect(text).toContain(`${name} ${meaning} ${shown}${value === null ? "" : ` ${sure}`}`);
      expect(text).toContain(`${name} ${method}.`);
    }
  });

  test("shows one figure large, with its interval, in the title too", () => {
    const { value, interval } = two.metrics.rocAuc;
    const range = interval!.map((end) => end.toFixed(3)).join(" to ");
    const page = reportHtml(two);
    expect(page).toContain(`<title>Test report: ROC AUC ${value!.toFixed(3)} (${range})</title>`);
    expect(textOf(page)).toContain(`ROC AUC ${value!.toFixed(3)} 95 % interval ${range} 0 0.5 1 how often`);
    expect(textOf(reportHtml(masks))).toContain(`Mean Dice ${masks.metrics.dice.value!.toFixed(3)} 95 % interval`);
    // The first lines say it as well, before the warnings.
    expect(textOf(page)).toContain(`Test report ROC AUC ${value!.toFixed(3)} (95 %: ${range}) task`);
    expect(textOf(reportHtml(undefinedFigures))).toContain("ROC AUC undefined no image of the negative class");
  });

  test("begins with the warnings, or with what was checked without one", () => {
    const text = textOf(reportHtml(two));
    expect(two.warnings).toHaveLength(1);
    expect(text.indexOf(two.warnings[0])).toBeGreaterThan(0);
    expect(text.indexOf(two.warnings[0])).toBeLessThan(text.indexOf("95 % interval"));
    expect(textOf(reportHtml({ ...two, warnings: [] }))).toMatch(/No warning Checked: the baseline, guessing/);
  });

  test("draws an interval from its low to its high end, the value and the baseline between 0 and 100 %", () => {
    const { value, interval } = two.metrics.accuracy;
    const row = /<th scope="row" role="rowheader">Accuracy [\s\S]*?<\/tr>/.exec(reportHtml(two))![0];
    const number = (pattern: RegExp) => Number(pattern.exec(row)![1]);
    expect(number(/class="interval" x="([\d.]+)%"/)).toBeCloseTo(100 * interval![0], 1);
    expect(number(/class="interval".* width="([\d.]+)%"/)).toBeCloseTo(100 * (interval![1] - interval![0]), 1);
    expect(number(/class="value" cx="([\d.]+)%"/)).toBeCloseTo(100 * value!, 1);
    expect(number(/class="reference" x="([\d.]+)%"/)).toBeCloseTo(100 * two.baseline.accuracy, 1);
  });

  test("has the confusion matrix with the parts of its rows, and of two classes what it says in words", () => {
    const [[tn, fp], [fn, tp]] = two.metrics.confusion.value;
    const text = textOf(reportHtml(two));
    const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
    expect(text).toContain(`healthy 90 ${tn} ${percent(tn, 90)} ${fp} ${percent(fp, 90)}`);
    expect(text).toContain(`pneumonia 110 ${fn} ${percent(fn, 110)} ${tp} ${percent(tp, 110)}`);
    expect(text).toContain(`Of 110 images of "pneumonia", ${tp} were found and ${fn} missed.`);
    expect(textOf(reportHtml(undefinedFigures))).toContain("healthy 0 0 – 0 –");
    const voxels = masks.metrics.confusion.value.flat();
    const cells = [...reportHtml(masks).matchAll(/<td class="(?:right|wrong)" style="--share:[\d.]+">([\d,]+) /g)];
    expect(cells.slice(0, 9).map(([, cell]) => Number(cell.replace(",", "")))).toEqual(voxels);
    expect(textOf(reportHtml(masks))).toContain("Images with and without foreground");
  });

  test("has a ROC curve for each of the record's, with its area, none for masks, and says why there is none", () => {
    const curves = (report: Report) =>
      reportHtml(report).match(/<li><svg class="sample"[\s\S]*?: area 0\.\d{3}<\/li>/g) ?? [];
    expect(curves(two)).toHaveLength(1);
    expect(curves(two)[0]).toContain(`pneumonia: area ${two.metrics.rocAuc.value!.toFixed(3)}`);
    expect(curves(four)).toHaveLength(4);
    const areas = curves(four).map((line) => Number(/area (.*)<\/li>/.exec(line)![1]));
    expect(areas.reduce((sum, area) => sum + area, 0) / 4).toBeCloseTo(four.metrics.rocAuc.value!, 3);
    expect(textOf(reportHtml(masks))).not.toMatch(/ROC/);
    expect(textOf(reportHtml(undefinedFigures))).toContain("There is no ROC curve: no image of the negative class.");
  });

  test("draws the ROC curve where its points are", () => {
    const report = {
      ...two,
      roc: [{ class: "x", falsePositiveRate: [0, 0, 0.5, 1], truePositiveRate: [0, 0.5, 1, 1] }],
    };
    // The plot begins at (56, 12) and is 328 wide and high.
    expect(reportHtml(report)).toMatch(/d="M56 340L56 176L220 12L384 12"[^>]* stroke="var\(--series-0\)"/);
  });

  test("has the learning curves, the tested epoch marked, and no chart of what is undefined in every epoch", () => {
    const labels = (report: Report) =>
      [...reportHtml(report).matchAll(/aria-label="(\w[\w ,]*) by epoch/g)].map(([, name]) => name);
    expect(labels(two)).toEqual(["Loss", "Accuracy", "Total error, training set"]);
    expect(labels(masks)).toEqual(["Loss", "Mean Dice", "Total error, training set"]);
    expect(labels(buildReport(maskedInput()))).toEqual(["Loss", "Total error, training set"]);
    expect(labels(untrained)).toEqual([]);
    expect(textOf(reportHtml(untrained))).toContain("The epochs are not on record.");
    expect(reportHtml(two).match(/>epoch 12<\/text>/g)).toHaveLength(3);
    const [first, last] = [two.history[0], two.history.at(-1)!].map(({ loss }) => loss.toFixed(3));
    expect(reportHtml(two)).toContain(`Loss by epoch: training ${first} at first, ${last} at last; validation 0.`);
  });

  test("loses no peak of very many epochs", () => {
    const flat = Array.from({ length: 5000 }, (_, i) => ({
      ...two.history[0],
      epoch: i + 1,
      loss: i === 3210 ? 1 : 0.5,
    }));
    const page = reportHtml({ ...two, history: flat, bestEpoch: 1 });
    const loss = /Loss by epoch[\s\S]*? d="(M[^"]{999,})"/.exec(page)![1];
    const heights = loss
      .split(/[ML]/)
      .slice(1)
      .map((point) => Number(point.split(" ")[1]));
    // The axis is from 0, at 248, to 1.2, at 32.
    expect(Math.min(...heights)).toBe(68);
    expect(Math.max(...heights)).toBe(158);
  });

  test("has the sets, what happened in order with the one opening (or two), the settings and every hash in full", () => {
    const text = textOf(reportHtml(two));
    expect(text).toContain("all 1,000 200 200 healthy 450 45.0 % 90 45.0 % 90 45.0 % pneumonia 550 55.0 %");
    const events = ["created", "split", "training started", "training ended", "test opened"];
    const places = events.map((event) => text.indexOf(` ${event} `, text.indexOf("What happened, in order")));
    expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true);
    expect(text).toContain("3 testing test opened the seal was broken here, and only here 2026-03-05 14:07:31 UTC");
    expect(reportHtml(two).match(/<li class="opening">/g)).toHaveLength(1);
    expect(text).toContain("network, layers dense 64 → relu → dropout 0.3 → dense 2");
    for (const hash of [two.weightsSha256, ...Object.values(two.sets).map(({ sha256 }) => sha256)])
      expect(text).toContain(hash);
    expect(text.match(/Not for clinical use/g)).toHaveLength(2);
    const again = reportHtml({ ...two, phases: [...two.phases, two.phases.at(-1)!] });
    expect(again).not.toContain("and only here");
    expect(again.match(/one of 2 openings/g)).toHaveLength(2);
  });

  test("folds trials that follow one another into one line that counts them", () => {
    const tried = (remedy: string) => ({ event: "tried", time: "2026-03-05T14:06:00.000Z", remedy, effect: 0.02 });
    const page = reportHtml({ ...two, phases: [tried("L2 0.001"), tried("dropout 0.5"), ...two.phases] });
    expect(page.match(/<details><summary><strong>tried/g)).toHaveLength(1);
    expect(page).toContain("<strong>tried</strong> 2 times");
    expect(page).toContain("<li><small>remedy dropout 0.5, effect 0.02</small></li>");
  });

  test("lists what refining compared, one remedy a line", () => {
    const trials = [
      { remedy: "none", monitor: "loss", value: 0.31 },
      { remedy: "dropout 0.3", monitor: "loss", value: 0.28 },
    ];
    const refined = { event: "refined", time: "2026-03-05T14:06:00.000Z", trials, kept: "dropout 0.3" };
    const page = reportHtml({ ...two, phases: [refined, ...two.phases] });
    expect(textOf(page)).toContain("remedy epochs validation loss better by none – 0.310 – dropout 0.3 kept – 0.280 –");
    expect(textOf(page)).toContain("kept dropout 0.3");
  });
});

describe("the page's markup", () => {
  test.each(Object.entries(records))("closes every element in order, and repeats no id (%s)", (_, report) => {
    const empty = new Set(["meta", "link"]);
    const open: string[] = [];
    for (const { name, closes, closed } of tagsOf(reportHtml(report))) {
      if (closes) expect(open.pop()).toBe(name);
      else if (!closed && !empty.has(name)) open.push(name);
    }
    expect(open).toEqual([]);
    expect(reportHtml(report)).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/);
    expect(reportHtml(report)).not.toMatch(/NaN|Infinity|\[object/);
    const found = (pattern: RegExp) => [...reportHtml(report).matchAll(pattern)].map(([, id]) => id);
    const ids = found(/ id="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    // Each part is in the contents.
    expect(found(/ href="#([^"]*)"/g)).toEqual(ids);
  });

  test.each(Object.entries(records))("has no script and fetches nothing (%s)", (_, report) => {
    const page = reportHtml(report);
    expect(page).not.toMatch(/<script|https?:|\/\/|url\(|@import|javascript:/i);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/ (on\w+|src\w*|action|xlink:\w+)="/);
    expect(page.match(/href="[^#"][^"]*"/g)).toEqual(['href="data:,"']);
  });

  test("lets no text from data become markup, wherever it stands", () => {
    const hostile = `"><img src=x onerror='alert(1)'><script>alert(2)</script></style></title><!-- \` &lt; &`;
    const poisoned = (value: unknown): unknown => {
      if (typeof value === "string") return `${value}${hostile}`;
      if (Array.isArray(value)) return value.map(poisoned);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, poisoned(part)]));
    };
    for (const report of [two, four, masks, undefinedFigures]) {
      const settings = { ...(poisoned(report.settings) as object), [hostile]: hostile };
      const bad = { ...(poisoned(report) as Report), task: report.task, settings };
      const shape = (page: string) =>
        new Set(tagsOf(page).flatMap(({ name, attributes }) => [name, ...attributes.map((key) => `${name} ${key}`)]));
      const page = reportHtml(bad);
      const usual = shape(reportHtml(report));
      expect([...shape(page)].filter((part) => !usual.has(part))).toEqual([]);
      expect(page).not.toMatch(/<img|<script|<!--|onerror='/);
      expect(page.match(/<\/style>/g)).toHaveLength(1);
      expect(textOf(page)).toContain(`${report.classes[0]}${hostile}`);
    }
    const classes = [{ text: "<b>healthy</b>" }, "pneumonia"] as unknown as string[];
    expect(reportHtml({ ...two, classes })).not.toContain("<b>");
  });

  test("is the same, byte for byte, for the same record, whatever was drawn before, and for its JSON", () => {
    const undefinedSetting = { ...two, settings: { ...two.settings, data: undefined } };
    for (const report of [...Object.values(records), undefinedSetting]) {
      const page = reportHtml(report);
      reportHtml(four);
      expect(reportHtml(report)).toBe(page);
      expect(reportHtml(JSON.parse(JSON.stringify(report)) as Report)).toBe(page);
    }
  });

  test("stays below 120 kB for two classes, and below 300 kB for nine classes, 5,400 images and 5,000 epochs", () => {
    expect(reportHtml(two).length).toBeLessThan(120_000);
    const names = Array.from({ length: 9 }, (_, k) => `class ${k}`);
    const large = buildReport(labelledInput(names, Array<number>(9).fill(600)));
    expect(reportHtml({ ...large, history: exampleHistory(5000) }).length).toBeLessThan(300_000);
  });

  test("gives 24 lines a look of their own", () => {
    expect(new Set(Array.from({ length: 24 }, (_, k) => JSON.stringify(stroke(k)))).size).toBe(24);
  });
});

test("ECharts stays in one file of the report, and out of the core", () => {
  const folder = new URL("../../src/report/", import.meta.url);
  const source = (name: string) => readFileSync(new URL(name, folder), "utf8");
  expect(readdirSync(folder).filter((name) => /from "(echarts|node:)/.test(source(name)))).toEqual(["chart.ts"]);
  expect(readFileSync(new URL("../index.ts", folder), "utf8")).not.toMatch(/report\/(html|chart)|report\.ts/);
});
