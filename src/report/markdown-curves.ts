// Reliability and decision curves as tables of Markdown, where a page has plots.
import { count, decimal } from "./format.ts";
import { blocks, markdownTable } from "./markdown-text.ts";
import { newerFields } from "./newer-fields.ts";
import type { Report } from "./record.ts";

/** Empty where the record has none. */
export function markdownCurves(report: Report): string {
  const { reliability = [], decision = [] } = newerFields(report).curves ?? {};
  const bins = reliability.flatMap((curve) =>
    curve.count.flatMap((images, i) =>
      images === 0 ? [] : [[
        curve.class, `${decimal(curve.low[i], 2)} to ${decimal(curve.high[i], 2)}`, count(images),
        decimal(curve.meanProbability[i]), decimal(curve.share[i]),
      ]],
    ),
  ); // prettier-ignore
  const benefits = decision.flatMap((curve) =>
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].flatMap((wanted) => {
      const i = curve.threshold.findIndex((threshold) => Math.abs(threshold - wanted) < 1e-9);
      return i < 0 ? [] : [[curve.class, decimal(wanted, 1), decimal(curve.netBenefit[i]), decimal(curve.treatAll[i])]];
    }),
  );
  return blocks([
    ...(bins.length > 0
      ? ["### Reliability of the probabilities", markdownTable(["class", "probability", "images", "mean probability given", "share that is of the class"], bins)]
      : []),
    ...(benefits.length > 0
      ? ["### Decision curve", markdownTable(["class", "threshold", "net benefit", "acting on every image"], benefits)]
      : []),
  ]); // prettier-ignore
}
