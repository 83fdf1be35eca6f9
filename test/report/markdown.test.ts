import { describe, expect, test } from "vitest";
import { markdownOf } from "../../src/report/markdown.ts";
import { buildReport } from "../../src/report/record.ts";
import { labelledInput, maskedInput } from "./example.ts";

const report = buildReport(labelledInput(["healthy", "pneumonia"], [90, 110]));
const text = markdownOf(report);

describe("the report in Markdown", () => {
  test("has every figure with its interval, and how it was made", () => {
    const { rocAuc, recall } = report.metrics;
    const [low, high] = rocAuc.interval!.map((end) => end.toFixed(3));
    expect(text).toContain(`| ROC AUC | ${rocAuc.value!.toFixed(3)} | ${low} to ${high} | how often`);
    expect(text).toContain(`| Recall (sensitivity) | ${recall.value!.toFixed(3)} |`);
    expect(text).toContain("95 % DeLong interval");
    expect(text).toContain('Baseline: always answering "pneumonia" is right in 0.550');
  });

  test("begins with what a reader must mind", () => {
    expect(text.indexOf("> **Mind:** Training ended overfitting")).toBeLessThan(text.indexOf("## Figures"));
    expect(markdownOf({ ...report, warnings: [] })).not.toContain("**Mind:**");
  });

  test("has the confusion matrix, the sets, the events in order and the settings", () => {
    const [[tn, fp], [fn, tp]] = report.metrics.confusion.value;
    expect(text).toContain(`| healthy | ${tn} | ${fp} |\n| pneumonia | ${fn} | ${tp} |`);
    expect(text).toContain("| train | 1,000 | 450 | 550 | 111111111111… |");
    const events = ["created", "split", "training started", "training ended", "test opened"];
    const places = events.map((event) => text.indexOf(`**${event}**`));
    expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true);
    expect(text).toContain("| network, layers | dense 64 → relu → dropout 0.3 → dense 2 |");
    expect(text).toContain("| normalization, means | 0, 0.00127551, 0.00255102, … (784 values) |");
    expect(text).not.toContain("previous");
  });

  test("says why a figure or an interval is missing", () => {
    const one = markdownOf(buildReport(labelledInput(["healthy", "pneumonia"], [0, 20], { skill: 99 })));
    expect(one).toContain("| Specificity | undefined: the truth has nothing but the class | – |");
    expect(one).toContain("| Dice (F1) | 1.000 | 0.912 to 1.000 |");
    expect(one).toMatch(/\| 1\.000 \| none: every resample gives the same value/);
  });

  test("lists each class, of many classes and of kinds of foreground", () => {
    expect(markdownOf(buildReport(labelledInput(["a", "b", "c"], [9, 9, 9])))).toMatch(
      /## Each class against the rest\n\n\| class \| recall .*\n.*\n\| a \| 0\.\d{3} \|/,
    );
    const masks = markdownOf(buildReport(maskedInput(["oedema", "tumour"])));
    expect(masks).toContain("| truth \\\\ predicted | background | oedema | tumour |");
    expect(masks).toMatch(/\| oedema \| 0\.\d{3} \|/);
  });

  test("lets no name become markup, a link, HTML or a new row", () => {
    const name = "<img src=x>|[a](http://b)\n# *c* `d` &amp;";
    const hostile = markdownOf(buildReport(labelledInput(["healthy", name], [90, 110])));
    expect(hostile).toContain("&lt;img src=x\\>\\|\\[a\\](http:\\/\\/b) \\# \\*c\\* \\`d\\` \\&amp;");
    expect(hostile).not.toContain("<img");
    expect(hostile).not.toContain("\n# *c*");
    const rows = hostile
      .split("### Confusion matrix")[1]
      .split("###")[0]
      .split("\n")
      .filter((line) => /^\| (truth|healthy)/.test(line));
    expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual([5, 5]);
  });
});
