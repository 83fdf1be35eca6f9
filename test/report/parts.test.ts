import { describe, expect, test } from "vitest";
import { dense, dropout } from "../../src/model/layers.ts";
import { network } from "../../src/model/network.ts";
import { batchNorm } from "../../src/model/normalization-layers.ts";
import { curvesInWords, diagnosisSentence } from "../../src/report/diagnosis-runs.ts";
import { reportHtml } from "../../src/report/html.ts";
import { markdownOf } from "../../src/report/markdown.ts";
import { networkRows } from "../../src/report/network-rows.ts";
import type { NewerFields } from "../../src/report/newer-fields.ts";
import { partTitles } from "../../src/report/part-titles.ts";
import type { Report } from "../../src/report/record.ts";
import { corners } from "../../src/report/square-plot.ts";
import { fullSettings, sampleReports } from "./samples.ts";

const reports = sampleReports();
const { two, three, masks, plain } = reports;

/** A page as a reader sees it. */
const textOf = (page: string) =>
  page
    .replace(/<(style|title)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, " ");

/** Corners of the path of a stroke, in units of the plot, which begins at (56, 12) and is 328 wide and high. */
function pathOf(page: string, label: string, stroke: number): (readonly [number, number])[] {
  const chart = page.slice(page.indexOf(`aria-label="${label}`)).split("</svg>")[0];
  const path = new RegExp(`d="(M[^"]*)"[^>]* stroke="var\\(--series-${stroke}\\)"`).exec(chart)![1];
  return path
    .split(/[ML]/)
    .slice(1)
    .map((point) => point.split(" ").map(Number))
    .map(([x, y]) => [(x - 56) / 328, 1 - (y - 12) / 328] as const);
}

describe("the words beside the curves", () => {
  const curve = (diagnosis: "good" | "overfitting since epoch 4", rise: number) => {
    const { history } = plain;
    const last = history[history.length - 1];
    return [...history.slice(0, -1), { ...last, diagnosis, evidence: { ...last.evidence, rise } }];
  };

  test("do not call overfitting what the diagnosis does not", () => {
    expect(curvesInWords(curve("good", 0.5))).toMatch(/^A validation loss that rises while the answers stay as good/);
    expect(curvesInWords(curve("good", 0))).toMatch(/the network overfits: it learns its training images by heart\.$/);
    expect(curvesInWords(curve("overfitting since epoch 4", 0.5))).toMatch(/the network overfits/);
  });
});

describe("page and Markdown", () => {
  test.each(Object.entries(reports))("have the same parts in the same order (%s)", (_, report) => {
    const titles = [...reportHtml(report).matchAll(/<section class="part" id="\w+">\n<h2>(.*?)<\/h2>/g)];
    const headings = [...markdownOf(report).matchAll(/^## (.*)$/gm)];
    expect(titles.map(([, title]) => title)).toEqual(headings.map(([, title]) => title));
    const all: readonly string[] = Object.values(partTitles);
    expect(titles.map(([, title]) => all.indexOf(title)).every((place, i, places) => place > (places[i - 1] ?? -1))).toBe(true);
    expect(titles.length).toBe(all.length - (report === masks ? 1 : 2));
  }); // prettier-ignore

  test("say in the first lines how often the test set was opened, and why", () => {
    expect(textOf(reportHtml(two))).toContain("200 images, opened once");
    expect(textOf(reportHtml(two))).not.toContain("Opening 1");
    const said = [
      "Opening 1: 2026-03-05 14:07:31 UTC, after 104 looks at the validation set.",
      "Resumed after an interruption, with the same weights: 2026-03-05 14:07:59 UTC, after 104 looks at the validation set.",
      "Opening 2: 2026-04-01 09:00:00 UTC, after 110 looks at the validation set, because: masks of three patients were mended.",
    ];
    const page = textOf(reportHtml(masks));
    for (const sentence of ["40 images, opened 2 times", ...said]) {
      expect(page.indexOf(sentence)).toBeGreaterThan(0);
      expect(page.indexOf(sentence)).toBeLessThan(page.indexOf("Mind, before reading"));
    }
    const [, , first] = markdownOf(masks).split("\n");
    expect(first).toContain(`40 test images, opened 2 times, on 2026-03-05 14:07:31 UTC. ${said.join(" ")}`);
  });

  test("have further figures with their units, and those that the record lacks not at all", () => {
    for (const text of [textOf(reportHtml(masks)), markdownOf(masks)]) {
      expect(text).toMatch(/Hausdorff distance, 95th percentile .*3\.90 mm .*3\.20 to 4\.60 mm/);
      expect(text).not.toContain("Log loss");
    }
    expect(textOf(reportHtml(two))).toMatch(/Matthews correlation of answer and truth.* 0\.743 0\.663 to 0\.823/);
    expect(reportHtml(plain)).not.toContain("Further figures");
    const { metrics } = two;
    const undefinedKappa = { value: null, interval: null, method: "kappa", reason: "one class alone" };
    const report = { ...two, metrics: { ...metrics, kappa: undefinedKappa } } as Report;
    expect(textOf(reportHtml(report))).toMatch(/Cohen's kappa .* – undefined: one class alone/);
    expect(markdownOf(report)).toMatch(/\| Cohen's kappa \| undefined: one class alone \| – \|/);
  });

  test("set the network beside what needs none, and its classes beside their averages", () => {
    const accuracy = three.metrics.accuracy.value!.toFixed(3);
    expect(textOf(reportHtml(three))).toMatch(new RegExp(`the network ${accuracy} .* the mean intensity 0\\.610 0\\.600 0\\.640 0\\.240`));
    expect(markdownOf(three)).toContain("| the mean intensity | 0.610 | 0.600 | 0.640 | 0.240 |");
    expect(textOf(reportHtml(three))).toMatch(/mean, classes alike 0\.810 0\.900 0\.800 .*0\.800 all taken/);
    expect(markdownOf(three)).toContain("| all taken together | 0.820 | 0.910 | 0.820 |");
  }); // prettier-ignore

  test("say what was decided on the validation set", () => {
    const sentence = 'An image is called "pneumonia" from a probability of 0.420 on: a threshold chosen on the validation set before the test set was opened (youden).';
    expect(textOf(reportHtml(two))).toContain(sentence);
    expect(markdownOf(two)).toContain(sentence);
    expect(textOf(reportHtml(two))).toContain("Logits were divided by 1.310, a temperature");
  }); // prettier-ignore

  test("have the audit's pairs by kind, what became of them, and the groups of each set", () => {
    const page = textOf(reportHtml(two));
    expect(page).toContain("8 pairs found that stand in two of them: 8 training, 3 validation and 5 test images.");
    expect(page).toContain(
      "7 training images and 1 validation image were left out for it; the test set was not touched.",
    );
    expect(page).toContain("near copy the same picture, brighter, noisier, shifted a little or resampled 5");
    expect(page).toContain("300 of 1 to 12 images 61 of 1 to 9 images 61 of 1 to 9 images");
    expect(markdownOf(two)).toContain("| same image | the same pixels in two sets | 2 |");
    expect(markdownOf(two)).toContain("| train | 1,000 | 450 | 550 | 300 of 1 to 12 images | 111111111111… |");
    const clean = two.phases.map((phase) =>
      phase.event === "audited" ? { ...phase, leakage: "stop", pairs: { exact: 0, near: 0 }, threshold: null } : phase,
    );
    expect(textOf(reportHtml({ ...two, phases: clean }))).toContain(
      "no image, copy or patient was found in two of them. Near copies were not looked for.",
    );
  });

  test("give the commands, seeds and every fingerprint that repeat the study", () => {
    const more = two.phases.map((phase) => (phase.event === "split" ? { ...phase, moreData: { size: 40 } } : phase));
    for (const text of [textOf(reportHtml(two)), markdownOf(two)]) {
      expect(text).toContain("voxgrad verify STUDY --replay");
      expect(text).toContain("voxgrad train DATA --config STUDY/config.json --out AGAIN");
      expect(text).toMatch(/seed of the division, and of the bootstrap[ |]+7/);
      expect(text).toMatch(/seed of training: first weights, order of images, augmentation, dropout[ |]+8/);
      for (const { sha256 } of Object.values(two.sets)) expect(text).toContain(sha256);
    }
    expect(markdownOf({ ...two, phases: more })).toContain("voxgrad train DATA --more-data DATA2 --config");
  });

  test("tell the masks image by image: quartiles, and the worst ten by name", () => {
    const page = textOf(reportHtml(masks));
    expect(page).toContain("Dice 0.300 0.450 0.633 0.783 0.933 10");
    expect(page).toContain("case-17 (17) 0.300 0.176 0.300 0.280 0.330 13.44 8.40 2.10");
    const rows = markdownOf(masks).split("### The images that came off worst")[1].split("\n\n")[1].split("\n");
    expect(rows).toHaveLength(12);
    expect(rows[2]).toBe("| case-17 (17) | 0.300 | 0.176 | 0.300 | 0.280 | 0.330 | 13.44 | 8.40 | 2.10 |");
    const dots = /aria-label="Dice of 30 images, from 0\.300 to 0\.933, median 0\.633">([\s\S]*?)<\/svg>/.exec(reportHtml(masks))![1];
    expect(dots.match(/fill="var\(--series-0\)"/g)).toHaveLength(30);
  }); // prettier-ignore
});

test("no name, reason or heading of a record becomes markup", () => {
  const hostile = "\"><img src=x>'</svg></style>";
  const poisoned = (value: unknown): unknown => {
    if (typeof value === "string") return `${value}${hostile}`;
    if (Array.isArray(value)) return value.map(poisoned);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, poisoned(part)]));
  };
  for (const report of [two, three, masks]) {
    const { task, phases } = report;
    // The names of events and layers decide what is drawn.
    const events = phases.map((phase) => ({ ...(poisoned(phase) as typeof phase), event: phase.event }));
    const bad = { ...(poisoned(report) as Report), task, phases: events, settings: report.settings };
    const [page, text] = [reportHtml(bad), markdownOf(bad)];
    expect(page).not.toMatch(/<img|="[^"]*<|<\/style>[\s\S]*<\/style>/);
    expect(text.replace(/```[\s\S]*?```/g, "")).not.toMatch(/<img|[^\\]\]\(/);
    expect(textOf(page)).toContain(`${report.classes[0]}${hostile}`);
    const tags = (html: string) => new Set(html.replace(/<style>[\s\S]*?<\/style>/, "").match(/<[a-z]+ ?[a-z]*/g));
    const usual = tags(reportHtml(report));
    expect([...tags(page)].filter((tag) => !usual.has(tag))).toEqual([]);
  }
});

test("pages with all that a record may hold stay below 140 kB", () => {
  for (const report of Object.values(reports)) expect(reportHtml(report).length).toBeLessThan(140_000);
});

describe("the curves of the page", () => {
  const curves: NewerFields["curves"] = {
    precisionRecall: [{ class: "x", recall: [0, 0.5, 1], precision: [1, 1, 0.4] }],
    reliability: [
      { class: "x", low: [0, 0.5, 0.6], high: [0.5, 0.6, 1], count: [40, 0, 10], meanProbability: [0.25, null, 0.75], share: [0.5, null, 1] },
    ],
    decision: [{ class: "x", threshold: [0.1, 0.5, 0.9], netBenefit: [0.4, 0.2, 0], treatAll: [0.4, -0.1, -4] }],
  }; // prettier-ignore
  const page = reportHtml({ ...two, curves } as Report);

  test("lie where their points are", () => {
    const near = (path: readonly (readonly [number, number])[], points: readonly (readonly [number, number])[]) => {
      expect(path).toHaveLength(points.length);
      path.forEach(([x, y], i) => expect(Math.hypot(x - points[i][0], y - points[i][1])).toBeLessThan(0.005));
    };
    near(pathOf(page, "Precision-recall", 0), [[0, 1], [0.5, 1], [1, 0.4]]); // prettier-ignore
    near(pathOf(page, "Reliability", 0), [[0.25, 0.5], [0.75, 1]]); // prettier-ignore
    // From -0.1 to 0.4 in steps of 0.1; what lies lower is left out.
    const scaled = (value: number) => (value + 0.1) / 0.5;
    near(pathOf(page, "Decision", 0), [[0.1, scaled(0.4)], [0.5, scaled(0.2)], [0.9, scaled(0)]]); // prettier-ignore
    near(pathOf(page, "Decision", 1), [[0.1, scaled(0.4)], [0.5, scaled(-0.1)]]); // prettier-ignore
  });

  test("are tables in the Markdown", () => {
    const text = markdownOf({ ...two, curves } as Report);
    expect(text).toContain("| x | 0.60 to 1.00 | 10 | 0.750 | 1.000 |");
    expect(text).not.toContain("| x | 0.50 to 0.60");
    expect(text).toContain("| x | 0.5 | 0.200 | -0.100 |");
  });

  test("keep every corner, and lose points on a straight way alone", () => {
    expect(corners([0, 0, 0, 0.5, 1], [0, 0.2, 0.6, 0.6, 1], 100)).toEqual([[0, 0], [0, 0.6], [0.5, 0.6], [1, 1]]); // prettier-ignore
    // Up and down again on one line is a corner too.
    expect(corners([0.5, 0.5, 0.5], [0.2, 0.9, 0.4], 100)).toEqual([[0.5, 0.2], [0.5, 0.9], [0.5, 0.4]]); // prettier-ignore
  });

  test("are not asked for where the record has none", () => {
    for (const title of ["Precision and recall", "Reliability", "Decision curve", "Image by image"])
      expect(textOf(reportHtml(plain))).not.toContain(title);
  });
});

describe("the network of a report", () => {
  test("is counted as the library counts it", () => {
    const layers = [dropout(0.1), dense(64), batchNorm(), dense(8), dense(3)];
    const built = network(layers, { input: [28, 28] });
    const rows = networkRows({ ...three, settings: { training: { network: { layers, input: [28, 28] } } } })!;
    const sum = (key: "weights" | "biases" | "factors") => rows.reduce((total, row) => total + row[key], 0);
    expect(sum("weights")).toBe(built.weightCount);
    expect(sum("biases")).toBe(built.biasCount);
    expect(sum("factors")).toBe(built.normalizationCount);
    expect(rows.map(({ title, nodes }) => [title, nodes])).toEqual([
      ["input", 784], ["hidden 1", 64], ["hidden 2", 8], ["output", 3],
    ]); // prettier-ignore
  });

  test("is drawn: a circle a node up to twelve, a line for each pair of them, words for all", () => {
    const page = reportHtml(three);
    const drawing = /<div class="network"[\s\S]*?<\/div>/.exec(page)![0];
    expect(drawing.match(/<circle/g)).toHaveLength(12 + 12 + 8 + 3);
    const lines = [...drawing.matchAll(/class="weights" d="([^"]*)"/g)].map(([, path]) => path.match(/L/g)!.length);
    expect(lines).toEqual([144, 96, 24]);
    expect(drawing.match(/class="gap"/g)).toHaveLength(2);
    const text = textOf(page);
    expect(text).toContain("50,712 weights, 75 biases, 128 factors and shifts of normalisation: 50,915 numbers are learned.");
    expect(text).toContain("hidden 1 64 nodes batch normalisation · relu · dropout 0.3 784 × 64 = 50,176 weights, 64 biases");
    expect(text).toContain("output 3 nodes glioma, meningioma, no tumour 8 × 3 = 24 weights, 3 biases");
    expect(markdownOf(three)).toContain("| hidden 2 | 8 | leakyRelu 0.01 | 64 × 8 = 512 weights, 8 biases |");
  }); // prettier-ignore

  test("is said to be off record where it is", () => {
    for (const settings of [{}, { training: null }, { training: { network: { layers: [], input: [3] } } }]) {
      expect(textOf(reportHtml({ ...two, settings }))).toContain("The layers of the network are not on record.");
      expect(markdownOf({ ...two, settings })).toContain("The layers of the network are not on record.");
    }
    expect(networkRows({ ...two, settings: fullSettings(2, [4, 5]) })![0]).toMatchObject({ nodes: 20, notes: ["image of 4 × 5", "dropout 0.1"] });
  }); // prettier-ignore
});

test("the diagnosis is told in runs of epochs, and overfitting shaded from its first epoch on", () => {
  expect(diagnosisSentence(two.history)).toBe(
    "Diagnosis by epoch: 1 to 18 learning; 19 to 24 overfitting since epoch 13.",
  );
  const shades = (report: Report) => reportHtml(report).match(/fill="var\(--mind\)"/g) ?? [];
  expect(shades(two)).toHaveLength(3);
  const good = two.history.map((epoch) => ({ ...epoch, diagnosis: "good" as const }));
  expect(shades({ ...two, history: good })).toHaveLength(0);
  expect(textOf(reportHtml(two))).toContain("overfitting, since epoch 13");
});
